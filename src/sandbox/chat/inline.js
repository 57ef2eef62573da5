import { byId, h } from './dom.js'

const PAUSE_MS = 300

/**
 * Inline mode: what is typed after the bot's name goes to the bot, and what it offers is shown over
 * the message box, to be sent by a tap.
 * @param {{ botUsername: string, isOn: () => boolean,
 *   ask: (query: string) => Promise<{ queryId: string, results: { id: string, title: string,
 *     description: string }[] }>,
 *   choose: (queryId: string, resultId: string) => Promise<unknown>,
 *   onChosen: () => void, onError: (error: unknown) => void }} deps
 */
export function createInline({ botUsername, isOn, ask, choose, onChosen, onError }) {
  const box = byId('inline-results')
  const pattern = new RegExp(`^@${botUsername}\\s(.*)$`, 'is')
  let latest = ''
  /** @type {number | undefined} */
  let timer

  const close = () => {
    latest = ''
    clearTimeout(timer)
    box.hidden = true
  }

  /** @param {string} query */
  const look = async (query) => {
    try {
      const { queryId, results } = await ask(query)
      if (query !== latest) return
      box.hidden = false
      box.replaceChildren(
        ...results.map(({ id, title, description }) =>
          h(
            'button',
            { type: 'button', onclick: () => send(queryId, id) },
            h('b', {}, title || 'Untitled'),
            h('span', {}, description),
          ),
        ),
        ...(results.length ? [] : [h('p', { class: 'muted' }, 'The bot offers nothing.')]),
      )
    } catch (error) {
      onError(error)
    }
  }

  /** @param {string} queryId @param {string} resultId */
  const send = async (queryId, resultId) => {
    close()
    await choose(queryId, resultId).then(onChosen, onError)
  }

  return {
    /** @param {string} text what stands in the message box */
    typed(text) {
      const query = isOn() ? pattern.exec(text)?.[1] : undefined
      if (query === undefined) return close()
      if (query === latest && !box.hidden) return
      latest = query
      clearTimeout(timer)
      timer = setTimeout(() => look(query), PAUSE_MS)
    },
  }
}
