import { byId, h, icon } from './dom.js'

/**
 * Opens the place for the live statechart beside the chat, once there is a console to fill it.
 * @param {string | null} consoleUrl
 */
export function showChart(consoleUrl) {
  if (!consoleUrl) return
  const chart = byId('chart')
  chart.hidden = false
  chart.append(
    h(
      'a',
      { class: 'console-link', href: consoleUrl, target: '_blank', rel: 'noopener' },
      'Open the console',
      icon('link'),
    ),
  )
}
