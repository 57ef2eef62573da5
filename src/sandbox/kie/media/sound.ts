import { encodeMp3, GRANULE_MS, type Granule, lineOf } from './mp3.ts'
import { between, createRandom } from './random.ts'

const SCALE = [0, 2, 4, 7, 9, 12, 14, 16]
const LOUDEST = 203

/** A short tune as MP3, one note per word, different for every text. */
export function playTune(text: string): Buffer {
  const words = text.split(/\s+/).filter(Boolean).slice(0, 16)
  const random = createRandom(text)
  const notes = words.length > 3 ? words : [...words, 'and', 'so', 'on', 'it', 'goes']
  return encodeMp3(
    notes.flatMap((word) => {
      const step = SCALE[Math.floor(between(random, 0, SCALE.length))] as number
      return note(330 * 2 ** (step / 12), 180 + Math.min(word.length, 12) * 25)
    }),
  )
}

/** A plucked string: loud at once, then fading. */
const note = (hz: number, ms: number): Granule[] =>
  Array.from({ length: Math.round(ms / GRANULE_MS) }, (_, i) => ({
    line: lineOf(hz),
    gain: LOUDEST - i,
  }))
