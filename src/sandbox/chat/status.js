import { byId } from './dom.js'
import { actionText } from './state.js'

// Telegram's apps drop a chat action after 5 s unless the bot repeats it.
const ACTION_MS = 5_500

const LINKS = {
  connecting: 'connecting…',
  live: 'online',
  lost: 'the sandbox is away, reconnecting…',
}

/** The line under the bot's name: connection, or what the bot is doing. */
export function createStatus() {
  const line = byId('chat-status')
  /** @type {keyof typeof LINKS} */
  let link = 'connecting'
  /** @type {string | null} */
  let action = null
  /** @type {number | undefined} */
  let timer

  let quiet = LINKS.live

  const draw = () => {
    const kind = link === 'live' && action ? 'action' : link
    const text =
      kind === 'action' && action ? actionText(action) : link === 'live' ? quiet : LINKS[link]
    line.dataset.kind = kind
    if (line.textContent !== text) line.textContent = text
  }

  return {
    /** @param {keyof typeof LINKS} next */
    link(next) {
      link = next
      draw()
    },
    /** What stands there while nothing happens. @param {string} [text] */
    rest(text = LINKS.live) {
      quiet = text
      draw()
    },
    /** @param {string | null} next */
    action(next) {
      clearTimeout(timer)
      action = next
      if (next) timer = setTimeout(() => this.action(null), ACTION_MS)
      draw()
    },
  }
}
