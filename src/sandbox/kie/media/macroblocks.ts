import type { Dimensions } from './dimensions.ts'
import type { Macroblock } from './h264.ts'

/** An RGBA picture. */
export interface Pixels extends Dimensions {
  readonly rgba: Uint8Array
}

/** Cuts a picture into 4:2:0 macroblocks, row by row; edges are continued beyond the picture. */
export function macroblocksOf(picture: Pixels): Macroblock[] {
  const columns = Math.ceil(picture.width / 16)
  const rows = Math.ceil(picture.height / 16)
  return Array.from({ length: columns * rows }, (_, i) =>
    macroblock(picture, (i % columns) * 16, Math.floor(i / columns) * 16),
  )
}

function macroblock({ rgba, width, height }: Pixels, left: number, top: number): Macroblock {
  const block = new Uint8Array(384)
  const blue = new Float32Array(64)
  const red = new Float32Array(64)
  for (let y = 0; y < 16; y++)
    for (let x = 0; x < 16; x++) {
      const at = (Math.min(top + y, height - 1) * width + Math.min(left + x, width - 1)) * 4
      const [r, g, b] = [rgba[at] as number, rgba[at + 1] as number, rgba[at + 2] as number]
      // BT.601, limited range: what players assume for small pictures.
      block[y * 16 + x] = 16 + Math.round((65.738 * r + 129.057 * g + 25.064 * b) / 256)
      const quarter = (y >> 1) * 8 + (x >> 1)
      blue[quarter] = (blue[quarter] as number) + (-37.945 * r - 74.494 * g + 112.439 * b) / 1024
      red[quarter] = (red[quarter] as number) + (112.439 * r - 94.154 * g - 18.285 * b) / 1024
    }
  for (let i = 0; i < 64; i++) {
    block[256 + i] = 128 + Math.round(blue[i] as number)
    block[320 + i] = 128 + Math.round(red[i] as number)
  }
  return block
}
