import { type BitWriter, createBitWriter } from './bit-writer.ts'
import type { Dimensions } from './dimensions.ts'

/** A 16 × 16 block in 4:2:0: 256 bytes of brightness, 64 of blue, 64 of red. */
export type Macroblock = Uint8Array

/** An encoder for still pictures with small moving parts. */
export interface H264 {
  /** Sequence and picture parameter sets. */
  readonly sps: Buffer
  readonly pps: Buffer
  /** A complete picture; `blocks` row by row. */
  key(blocks: readonly Macroblock[]): Buffer
  /** The picture before it with some blocks replaced; `number` counts from the key picture. */
  delta(changed: ReadonlyMap<number, Macroblock>, number: number): Buffer
}

const FRAME_NUMBER_BITS = 8
const NAL = { delta: 0x41, key: 0x65, sps: 0x67, pps: 0x68 } as const

/**
 * H.264 Baseline with uncompressed (I_PCM) and skipped macroblocks only: bulky, but every player
 * reads it and no transform has to be written.
 * Syntax: ITU-T H.264, 7.3 (https://www.itu.int/rec/T-REC-H.264).
 */
export function createH264({ width, height }: Dimensions): H264 {
  const columns = Math.ceil(width / 16)
  const rows = Math.ceil(height / 16)
  return {
    sps: nal(NAL.sps, (w) => sequenceParameters(w, { width, height, columns, rows })),
    pps: nal(NAL.pps, pictureParameters),
    key: (blocks) =>
      nal(NAL.key, (w) => {
        sliceHeader(w, { type: 7, number: 0 })
        for (const block of blocks) writeRaw(w, 25, block)
      }),
    delta: (changed, number) =>
      nal(NAL.delta, (w) => {
        sliceHeader(w, { type: 5, number: number % 2 ** FRAME_NUMBER_BITS })
        let next = 0
        for (const [index, block] of [...changed].sort(([a], [b]) => a - b)) {
          w.ue(index - next)
          // In a P slice the intra types are numbered after the five inter types.
          writeRaw(w, 5 + 25, block)
          next = index + 1
        }
        if (next < columns * rows) w.ue(columns * rows - next)
      }),
  }
}

function writeRaw(w: BitWriter, type: number, block: Macroblock): void {
  w.ue(type)
  w.align()
  w.bytes(block)
}

function sequenceParameters(
  w: BitWriter,
  { width, height, columns, rows }: Dimensions & { columns: number; rows: number },
): void {
  w.bits(66, 8) // Baseline
  w.bits(0b11000000, 8) // also Main-compatible
  w.bits(40, 8) // level 4.0: raw blocks need the bit rate
  w.ue(0)
  w.ue(FRAME_NUMBER_BITS - 4)
  w.ue(2) // output order is coding order
  w.ue(1) // one reference picture
  w.bits(0, 1)
  w.ue(columns - 1)
  w.ue(rows - 1)
  w.bits(0b11, 2) // frames only, 8x8 inference
  w.bits(1, 1) // cropping, in units of two pixels
  for (const crop of [0, columns * 16 - width, 0, rows * 16 - height]) w.ue(Math.floor(crop / 2))
  w.bits(0, 1)
}

function pictureParameters(w: BitWriter): void {
  w.ue(0)
  w.ue(0)
  w.bits(0b00, 2) // CAVLC
  w.ue(0)
  w.ue(0)
  w.ue(0)
  w.bits(0b000, 3) // no weighted prediction
  for (let i = 0; i < 3; i++) w.ue(0) // quantizer offsets: raw blocks have none
  w.bits(0b100, 3) // deblocking is controlled by the slice
}

function sliceHeader(w: BitWriter, { type, number }: { type: 5 | 7; number: number }): void {
  w.ue(0)
  w.ue(type)
  w.ue(0)
  w.bits(number, FRAME_NUMBER_BITS)
  if (type === 7) w.ue(0)
  else w.bits(0b00, 2) // default reference list
  w.bits(0, type === 7 ? 2 : 1) // reference marking by sliding window
  w.ue(0)
  w.ue(1) // no deblocking: the pixels stay as they were drawn
}

function nal(header: number, write: (w: BitWriter) => void): Buffer {
  const w = createBitWriter()
  write(w)
  w.bits(1, 1)
  return Buffer.concat([Buffer.from([header]), protect(w.end())])
}

/** Puts a 3 after two zeros where the next byte could be taken for a start code (7.4.1.1). */
function protect(payload: Buffer): Buffer {
  const out = Buffer.alloc(Math.ceil(payload.length * 1.5) + 1)
  let at = 0
  let zeros = 0
  for (const byte of payload) {
    if (zeros === 2 && byte <= 3) {
      out[at++] = 3
      zeros = 0
    }
    out[at++] = byte
    zeros = byte === 0 ? zeros + 1 : 0
  }
  return out.subarray(0, at)
}
