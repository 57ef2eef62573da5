import { setImmediate } from 'node:timers/promises'
import { type BitWriter, createBitWriter } from './bit-writer.ts'
import type { Pixels } from './macroblocks.ts'

/** Where the n-th coefficient of a block lies, from low to high frequencies. */
const ZIGZAG = Array.from({ length: 64 }, (_, i) => i).sort((a, b) => order(a) - order(b))
/** Quantizer steps that grow with the frequency. */
const STEPS = ZIGZAG.map((at) => 2 + Math.round(((at & 7) + (at >> 3)) * 1.6))
const COSINES = Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7]
  return Math.cos(((2 * x + 1) * u * Math.PI) / 16) * (u === 0 ? Math.SQRT1_2 : 1) * 0.5
})
/** The first segment of a plain JFIF file: its name, version 1.1, no density, no thumbnail. */
const JFIF = Uint8Array.of(0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)
/** Every run and size, in the order of their codes; all codes are 8 bits long. */
const RUN_SIZES = [
  0x00,
  0xf0,
  ...Array.from({ length: 160 }, (_, i) => ((i % 16) << 4) | (1 + (i >> 4))),
]
const CODE_OF = new Map(RUN_SIZES.map((symbol, code) => [symbol, code]))

/**
 * Baseline JPEG, 4:4:4, with code tables of one length each. Source: ITU-T T.81, annex B and F.
 * It takes tenths of a second, so other work gets its turn between the rows.
 */
export async function encodeJpeg(picture: Pixels): Promise<Buffer> {
  const { width, height } = picture
  const w = createBitWriter()
  const before = [0, 0, 0]
  for (let top = 0; top < height; top += 8) {
    await setImmediate()
    for (let left = 0; left < width; left += 8)
      for (const [i, samples] of planes(picture, left, top).entries())
        before[i] = writeBlock(w, coefficients(samples), before[i] as number)
  }
  w.align(1)
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, JFIF),
    segment(0xdb, Buffer.from([0, ...STEPS])),
    segment(
      0xc0,
      Buffer.from([
        8,
        height >> 8,
        height & 255,
        width >> 8,
        width & 255,
        3,
        ...[1, 2, 3].flatMap((id) => [id, 0x11, 0]),
      ]),
    ),
    segment(
      0xc4,
      Buffer.from([0x00, ...lengths(4, 12), ...Array.from({ length: 12 }, (_, i) => i)]),
    ),
    segment(0xc4, Buffer.from([0x10, ...lengths(8, 162), ...RUN_SIZES])),
    segment(0xda, Buffer.from([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])),
    stuff(w.end()),
    Buffer.from([0xff, 0xd9]),
  ])
}

/** Along the diagonals, every other one upwards. */
function order(at: number): number {
  const [row, column] = [at >> 3, at & 7]
  const diagonal = row + column
  return diagonal * 16 + (diagonal % 2 === 0 ? column : row)
}

/** Brightness, blue and red of an 8 × 8 block, around zero. */
function planes({ rgba, width, height }: Pixels, left: number, top: number): Float32Array[] {
  const [y, cb, cr] = [new Float32Array(64), new Float32Array(64), new Float32Array(64)]
  for (let i = 0; i < 64; i++) {
    const row = Math.min(top + (i >> 3), height - 1)
    const at = (row * width + Math.min(left + (i & 7), width - 1)) * 4
    const [r, g, b] = [rgba[at] as number, rgba[at + 1] as number, rgba[at + 2] as number]
    y[i] = 0.299 * r + 0.587 * g + 0.114 * b - 128
    cb[i] = -0.1687 * r - 0.3313 * g + 0.5 * b
    cr[i] = 0.5 * r - 0.4187 * g - 0.0813 * b
  }
  return [y, cb, cr]
}

/** The block's frequencies, quantized, from low to high. */
function coefficients(samples: Float32Array): number[] {
  const columns = transform(samples)
  const both = transform(columns)
  return ZIGZAG.map((at, i) => Math.round((both[at] as number) / (STEPS[i] as number)))
}

/** A cosine transform of the rows, turned by a quarter: twice makes both directions. */
function transform(block: Float32Array): Float32Array {
  const out = new Float32Array(64)
  for (let row = 0; row < 64; row += 8)
    for (let u = 0; u < 8; u++) {
      let sum = 0
      for (let x = 0; x < 8; x++) sum += (block[row + x] as number) * (COSINES[u * 8 + x] as number)
      out[u * 8 + row / 8] = sum
    }
  return out
}

function writeBlock(w: BitWriter, values: readonly number[], before: number): number {
  const first = values[0] as number
  const size = sizeOf(first - before)
  w.bits(size, 4)
  writeValue(w, first - before, size)
  let run = 0
  for (const value of values.slice(1, values.findLastIndex((v) => v !== 0) + 1)) {
    if (value === 0) {
      run += 1
      continue
    }
    for (; run > 15; run -= 16) w.bits(CODE_OF.get(0xf0) as number, 8)
    w.bits(CODE_OF.get((run << 4) | sizeOf(value)) as number, 8)
    writeValue(w, value, sizeOf(value))
    run = 0
  }
  if (values[63] === 0) w.bits(CODE_OF.get(0x00) as number, 8)
  return first
}

const sizeOf = (value: number) => 32 - Math.clz32(Math.abs(value))
const writeValue = (w: BitWriter, value: number, size: number) =>
  w.bits(value < 0 ? value + 2 ** size - 1 : value, size)
const lengths = (length: number, count: number) =>
  Array.from({ length: 16 }, (_, i) => (i + 1 === length ? count : 0))
const segment = (marker: number, data: Uint8Array) =>
  Buffer.concat([
    Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]),
    data,
  ])

/** A zero after every 0xff tells decoders that it is no marker. */
function stuff(data: Buffer): Buffer {
  const out = Buffer.alloc(data.length * 2)
  let at = 0
  for (const byte of data) {
    out[at++] = byte
    if (byte === 0xff) out[at++] = 0
  }
  return out.subarray(0, at)
}
