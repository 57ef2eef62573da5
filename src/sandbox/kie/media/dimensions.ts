import { imageSize } from 'image-size'

/** Width and height in pixels. */
export interface Dimensions {
  readonly width: number
  readonly height: number
}

/** The size of a picture; undefined when it is none, or a broken one. */
export function dimensionsOf(bytes: Uint8Array): Dimensions | undefined {
  try {
    const { width, height } = imageSize(bytes)
    return { width, height }
  } catch {
    return undefined
  }
}
