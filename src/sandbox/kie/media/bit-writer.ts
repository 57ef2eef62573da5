/** Collects bits, most significant first. */
export interface BitWriter {
  bits(value: number, count: number): void
  /** Exp-Golomb code of an unsigned number (H.264 9.1). */
  ue(value: number): void
  /** Fills the started byte, with zeros or with ones. */
  align(fill?: 0 | 1): void
  bytes(data: Uint8Array): void
  end(): Buffer
}

/** A growing bit buffer. */
export function createBitWriter(): BitWriter {
  const parts: Buffer[] = []
  let open: number[] = []
  let current = 0
  let used = 0
  const writer: BitWriter = {
    bits(value, count) {
      let left = count
      while (left > 0) {
        const taken = Math.min(left, 8 - used)
        left -= taken
        current = (current << taken) | ((value >>> left) & (2 ** taken - 1))
        used += taken
        if (used < 8) continue
        open.push(current)
        current = 0
        used = 0
      }
    },
    ue(value) {
      const length = 32 - Math.clz32(value + 1)
      writer.bits(0, length - 1)
      writer.bits(value + 1, length)
    },
    align(fill = 0) {
      if (used > 0) writer.bits(fill === 1 ? 0xff : 0, 8 - used)
    },
    bytes(data) {
      if (used > 0) throw new Error('Whole bytes need an aligned position.')
      parts.push(Buffer.from(open), Buffer.from(data))
      open = []
    },
    end() {
      writer.align()
      parts.push(Buffer.from(open))
      open = []
      return Buffer.concat(parts)
    },
  }
  return writer
}
