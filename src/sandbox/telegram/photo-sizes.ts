import { Resvg } from '@resvg/resvg-js'
import type { FileHandle } from './files.ts'

/** Longest sides of the copies that Telegram makes of a photo. */
const SIDES = [90, 320, 800, 1280] as const

interface Size {
  readonly width: number
  readonly height: number
}

const scaled = ({ width, height }: Size, side: number): Size => {
  const ratio = side / Math.max(width, height)
  return {
    width: Math.max(1, Math.round(width * ratio)),
    height: Math.max(1, Math.round(height * ratio)),
  }
}

/** The sizes of a photo, smallest first; the last one, without a side, is the photo itself. */
export const photoSizes = (full: Size): (Size & { side?: number })[] => [
  ...SIDES.filter((side) => side < Math.max(full.width, full.height)).map((side) => ({
    ...scaled(full, side),
    side,
  })),
  full,
]

const smaller = new WeakMap<FileHandle, Buffer>()

function render({ file, side = 0 }: FileHandle, full: Size): Buffer {
  const { width, height } = scaled(full, side)
  const data = `data:${file.mime};base64,${file.bytes.toString('base64')}`
  const size = `width="${width}" height="${height}"`
  const image = `<image href="${data}" ${size} preserveAspectRatio="none"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${image}</svg>`
  return Buffer.from(new Resvg(svg).render().asPng())
}

/** Bytes behind a handle; smaller copies of photos are drawn when first asked for. */
export function handleBytes(handle: FileHandle, full: Size | undefined): Buffer {
  if (handle.side === undefined || !full) return handle.file.bytes
  const known = smaller.get(handle)
  if (known) return known
  const bytes = render(handle, full)
  smaller.set(handle, bytes)
  return bytes
}
