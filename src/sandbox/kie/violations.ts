/** Something that a client of KIE must never do. */
export interface Violation {
  readonly at: number
  readonly kind: 'telegram-link' | 'not-a-link' | 'insecure-link' | 'delisted-model'
  readonly where: string
  readonly value: string
}

/** Hides what may be a bot token: the record of a leak must not leak it again. */
export const withoutToken = (text: string): string =>
  text.replace(/(bot|\b)\d{3,}:[\w-]+/g, '$1***').slice(0, 200)

/** Which rule a media address breaks, if any; our own uploads may be plain http. */
export function brokenRule(value: string, ownUrl: string): Violation['kind'] | undefined {
  if (!URL.canParse(value)) return 'not-a-link'
  const url = new URL(value)
  if (url.hostname === 'api.telegram.org' || hasBotPath(url)) return 'telegram-link'
  if (url.protocol === 'https:' || url.origin === new URL(ownUrl).origin) return undefined
  return 'insecure-link'
}

const hasBotPath = ({ pathname, search, hash }: URL) =>
  `${pathname}${search}${hash}`.includes('/bot')
