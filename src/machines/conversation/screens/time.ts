import type { Language } from '../../texts/translate.ts'

/** Moscow has had no summer time since 2014: https://www.iana.org/time-zones (Europe/Moscow). */
const MOSCOW_MS = 3 * 3_600_000

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/**
 * A day and a time with their zone, for buttons, which show letters as they are: nobody tells a bot
 * where its user is. In Russian Moscow's, else UTC.
 */
export function clockText(at: number, language: Language): string {
  const iso = new Date(language === 'ru' ? at + MOSCOW_MS : at).toISOString()
  const [month, day, time] = [iso.slice(5, 7), iso.slice(8, 10), iso.slice(11, 16)]
  return language === 'ru'
    ? `${day}.${month} ${time} МСК`
    : `${Number(day)} ${MONTHS[Number(month) - 1]} ${time} UTC`
}

/**
 * A moment in a text, as HTML: Telegram's app shows it by the clock and in the form of its user, an
 * older one as `clockText` has it (https://core.telegram.org/bots/api#date-time-entity-formatting).
 */
export const momentText = (at: number, language: Language): string =>
  `<tg-time unix="${Math.floor(at / 1_000)}" format="dt">${clockText(at, language)}</tg-time>`
