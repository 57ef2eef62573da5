import { between, createRandom } from './random.ts'

const RATE = 16_000
const SCALE = [0, 2, 4, 7, 9, 12]
const NOTE_SECONDS = 0.25

/** A tune without compression (16 bits, one channel), as long as asked and different for every text. */
export function playWav(text: string, seconds: number): Buffer {
  const random = createRandom(text)
  const samples = Math.round(seconds * RATE)
  const file = Buffer.alloc(44 + samples * 2)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(file.length - 8, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(RATE, 24)
  file.writeUInt32LE(RATE * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(samples * 2, 40)
  let hz = 0
  for (let i = 0; i < samples; i += 1) {
    const since = i % (RATE * NOTE_SECONDS)
    if (since === 0) {
      hz = 330 * 2 ** ((SCALE[Math.floor(between(random, 0, SCALE.length))] as number) / 12)
    }
    const fading = 1 - since / (RATE * NOTE_SECONDS)
    const value = Math.sin((2 * Math.PI * hz * since) / RATE) * fading * 12_000
    file.writeInt16LE(Math.round(value), 44 + i * 2)
  }
  return file
}
