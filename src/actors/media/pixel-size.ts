import { imageSize } from 'image-size'

export interface PixelSize {
  readonly width: number
  readonly height: number
}

/** Pictures that are taken from people or sent to them; the library reads more, and more is riskier. */
const READABLE = new Set([
  'image/png',
  'image/gif',
  'image/webp',
  'image/jpeg',
  'image/avif',
  'image/heic',
  'image/bmp',
  'image/tiff',
])

/** From this EXIF value on a camera was held upright: shown, the sides are the other way round. */
const FIRST_TURNED = 5

/** Width and height as shown, from a picture's first bytes and without decoding it; undefined when cut. */
export const readPixelSize = (head: Uint8Array, mime: string): PixelSize | undefined => {
  if (!READABLE.has(mime)) return undefined
  try {
    // A copy: the library looks past the end of a part into the memory that it is a part of.
    const { width, height, orientation = 1 } = imageSize(new Uint8Array(head))
    if (!(width > 0 && height > 0)) return undefined
    return orientation < FIRST_TURNED ? { width, height } : { width: height, height: width }
  } catch {
    return undefined // the header ends too early
  }
}
