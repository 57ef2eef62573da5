import { createH264, type Macroblock } from './h264.ts'
import { macroblocksOf, type Pixels } from './macroblocks.ts'
import { muxMp4 } from './mp4.ts'

const PICTURES_PER_SECOND = 8

/** A film of a still picture with a bar that runs along its lower edge; every player shows it. */
export function makeFilm(still: Pixels, seconds: number): Buffer {
  const even = { width: still.width & ~1, height: still.height & ~1 }
  const encoder = createH264(even)
  const blocks = macroblocksOf(still)
  const columns = Math.ceil(even.width / 16)
  const lowest = blocks.length - columns
  const count = Math.max(2, Math.round(seconds * PICTURES_PER_SECOND))
  const pictures = Array.from({ length: count }, (_, i) => {
    if (i === 0) return encoder.key(blocks)
    const from = Math.floor(((i - 1) / (count - 1)) * columns)
    const to = Math.floor((i / (count - 1)) * columns)
    const reached = Array.from({ length: to - from }, (_, n) => lowest + from + n)
    return encoder.delta(new Map(reached.map((b) => [b, lit(blocks[b] as Macroblock)])), i)
  })
  const { sps, pps } = encoder
  return muxMp4({ ...even, sps, pps, pictures, picturesPerSecond: PICTURES_PER_SECOND })
}

/** The block as a part of the bar that the film has already passed. */
function lit(block: Macroblock): Macroblock {
  const bright = block.slice()
  bright.fill(225, 0, 128)
  bright.fill(100, 256, 288)
  bright.fill(150, 320, 352)
  return bright
}
