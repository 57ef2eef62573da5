/**
 * Characters that tdlib takes for space or for nothing when it asks whether a bot's text is empty
 * (https://github.com/tdlib/td/blob/master/td/telegram/misc.cpp, strip_empty_characters).
 */
const NOTHING_TO_TDLIB =
  /^[ \n\u00a0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc\u{e0000}-\u{e007f}]*$/u

/** Whether a bot's text counts as empty. The Hangul filler U+3164 does not, U+2800 does. */
export const isBlank = (text: string): boolean => NOTHING_TO_TDLIB.test(text)

/**
 * Only what is surely nothing to the server that the apps talk to: Telegram's apps do send U+2800,
 * U+3164, U+FE0F or a mark of direction alone, and a bot has to live with that.
 */
const NOTHING_TO_APPS = /^[\s\u200b-\u200d\u2060\ufeff]*$/

/** Whether an app gets "message text is empty" for what its user typed. */
export const isUnsendable = (text: string): boolean => NOTHING_TO_APPS.test(text)
