import { createHash } from 'node:crypto'

/** Gives what was made before from the same parts, or makes it; what failed is made again. */
export type Keep<T> = (parts: readonly (string | number)[], make: () => Promise<T>) => Promise<T>

/** Remembers what was asked for last, as much of it as has room. */
export function createKeeper<T>({ mostBytes, bytesOf }: KeeperOptions<T>): Keep<T> {
  const kept = new Map<string, { made: Promise<T>; bytes: number }>()
  let total = 0
  const forget = (key: string) => {
    total -= kept.get(key)?.bytes ?? 0
    kept.delete(key)
  }
  return async (parts, make) => {
    const key = createHash('sha256').update(JSON.stringify(parts)).digest('base64')
    const known = kept.get(key)
    const entry = known ?? { made: make(), bytes: 0 }
    // Again at the end: the first one is the one that nobody asked for the longest.
    kept.delete(key)
    kept.set(key, entry)
    try {
      const made = await entry.made
      if (known === undefined) {
        entry.bytes = bytesOf(made)
        total += entry.bytes
        for (const [oldest] of kept) {
          if (total <= mostBytes) break
          forget(oldest)
        }
      }
      return made
    } catch (error) {
      if (kept.get(key) === entry) forget(key)
      throw error
    }
  }
}

interface KeeperOptions<T> {
  mostBytes: number
  bytesOf: (made: T) => number
}
