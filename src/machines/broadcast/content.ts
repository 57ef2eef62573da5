/** The message that people get: a copy of one that stands in an admin's chat with the bot. */
export interface BroadcastContent {
  /** The admin's chat and the message in it; Telegram copies it with all its formatting. */
  chatId: number
  messageId: number
  /** What it is, in Telegram's words: `text`, `photo`, `video` and so on. */
  kind: string
  /** How it begins, for lists. */
  words: string
}

/** A button below it: to a page, or to this bot by a start link. */
export type BroadcastButton = { text: string; url: string } | { text: string; start: string }

const MOST_BUTTONS = 6
const START = /^[A-Za-z0-9_-]{1,64}$/

/**
 * Buttons as an admin writes them, one in a line: words, a dash, and an address or what follows
 * `?start=` in a link to this bot. Undefined: a line is no button, or there are too many.
 */
export function parseButtons(text: string): BroadcastButton[] | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const buttons = lines.map(buttonIn)
  if (buttons.length > MOST_BUTTONS || buttons.some((button) => button === undefined)) {
    return undefined
  }
  return buttons as BroadcastButton[]
}

function buttonIn(line: string): BroadcastButton | undefined {
  const [, label = '', target = ''] = /^(.+?)\s+[-–—]\s+(\S+)$/.exec(line) ?? []
  const text = label.trim()
  if (text === '' || [...text].length > 40) return undefined
  if (/^https:\/\/[^/\s]+\.[^\s]+$|^tg:\/\/\S+$/.test(target)) return { text, url: target }
  return START.test(target) ? { text, start: target } : undefined
}
