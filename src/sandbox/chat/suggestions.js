import { byId, h } from './dom.js'

/** @typedef {{ command: string, description: string }} Command */

/**
 * The bot's commands above the message box while a command is being typed.
 * @param {{ input: HTMLTextAreaElement, onPick: (command: string) => void }} deps
 */
export function createSuggestions({ input, onPick }) {
  const box = byId('suggestions')
  /** @type {Command[]} */
  let commands = []
  /** @type {Command[]} */
  let shown = []
  let active = 0

  const draw = () => {
    box.hidden = shown.length === 0
    input.setAttribute('aria-expanded', String(shown.length > 0))
    if (shown.length) input.setAttribute('aria-activedescendant', `suggestion-${active}`)
    else input.removeAttribute('aria-activedescendant')
    box.replaceChildren(...shown.map(option))
  }

  /** @param {Command} entry @param {number} index */
  const option = ({ command, description }, index) =>
    h(
      'div',
      {
        id: `suggestion-${index}`,
        role: 'option',
        'aria-selected': String(index === active),
        onclick: () => pick(index),
      },
      h('b', {}, `/${command}`),
      h('span', {}, description),
    )

  /** @param {number} index */
  const pick = (index) => {
    const chosen = shown[index]
    close()
    if (chosen) onPick(chosen.command)
  }

  const close = () => {
    shown = []
    draw()
  }

  const look = () => {
    const typed = /^\/(\w*)$/.exec(input.value)
    shown = typed ? commands.filter(({ command }) => command.startsWith(typed[1] ?? '')) : []
    active = 0
    draw()
  }
  input.addEventListener('input', look)
  input.addEventListener('blur', () => setTimeout(close, 150))
  input.addEventListener('keydown', (event) => {
    if (!shown.length) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) active = (active + step + shown.length) % shown.length
    else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) pick(active)
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
    if (step) draw()
  })

  return {
    close,
    /** Takes what there is to suggest; a command that is being typed hears of it at once. @param {Command[]} known */
    know(known) {
      if (known === commands) return
      commands = known
      if (document.activeElement === input) look()
    },
  }
}
