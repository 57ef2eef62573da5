/**
 * The button below every broadcast by which people opt out, and in again. It stands in chats for ever:
 * a word or a form here never changes.
 */
export type NewsTap =
  | { type: 'news.muted'; broadcastId: string }
  | { type: 'news.unmuted'; broadcastId: string }

const FORM = /^n:(off|on):([0-9a-z-]{1,40})$/

/** What the button's callback data says; at most 46 bytes. */
export const newsTapData = ({ type, broadcastId }: NewsTap): string =>
  `n:${type === 'news.muted' ? 'off' : 'on'}:${broadcastId}`

/** The tap behind callback data; undefined: it belongs to no broadcast. */
export function newsTapIn(data: string): NewsTap | undefined {
  const [, word, broadcastId = ''] = FORM.exec(data) ?? []
  if (word === undefined) return undefined
  return { type: word === 'off' ? 'news.muted' : 'news.unmuted', broadcastId }
}
