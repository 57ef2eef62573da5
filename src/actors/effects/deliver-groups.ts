import { fitsAlbum, type SendKind } from '../telegram/send-choice.ts'

/** One result on its way: fetched and looked at. */
export interface Fetched {
  readonly index: number
  /** A link goes alone, in its place. */
  readonly kind: SendKind | 'link'
  readonly size: number
  dispose(): Promise<void>
}

/**
 * Fetches results in order and hands them on in groups that fit one message or one album; at most
 * one group and one file more are held at a time. Whoever takes a group disposes of it; what was
 * not handed on is disposed of here. A result without a file (`undefined`) ends a group.
 */
export async function* gather<T extends Fetched>(
  indexes: readonly number[],
  fetch: (index: number) => Promise<T | undefined>,
): AsyncGenerator<readonly T[]> {
  let group: T[] = []
  try {
    for (const index of indexes) {
      const next = await fetch(index)
      const last = group.at(-1)
      const joins = next !== undefined && last?.index === index - 1 && fitsAlbum(group, next)
      const full = joins ? [] : group
      group = joins ? [...group, next] : next === undefined ? [] : [next]
      if (full.length > 0) yield full
    }
    const rest = group
    group = []
    if (rest.length > 0) yield rest
  } finally {
    for (const item of group) await item.dispose()
  }
}
