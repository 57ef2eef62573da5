import { crc32, deflateSync } from 'node:zlib'

const SIDE = 512
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  const sum = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

let made: Buffer | undefined

/** The photo that the end-to-end check hands in: a 512 × 512 PNG, large enough for every model. */
export function samplePicture(): Buffer {
  made ??= draw()
  return made
}

function draw(): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(SIDE, 0)
  header.writeUInt32BE(SIDE, 4)
  // 8 bits a channel, red-green-blue.
  header.set([8, 2], 8)
  const stride = 1 + SIDE * 3
  const pixels = Buffer.alloc(stride * SIDE)
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      const at = y * stride + 1 + x * 3
      pixels[at] = x >> 1
      pixels[at + 1] = y >> 1
      pixels[at + 2] = (x ^ y) & 255
    }
  }
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(pixels))]
  return Buffer.concat([SIGNATURE, ...parts, chunk('IEND', Buffer.alloc(0))])
}
