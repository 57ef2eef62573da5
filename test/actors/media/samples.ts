import { Resvg } from '@resvg/resvg-js'

const le16 = (value: number) => [value & 255, value >> 8]
const be16 = (value: number) => [value >> 8, value & 255]
const text = (value: string) => [...Buffer.from(value, 'latin1')]
const segment = (marker: number, body: readonly number[]) => [
  0xff,
  marker,
  ...be16(body.length + 2),
  ...body,
]

/** A real PNG. */
export const png = (width: number, height: number): Uint8Array =>
  new Resvg(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"/>`)
    .render()
    .asPng()

/** The headers of a JPEG whose preview is larger than most readers look. */
export const jpeg = (width: number, height: number, previewBytes = 60_000): Uint8Array =>
  new Uint8Array([
    0xff,
    0xd8,
    ...segment(0xe0, [...text('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xe1, new Array<number>(previewBytes).fill(0)),
    ...segment(0xc4, [0, 0, 0]),
    ...segment(0xc2, [8, ...be16(height), ...be16(width), 3, 0, 0, 0]),
  ])

/** A JPEG of a camera that was held upright. */
export const uprightJpeg = (width: number, height: number): Uint8Array => {
  const turned = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
  const exif = [...text('Exif\0\0MM\0*'), 0, 0, 0, 8, 0, 1, ...turned, 0, 0, 0, 0]
  const sides = [8, ...be16(height), ...be16(width), 3, 0, 0, 0]
  return new Uint8Array([0xff, 0xd8, ...segment(0xe1, exif), ...segment(0xc0, sides), 0xff, 0xd9])
}

/** Sound without compression. */
export function wav(seconds: number): Uint8Array {
  const bytes = Buffer.alloc(44 + seconds * 16_000)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8, 'latin1')
  bytes.set([16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0], 16)
  bytes.write('data', 36, 'latin1')
  bytes.writeUInt32LE(seconds * 16_000, 40)
  return bytes
}

export const gif = (width: number, height: number): Uint8Array =>
  new Uint8Array([...text('GIF89a'), ...le16(width), ...le16(height), 0, 0, 0, 0x3b])

const riff = (chunk: string, body: readonly number[]) =>
  new Uint8Array([...text('RIFF'), 80, 0, 0, 0, ...text(`WEBP${chunk}`), 60, 0, 0, 0, ...body])

const padding = new Array<number>(60).fill(0)

export const webp = {
  lossy: (width: number, height: number) =>
    riff('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, ...le16(width), ...le16(height), ...padding]),
  lossless: (width: number, height: number) => {
    const bits = Buffer.alloc(4)
    bits.writeUInt32LE((((height - 1) << 14) | (width - 1)) >>> 0)
    return riff('VP8L', [0x2f, ...bits, ...padding])
  },
  extended: (width: number, height: number) => {
    const size = Buffer.alloc(6)
    size.writeUIntLE(width - 1, 0, 3)
    size.writeUIntLE(height - 1, 3, 3)
    return riff('VP8X', [0, 0, 0, 0, ...size, ...padding])
  },
}

/** The first box of an MP4, then nothing. */
export const mp4 = (bytes = 200): Uint8Array => {
  const file = new Uint8Array(bytes)
  file.set([0, 0, 0, 24, ...text('ftypisom'), 0, 0, 2, 0, ...text('isomiso2')])
  return file
}

/** A tag whose cover picture is larger than the part of the file that is looked at. */
export const mp3 = new Uint8Array([...text('ID3'), 4, 0, 0, 0, 0x20, 0, 0, ...padding])
