import type { ButtonEvent } from './events.ts'
import { type Screen, tapsOf } from './screens/screen.ts'

/**
 * A button's callback data names the screen it stands on and what it does, both as hashes, so it is
 * always 15 bytes (Telegram allows 64). A tap counts only if the current screen has that very button:
 * forged and stale ones can't reach the machine, however the code changed since they were sent.
 */
export const callbackData = (screen: Screen, event: ButtonEvent): string =>
  `${screenDigest(screen)}.${hash(JSON.stringify(event))}`

/** The event of the tapped button, or undefined when this screen has no such button. */
export function buttonEvent(screen: Screen, data: string): ButtonEvent | undefined {
  const [digest, wanted, ...rest] = data.split('.')
  if (rest.length > 0 || digest !== screenDigest(screen)) return undefined
  return tapsOf(screen.keyboard)
    .map((b) => b.event)
    .find((event) => hash(JSON.stringify(event)) === wanted)
}

const digests = new WeakMap<Screen, string>()

/** Which set of buttons a screen offers; its words may change without making them stale. */
function screenDigest(screen: Screen): string {
  const known = digests.get(screen)
  if (known !== undefined) return known
  const digest = hash(
    JSON.stringify(screen.keyboard.map((row) => tapsOf([row]).map((b) => b.event))),
  )
  digests.set(screen, digest)
  return digest
}

/** FNV-1a over UTF-16 units, 32 bits in base 36: short, stable, and not a secret. */
function hash(text: string): string {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  }
  return (value >>> 0).toString(36).padStart(7, '0')
}
