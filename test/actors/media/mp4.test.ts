import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readMp4 } from '../../../src/actors/media/mp4.ts'
import { muxMp4 } from '../../../src/sandbox/kie/media/mp4.ts'

const read = (file: Buffer) =>
  readMp4({ read: async (at, length) => file.subarray(at, at + length) }, file.length)

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const box = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body])
}
const zeros = (count: number) => Buffer.alloc(count)

const film = muxMp4({
  width: 640,
  height: 360,
  sps: Buffer.from([0x67, 66, 0, 10]),
  pps: Buffer.from([0x68, 1]),
  pictures: Array.from({ length: 20 }, () => Buffer.alloc(50)),
  picturesPerSecond: 8,
})
const facts = { hasVideo: true, hasAudio: false, durationMs: 2_500, width: 640, height: 360 }

/** Version 1 of the boxes, with times of 64 bits. */
const wide = (handler: string, matrix: readonly number[], width: number, height: number) =>
  box(
    'moov',
    box('mvhd', u32(1 << 24), zeros(16), u32(90_000), u32(0), u32(450_000), zeros(80)),
    box(
      'trak',
      box(
        'tkhd',
        ...[u32(1 << 24), zeros(48), ...matrix.map((n) => u32(n >>> 0)), zeros(20)],
        ...[u32(width << 16), u32(height << 16)],
      ),
      box('mdia', box('hdlr', zeros(8), Buffer.from(handler), zeros(13))),
    ),
  )

describe('mp4', () => {
  test('tells size, length and tracks', async () => {
    assert.deepEqual(await read(film), facts)
  })

  test('finds the index behind the pictures, however large they are', async () => {
    const moov = film.subarray(film.indexOf('moov') - 4, film.indexOf('mdat') - 4)
    const data = Buffer.concat([u32(1), Buffer.from('mdat'), u32(0), u32(100_016), zeros(100_000)])
    assert.deepEqual(await read(Buffer.concat([box('ftyp', zeros(8)), data, moov])), facts)
  })

  test('reads wide times and turns a film that lies on its side', async () => {
    const quarterTurn = [0, 0x10000, 0, -0x10000]
    assert.deepEqual(await read(wide('vide', quarterTurn, 1920, 1080)), {
      ...{ hasVideo: true, hasAudio: false },
      ...{ durationMs: 5_000, width: 1080, height: 1920 },
    })
  })

  test('knows a sound track alone', async () => {
    const found = await read(wide('soun', [0x10000, 0, 0, 0x10000], 0, 0))
    assert.deepEqual(found, { hasVideo: false, hasAudio: true, durationMs: 5_000 })
  })

  test('says nothing about a film that is cut, broken or made to be read for ever', async () => {
    for (const file of [
      film.subarray(0, 24),
      Buffer.concat([box('ftyp', zeros(8)), u32(4), Buffer.from('moov')]),
      box('moov', box('mvhd', zeros(3))),
      Buffer.concat(Array.from({ length: 5_000 }, () => box('free'))),
    ])
      assert.equal(await read(file), undefined)
  })

  test('survives any damage', async () => {
    for (let at = 0; at < Math.min(film.length, 700); at += 1) {
      const damaged = Buffer.from(film)
      damaged[at] = (damaged[at] ?? 0) ^ 0xff
      await read(damaged)
    }
  })
})
