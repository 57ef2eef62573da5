import { imageSize } from 'image-size'
import { parseBuffer } from 'music-metadata'

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

/** How long a film or sound plays, in seconds; 0 when its bytes don't say. */
export async function secondsOf(bytes: Uint8Array, mime: string): Promise<number> {
  try {
    const { format } = await parseBuffer(bytes, mime, { duration: true, skipCovers: true })
    const tracks = format.trackInfo.map(({ duration = 0 }) => duration)
    return Math.max(format.duration ?? 0, ...tracks, 0)
  } catch {
    return 0
  }
}
