import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createByteReader } from '../../../../src/actors/media/streams/byte-reader.ts'
import { readMp4 } from '../../../../src/actors/media/streams/mp4.ts'
import { muxMp4 } from '../../../../src/sandbox/kie/media/mp4.ts'
import { box, contentOf, fixture, patched, u32, zeros } from '../bytes.ts'

const read = (file: Buffer) => {
  const { content, size } = contentOf(file)
  return readMp4(createByteReader(content, size))
}

const film = muxMp4({
  width: 640,
  height: 360,
  sps: Buffer.from([0x67, 66, 0, 10]),
  pps: Buffer.from([0x68, 1]),
  pictures: Array.from({ length: 20 }, () => Buffer.alloc(50)),
  picturesPerSecond: 8,
})
const facts = { hasVideo: true, hasAudio: false, seconds: 2.5, width: 640, height: 360 }

interface TrackFacts {
  readonly handler: string
  readonly matrix?: readonly number[]
  readonly sides?: readonly [number, number]
  readonly ticks: number
  readonly edits?: readonly (readonly [ticks: number, from: number])[]
}

const UPRIGHT = [0x10000, 0, 0, 0x10000]
const TICKS = 90_000

/** A track in version 1 of the boxes, with times of 64 bits. */
const track = ({ handler, matrix = UPRIGHT, sides = [0, 0], ticks, edits }: TrackFacts) =>
  box(
    'trak',
    box(
      'tkhd',
      ...[u32(1 << 24), zeros(48), ...matrix.map(u32), zeros(20)],
      ...sides.map((side) => u32(side << 16)),
    ),
    ...(edits === undefined
      ? []
      : [
          box(
            'edts',
            box(
              'elst',
              ...[u32(1 << 24), u32(edits.length)],
              ...edits.flatMap(([length, from]) => [
                ...[u32(0), u32(length), u32(from < 0 ? -1 : 0), u32(from), u32(0x10000)],
              ]),
            ),
          ),
        ]),
    box(
      'mdia',
      box('mdhd', u32(1 << 24), zeros(16), u32(TICKS), zeros(12)),
      box('hdlr', zeros(8), Buffer.from(handler), zeros(13)),
      box('minf', box('stbl', box('stts', zeros(4), u32(1), u32(1), u32(ticks)))),
    ),
  )

const movie = (...tracks: Buffer[]) =>
  Buffer.concat([
    box('ftyp', zeros(8)),
    box(
      'moov',
      box('mvhd', u32(1 << 24), zeros(16), u32(TICKS), u32(0), u32(0), zeros(80)),
      ...tracks,
    ),
    box('mdat', zeros(20_000)),
  ])

const secondsOf = async (...tracks: Buffer[]) => (await read(movie(...tracks)))?.seconds

describe('readMp4', () => {
  test('tells size, length and tracks', async () => {
    assert.partialDeepStrictEqual(await read(film), facts)
  })

  test('finds the index behind the pictures, however large they are', async () => {
    const moov = film.subarray(film.indexOf('moov') - 4, film.indexOf('mdat') - 4)
    const data = Buffer.concat([u32(1), Buffer.from('mdat'), u32(0), u32(100_016), zeros(100_000)])
    assert.partialDeepStrictEqual(
      await read(Buffer.concat([box('ftyp', zeros(8)), data, moov])),
      facts,
    )
  })

  test('reads wide times and turns a film that lies on its side', async () => {
    const matrix = [0, 0x10000, 0, -0x10000]
    const turned = track({ handler: 'vide', matrix, sides: [1920, 1080], ticks: 5 * TICKS })
    assert.partialDeepStrictEqual(await read(movie(turned)), {
      width: 1080,
      height: 1920,
      seconds: 5,
    })
  })

  test('knows a sound track alone', async () => {
    const found = await read(movie(track({ handler: 'soun', ticks: 5 * TICKS })))
    assert.partialDeepStrictEqual(found, { hasVideo: false, hasAudio: true, seconds: 5 })
  })

  test('counts edits as they play: parts, pauses, repeats, but no more than there is', async () => {
    const edited = (...edits: (readonly [number, number])[]) =>
      secondsOf(
        track({
          handler: 'vide',
          ticks: 60 * TICKS,
          edits: edits.map(([s, from]) => [s * TICKS, from * TICKS]),
        }),
      )
    assert.equal(await edited([20, 10]), 20)
    assert.equal(await edited([5, -1], [60, 0]), 65)
    assert.equal(await edited([20, 0], [20, 0]), 40)
    assert.equal(await edited([500, 50]), 11)
    assert.equal(await edited([40_000, -1]), 60)
  })

  test('lets a sound track run over a little before it counts', async () => {
    const pictures = track({ handler: 'vide', ticks: 30 * TICKS })
    const sound = (seconds: number) => track({ handler: 'soun', ticks: seconds * TICKS })
    assert.equal(await secondsOf(pictures, sound(30.25)), 30)
    assert.equal(await secondsOf(pictures, sound(60)), 60)
    assert.equal(await secondsOf(pictures, track({ handler: 'text', ticks: 90 * TICKS })), 30)
  })

  test('counts a pause between fragments, and fragments that all begin at once', async () => {
    const whole = fixture('fragmented-30s.mp4')
    const times: number[] = []
    for (let at = whole.indexOf('tfdt'); at >= 0; at = whole.indexOf('tfdt', at + 4)) times.push(at)
    const isWide = whole[(times[0] ?? 0) + 4] === 1
    const zeroed = times.reduce((file, at) => patched(file, at + 8, zeros(isWide ? 8 : 4)), whole)
    assert.equal((await read(zeroed))?.seconds, 30)
  })

  test('knows nothing of a film that is cut before its index', async () => {
    for (const file of [
      film.subarray(0, 24),
      Buffer.concat([box('ftyp', zeros(8)), u32(4), Buffer.from('moov')]),
      Buffer.concat(Array.from({ length: 5_000 }, () => box('free'))),
    ])
      assert.equal(await read(file), undefined)
    await assert.rejects(read(box('moov', box('mvhd', zeros(3)))), RangeError)
  })
})
