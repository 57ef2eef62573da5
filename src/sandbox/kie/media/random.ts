/** Numbers in [0, 1) that are always the same for the same text. */
export type Random = () => number

/** A small seeded generator (FNV-1a for the seed, mulberry32 for the numbers). */
export function createRandom(text: string): Random {
  let seed = 0x811c9dc5
  for (const char of text) seed = Math.imul(seed ^ (char.codePointAt(0) as number), 0x01000193)
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A number between the two. */
export const between = (random: Random, low: number, high: number): number =>
  low + random() * (high - low)
