import { createBitWriter } from './bit-writer.ts'

/** A sound of 18 ms: one spectral line (27.8 Hz apart, below 576) at a loudness in 1.5 dB steps. */
export interface Granule {
  readonly line: number
  readonly gain: number
}

const FRAME_BYTES = 144
const GRANULE_HZ = 32_000 / 1152

/** How long a granule sounds. */
export const GRANULE_MS = 18

/** The spectral line nearest to a pitch. */
export const lineOf = (hz: number): number => Math.round(hz / GRANULE_HZ - 0.5)

/**
 * MP3 (MPEG-1 Layer III, mono, 32 kHz, 32 kbit/s) of pure tones: each granule codes a single
 * quantized value, so no psychoacoustics, bit reservoir or scale factors are needed.
 * Frame layout: ISO/IEC 11172-3, 2.4.1.7 (http://www.mp3-tech.org/programmer/frame_header.html).
 */
export function encodeMp3(granules: readonly Granule[]): Buffer {
  const frames: Buffer[] = []
  for (let i = 0; i < granules.length; i += 2) {
    const pair = [granules[i], granules[i + 1] ?? granules[i]] as [Granule, Granule]
    frames.push(frame(pair, i))
  }
  return Buffer.concat(frames)
}

function frame(pair: readonly [Granule, Granule], position: number): Buffer {
  const w = createBitWriter()
  w.bits(0xfffb18c0, 32)
  w.bits(0, 9 + 5 + 4) // no bit reservoir, nothing shared between the granules
  for (const { line, gain } of pair) {
    const pairs = Math.floor(line / 2) + 1
    w.bits(pairs - 1 + (line % 2 === 0 ? 2 : 3) + 1, 12)
    w.bits(pairs, 9)
    w.bits(gain, 8)
    w.bits(0, 4 + 1)
    for (let region = 0; region < 3; region++) w.bits(1, 5)
    w.bits(0, 4 + 3 + 3)
  }
  for (const [i, { line }] of pair.entries()) {
    // Huffman table 1: "1" is a pair of zeros, "01" a one then a zero, "001" a zero then a one.
    for (let zero = 0; zero < Math.floor(line / 2); zero++) w.bits(1, 1)
    w.bits(1, line % 2 === 0 ? 2 : 3)
    w.bits(signOf(line, position + i), 1)
  }
  const coded = w.end()
  return Buffer.concat([coded, Buffer.alloc(FRAME_BYTES - coded.length)])
}

/** A steady tone turns by a quarter or three quarters per granule: its signs come in pairs. */
const signOf = (line: number, time: number) => ((time + (line % 2 === 0 ? 1 : 0)) >> 1) & 1
