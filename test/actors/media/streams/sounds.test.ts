import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isNear } from '../../../fixtures/media/lengths.ts'
import { fixture, measure, patched, u32 } from '../bytes.ts'

const seconds = async (bytes: Buffer) => ((await measure(bytes)).durationMs ?? 0) / 1_000

describe('readMp3', () => {
  const joined = fixture('joined-62s.mp3')
  const xing = Math.max(joined.indexOf('Xing'), joined.indexOf('Info'))

  test('believes the note of the first frame only when it speaks of the whole file', async () => {
    const frames = (count: number, bytes: number) =>
      patched(patched(joined, xing + 8, u32(count)), xing + 12, u32(bytes))
    // Covering a file of this size, and fewer frames than there are: the frames count.
    assert.ok(isNear(await seconds(frames(40, joined.length)), 62.2))
    // Of a longer file that was cut.
    assert.ok(isNear(await seconds(frames(40_000, 20 * joined.length)), 62.2))
    assert.ok(isNear(await seconds(frames(0xffff_ffff, joined.length)), 62.2))
    assert.equal((await measure(frames(0xffff_ffff, joined.length))).claimedMs, undefined)
  })
})

describe('readOgg', () => {
  /** The file with another position in each of its pages. */
  const positioned = (bytes: Buffer, change: (position: bigint) => bigint) => {
    let file = bytes
    for (let at = bytes.indexOf('OggS'); at >= 0; at = bytes.indexOf('OggS', at + 4)) {
      const position = Buffer.alloc(8)
      position.writeBigInt64LE(change(bytes.readBigInt64LE(at + 6)))
      file = patched(file, at + 6, position)
    }
    return file
  }

  for (const name of ['voice.opus', 'speech.spx']) {
    test(`counts the packets of ${name} when its pages tell less, or what it can't hold`, async () => {
      const sound = fixture(name)
      for (const factor of [0n, 1_000_000n]) {
        assert.ok(isNear(await seconds(positioned(sound, (p) => p * factor)), 3), `${factor}`)
      }
    })
  }

  test('takes the start from a recording that was entered midway', async () => {
    const late = positioned(fixture('music.ogg'), (p) => (p > 0n ? p + 44_100n * 3_600n : p))
    assert.ok((await seconds(late)) < 3.1)
  })
})

describe('readMatroska', () => {
  test('counts clusters wherever an index says they are', async () => {
    const film = fixture('film.webm')
    const cues = film.lastIndexOf(Buffer.from('1c53bb6b', 'hex'))
    assert.ok(cues > 0)
    const lying = patched(film, cues + 5, Buffer.alloc(Math.min(20, film.length - cues - 5), 0xff))
    assert.equal(await seconds(lying), 3)
  })
})
