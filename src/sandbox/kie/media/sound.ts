import type { ResultFile } from '../result-files.ts'
import { between, createRandom } from './random.ts'

const RATE = 16_000
const SCALE = [0, 2, 4, 7, 9, 12, 14, 16]

/** A short tune as WAV (16 kHz, mono, 16 bit), one note per word, different for every text. */
export function playTune(text: string): ResultFile {
  const words = text.split(/\s+/).filter(Boolean).slice(0, 16)
  const random = createRandom(text)
  const notes = (words.length > 3 ? words : [...words, 'a', 'b', 'c', 'd']).map((word) => ({
    hz: 220 * 2 ** ((SCALE[Math.floor(between(random, 0, SCALE.length))] as number) / 12),
    samples: Math.round(RATE * (0.18 + Math.min(word.length, 12) * 0.02)),
  }))
  const sound = Buffer.concat(notes.map(({ hz, samples }) => note(hz, samples)))
  return {
    bytes: Buffer.concat([header(sound.length), sound]),
    mime: 'audio/wav',
    extension: 'wav',
  }
}

function note(hz: number, samples: number): Buffer {
  const data = Buffer.alloc(samples * 2)
  for (let i = 0; i < samples; i++) {
    const t = i / RATE
    // A plucked string: quick attack, slow fade, a softer octave above.
    const loudness = Math.min(1, i / 200) * Math.exp(-4 * (i / samples)) * 0.5
    const wave = Math.sin(2 * Math.PI * hz * t) + 0.35 * Math.sin(4 * Math.PI * hz * t)
    data.writeInt16LE(Math.round((wave / 1.35) * loudness * 32_767), i * 2)
  }
  return data
}

/** RIFF/WAVE with one PCM chunk: http://soundfile.sapp.org/doc/WaveFormat/ */
function header(size: number): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + size, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(RATE, 24)
  head.writeUInt32LE(RATE * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(size, 40)
  return head
}
