import type { MediaContent } from '../spool.ts'

/** What a reader may cost: hostile files are made to be read for ever. */
export interface ReadLimits {
  /** Most bytes to fetch, over all pages. */
  readonly maxBytes: number
  readonly maxMs: number
}

/** A file costs more to read than any real one. */
export class ReadLimitReached extends Error {
  public override name = 'ReadLimitReached'
}

/**
 * Random access to a kept file through one page of memory, which is given back by `close`. What it
 * returns lies in that page: it is to be used before the next read.
 */
export interface ByteReader {
  readonly size: number
  /** Up to `length` bytes (at most a page); fewer at the end of the file. */
  read(at: number, length: number): Promise<Buffer>
  /** The same bytes at once, when they lie in the page; undefined when they must be read. */
  peek(at: number, length: number): Buffer | undefined
  close(): void
}

export const PAGE_BYTES = 65_536

/** Twice the file, for those who go back once, and a little for small files. */
const limitsFor = (size: number): ReadLimits => ({
  maxBytes: 2 * size + 16 * PAGE_BYTES,
  maxMs: 20_000,
})

export function createByteReader(
  content: Pick<MediaContent, 'readInto'>,
  size: number,
  { maxBytes, maxMs } = limitsFor(size),
): ByteReader {
  // Memory of its own, not of the pool that small buffers share, so that it can be given back.
  const page = Buffer.allocUnsafeSlow(PAGE_BYTES)
  const deadline = performance.now() + maxMs
  let start = 0
  let end = 0
  let fetched = 0

  const peek = (at: number, length: number): Buffer | undefined => {
    const to = Math.min(at + length, size)
    return at >= start && to <= end ? page.subarray(at - start, to - start) : undefined
  }
  return {
    size,
    peek,
    async read(at, length) {
      if (at < 0 || at >= size) return Buffer.alloc(0)
      const found = peek(at, length)
      if (found !== undefined) return found
      if (fetched > maxBytes || performance.now() > deadline) throw new ReadLimitReached()
      const count = await content.readInto(page, at)
      start = at
      end = at + count
      fetched += count
      return page.subarray(0, Math.min(length, count))
    },
    close: () => void page.buffer.transfer(0),
  }
}
