import { timingSafeEqual } from 'node:crypto'

/** As many bytes are compared at least, so that the length of a usual secret does not show. */
const LEAST_BYTES = 512

/**
 * Tells whether a value is the expected secret. As many bytes are compared whatever is given, so neither
 * content nor length of the secret shows in the time it takes.
 */
export function matcher(expected: string): (value: string) => boolean {
  const bytes = Buffer.byteLength(expected)
  const wanted = Buffer.alloc(Math.max(LEAST_BYTES, bytes))
  const given = Buffer.alloc(wanted.length)
  wanted.write(expected)
  return (value) => {
    given.fill(0, given.write(value))
    return timingSafeEqual(given, wanted) && Buffer.byteLength(value) === bytes
  }
}
