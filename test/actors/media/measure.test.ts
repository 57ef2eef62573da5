import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { measureMedia } from '../../../src/actors/media/measure.ts'
import { sniffMedia } from '../../../src/actors/media/sniff.ts'
import { muxMp4 } from '../../../src/sandbox/kie/media/mp4.ts'
import { playTune } from '../../../src/sandbox/kie/media/sound.ts'
import { png, wav } from './samples.ts'

const film = muxMp4({
  width: 640,
  height: 360,
  sps: Buffer.from([0x67, 66, 0, 10]),
  pps: Buffer.from([0x68, 1]),
  pictures: Array.from({ length: 20 }, () => Buffer.alloc(50)),
  picturesPerSecond: 8,
})

/** Measures a file and counts how much of it is read. */
async function measure(bytes: Uint8Array) {
  const type = await sniffMedia(bytes)
  assert.ok(type)
  let readBytes = 0
  const content = {
    stream: () => assert.fail('it must not be read as a whole'),
    read: async (at: number, length: number) => {
      const piece = Buffer.from(bytes.subarray(at, at + length))
      readBytes += piece.length
      return piece
    },
  }
  return { ...(await measureMedia(type, { content, size: bytes.length })), readBytes }
}

/** An element of Matroska: id, length in one or eight bytes, content. */
const element = (id: string, ...parts: Uint8Array[]) => {
  const body = Buffer.concat(parts)
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(body.length) | (1n << 56n))
  return Buffer.concat([Buffer.from(id, 'hex'), length, body])
}
const f64 = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes
}
const webm = (tracks: Buffer) =>
  Buffer.concat([
    element('1a45dfa3', element('4282', Buffer.from('webm'))),
    element('18538067', element('1549a966', element('4489', f64(2_500))), tracks),
  ])
const videoTrack = element(
  'ae',
  element('d7', Buffer.from([1])),
  element('83', Buffer.from([1])),
  element('86', Buffer.from('V_VP9')),
  element('e0', element('b0', Buffer.from([1, 64])), element('ba', Buffer.from([180]))),
)
const soundTrack = element(
  'ae',
  element('d7', Buffer.from([2])),
  element('83', Buffer.from([2])),
  element('86', Buffer.from('A_OPUS')),
)

/** A voice message of so many seconds: Ogg pages with heads of Opus, the end by its position. */
function opus(seconds: number): Buffer {
  const page = (flags: number, position: bigint, sequence: number, body: Buffer) => {
    const head = Buffer.alloc(28)
    head.write('OggS', 0, 'latin1')
    head[5] = flags
    head.writeBigUInt64LE(position, 6)
    head.writeUInt32LE(1, 14)
    head.writeUInt32LE(sequence, 18)
    head[26] = 1
    head[27] = body.length
    return Buffer.concat([head, body])
  }
  const head = Buffer.from('OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0', 'latin1')
  const tags = Buffer.concat([Buffer.from('OpusTags', 'latin1'), Buffer.alloc(8)])
  const end = BigInt(seconds * 48_000)
  return Buffer.concat([
    page(2, 0n, 0, head),
    page(0, 0n, 1, tags),
    page(4, end, 2, Buffer.alloc(100)),
  ])
}

describe('measureMedia', () => {
  const cases: [string, Uint8Array, object][] = [
    ['a film', film, { kind: 'video', durationMs: 2_500, width: 640, height: 360, silent: true }],
    ['a WAV', wav(3), { kind: 'audio', mime: 'audio/wav', durationMs: 3_000 }],
    ['an MP3', playTune('one two three four'), { kind: 'audio', mime: 'audio/mpeg' }],
    ['a voice message', opus(7), { kind: 'audio', durationMs: 7_000 }],
    [
      'a WebM film',
      webm(element('1654ae6b', videoTrack, soundTrack)),
      { kind: 'video', durationMs: 2_500, width: 320, height: 180, silent: false },
    ],
    [
      'a WebM without pictures',
      webm(element('1654ae6b', soundTrack)),
      { kind: 'audio', mime: 'audio/webm', durationMs: 2_500 },
    ],
    ['a picture', png(31, 7), { kind: 'image', width: 31, height: 7 }],
  ]
  for (const [name, bytes, expected] of cases) {
    test(`measures ${name}`, async () => {
      const { readBytes: _, ...facts } = await measure(bytes)
      assert.partialDeepStrictEqual(facts, { ...expected, size: bytes.length })
    })
  }

  test('knows how long an MP3 plays, and reads little of it', async () => {
    const tune = playTune('one two three four')
    const once = (await measure(tune)).durationMs ?? 0
    assert.ok(once > 500)
    const long = await measure(Buffer.concat(Array.from({ length: 1_000 }, () => tune)))
    assert.ok(Math.abs((long.durationMs ?? 0) - once * 1_000) < once * 10)
    assert.ok(long.readBytes < 100_000, `${long.readBytes} bytes`)
  })

  test('gives up what is damaged or made to be read for ever', async () => {
    const sounds = [wav(1), opus(2), playTune('a b c d e'), film, webm(element('1654ae6b'))]
    for (const sound of sounds) {
      for (let at = 12; at < Math.min(sound.length, 400); at += 3) {
        const damaged = Buffer.from(sound)
        damaged[at] = (damaged[at] ?? 0) ^ 0xff
        if (await sniffMedia(damaged)) await measure(damaged)
      }
    }
    const noise = Buffer.concat([Buffer.from('fffb9064', 'hex'), randomBytes(300_000)])
    if (await sniffMedia(noise)) await measure(noise)
  })
})
