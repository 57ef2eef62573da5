import { byId, h } from './dom.js'

/**
 * Shows the console's live chart of the chat's own actor beside the chat; without a console the
 * place stays closed. A frame, so that neither page has to know the other's styles.
 * @param {{ consoleUrl: string | null, botId: number }} config
 */
export function createChart({ consoleUrl, botId }) {
  const place = byId('chart')
  /** @type {number | null} */
  let shown = null
  place.hidden = consoleUrl === null
  byId('chart-tab').hidden = consoleUrl === null
  if (consoleUrl !== null) byId('app').dataset.chart = 'on'
  return {
    /** @param {number | null} userId */
    follow(userId) {
      if (consoleUrl === null || userId === shown) return
      shown = userId
      if (userId === null) return place.replaceChildren()
      // A new frame: a new address in the old one would be an entry in the browser's history.
      const src = `${consoleUrl}/live/conversation:${botId}:${userId}`
      place.replaceChildren(h('iframe', { title: 'Live statechart', src }))
    },
  }
}
