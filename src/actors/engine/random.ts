import { randomFillSync } from 'node:crypto'

const BYTES = 12
const VALUES = 256

/** Unguessable values of 24 hexadecimal characters, drawn from the system many at a time. */
export function createRandom(): () => string {
  const pool = Buffer.alloc(BYTES * VALUES)
  let at = pool.length
  return () => {
    if (at === pool.length) {
      randomFillSync(pool)
      at = 0
    }
    at += BYTES
    return pool.toString('hex', at - BYTES, at)
  }
}
