import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { canonicalMime } from '../../../src/machines/catalogue/media.ts'
import { muxMp4 } from '../../../src/sandbox/kie/media/mp4.ts'
import { playTune } from '../../../src/sandbox/kie/media/sound.ts'
import { isNear, RIGHT } from '../../fixtures/media/lengths.ts'
import { fc } from '../../support/properties.ts'
import { box, element, fixture, lookInto, measure, patched, u32, zeros } from './bytes.ts'
import { jpeg, png, uprightJpeg, wav, webp } from './samples.ts'

const film = muxMp4({
  width: 640,
  height: 360,
  sps: Buffer.from([0x67, 66, 0, 10]),
  pps: Buffer.from([0x68, 1]),
  pictures: Array.from({ length: 20 }, () => Buffer.alloc(50)),
  picturesPerSecond: 8,
})

describe('measureMedia', () => {
  for (const [name, right] of Object.entries(RIGHT)) {
    test(`knows ${name} as a player does`, async () => {
      const facts = await measure(fixture(name))
      assert.equal(facts.kind, right.kind)
      assert.equal(canonicalMime(facts.mime), right.mime)
      assert.equal(facts.damaged, undefined)
      if (right.silent !== undefined) assert.equal(facts.silent, right.silent)
      const { durationMs, claimedMs } = facts
      if (right.seconds === undefined) assert.equal(durationMs, undefined)
      else assert.ok(isNear(durationMs, right.seconds * 1_000), `${durationMs} ms`)
      if (right.claimed === undefined) assert.equal(claimedMs, undefined)
      else assert.ok(isNear(claimedMs, right.claimed * 1_000), `claims ${claimedMs} ms`)
    })
  }

  test('tells the sides of films and pictures', async () => {
    assert.partialDeepStrictEqual(await measure(film), { width: 640, height: 360, silent: true })
    for (const name of ['live-6s.mkv', 'hybrid-30s.mp4']) {
      assert.partialDeepStrictEqual(await measure(fixture(name)), { width: 128, height: 72 })
    }
    assert.partialDeepStrictEqual(await measure(png(31, 7)), { width: 31, height: 7 })
  })

  test('reads the index of a film, and not what it plays', async () => {
    const large = Buffer.concat([film, box('free', zeros(5_000_000))])
    const facts = await measure(large)
    assert.equal(facts.durationMs, 2_500)
    assert.ok(facts.readBytes < 200_000, `${facts.readBytes} bytes`)
  })

  test('reads a long sound once, in a time that grows with its size', async () => {
    const tune = playTune('one two three four')
    const once = (await measure(tune)).durationMs ?? 0
    const long = await measure(Buffer.concat(Array.from({ length: 1_000 }, () => tune)))
    assert.ok(isNear(long.durationMs, once * 1_000), `${long.durationMs} ms`)
    assert.ok(long.readBytes < long.size * 1.1, `${long.readBytes} of ${long.size} bytes`)
  })

  test('counts the frames behind damage, tags and silence between joined files', async () => {
    const once = fixture('variable.mp3')
    const tag = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\x07\x68', 'latin1'), zeros(1_000)])
    for (const between of [tag, randomBytes(5_000), zeros(3_000), Buffer.from('TAG'.padEnd(128))]) {
      const { durationMs } = await measure(Buffer.concat([once, between, once]))
      assert.ok(isNear(durationMs, 6_060), `${durationMs} ms`)
    }
    const raw = fixture('adts-240s.aac')
    const { durationMs } = await measure(Buffer.concat([raw, zeros(100), raw]))
    assert.ok(isNear(durationMs, 480_000), `${durationMs} ms`)
  })

  test('takes the longer of what a film claims and what it holds', async () => {
    const claims = (seconds: number) => {
      const file = fixture('plain-30s.mp4')
      const mvhd = file.indexOf('mvhd')
      return patched(file, mvhd + 20, u32(seconds * file.readUInt32BE(mvhd + 16)))
    }
    assert.equal((await measure(claims(1))).durationMs, 30_000)
    assert.equal((await measure(claims(45))).durationMs, 45_000)
    // 100 kB are no 20 hours of film, and nothing is two weeks long.
    for (const seconds of [72_000, 1_200_000]) {
      const absurd = await measure(claims(seconds))
      assert.deepEqual([absurd.durationMs, absurd.claimedMs], [30_000, undefined])
    }
    const nothing = await measure(claims(0))
    assert.deepEqual([nothing.durationMs, nothing.claimedMs], [30_000, undefined])
  })

  test('believes no Matroska length that is no number', async () => {
    const film = fixture('film.webm')
    const at = film.indexOf(Buffer.from('448988', 'hex')) + 3
    for (const [length, seconds] of [
      [Number.NaN, 3],
      [Number.POSITIVE_INFINITY, 3],
      [-5, 3],
      [1e300, 3],
      [60_000, 60],
    ] as const) {
      const bytes = Buffer.alloc(8)
      bytes.writeDoubleBE(length)
      const { durationMs } = await measure(patched(film, at, bytes))
      assert.ok(isNear(durationMs, seconds * 1_000), `${length}: ${durationMs} ms`)
    }
  })

  test('counts the sound of a WAV that its size leaves out', async () => {
    const sound = Buffer.from(wav(3))
    for (const size of [0, 16_000, 0x7fff_ffff, 0xffff_ffff]) {
      const claim = Buffer.alloc(4)
      claim.writeUInt32LE(size)
      const silent = patched(sound, 40, claim)
      assert.equal((await measure(silent)).durationMs, 3_000, `${size} bytes`)
    }
    // What follows in chunks of its own is no sound.
    const tagged = Buffer.concat([
      sound,
      Buffer.from('LIST\x10\0\0\0INFOIART\x04\0\0\0me!\0', 'latin1'),
    ])
    assert.equal((await measure(tagged)).durationMs, 3_000)
  })

  test('says nothing of lengths beyond a day', async () => {
    const tracks = (delta: number) =>
      Buffer.concat([
        box('ftyp', Buffer.from('isom'), zeros(4)),
        box(
          'moov',
          box('mvhd', zeros(12), u32(1), u32(0), zeros(80)),
          box(
            'trak',
            box('tkhd', zeros(84)),
            box(
              'mdia',
              box('mdhd', zeros(12), u32(1), u32(0), zeros(4)),
              box('hdlr', zeros(8), Buffer.from('vide'), zeros(13)),
              box('minf', box('stbl', box('stts', zeros(4), u32(1), u32(2), u32(delta)))),
            ),
          ),
        ),
      ])
    assert.equal((await measure(tracks(30))).durationMs, 60_000)
    assert.equal((await measure(tracks(0xffff_ffff))).durationMs, undefined)
  })

  test('finds a picture that is cut, and no fault with a whole one', async () => {
    const whole: [string, Uint8Array][] = [
      ['PNG', png(64, 64)],
      ['JPEG', uprightJpeg(40, 30)],
      ['moving PNG', fixture('animated.png')],
      ['JPEG with more behind it', Buffer.concat([uprightJpeg(40, 30), film])],
    ]
    for (const [name, bytes] of whole) {
      assert.equal((await measure(bytes)).damaged, undefined, name)
    }
    const cut: [string, Uint8Array][] = [
      ['PNG', png(64, 64).subarray(0, -12)],
      ['moving PNG', fixture('animated.png').subarray(0, 900)],
      ['JPEG', uprightJpeg(40, 30).subarray(0, -2)],
      [
        'JPEG in its pixels',
        Buffer.concat([jpeg(40, 30), Buffer.from('ffda000401', 'hex'), zeros(9)]),
      ],
      ['WebP', webp.lossy(40, 30).subarray(0, 60)],
    ]
    for (const [name, bytes] of cut) assert.equal((await measure(bytes)).damaged, true, name)
  })

  test('finds films and sounds that do not open', async () => {
    assert.equal((await measure(fixture('plain-30s.mp4').subarray(0, 20_000))).damaged, true)
    assert.equal((await measure(wav(1).subarray(0, 30))).damaged, true)
  })

  test('ends with files that are made to be read for ever', async () => {
    const ftyp = box('ftyp', Buffer.from('isom'), zeros(4))
    const nested = (depth: number): Buffer => {
      let inner = zeros(0)
      for (let i = 0; i < depth; i += 1) inner = box('moov', inner)
      return Buffer.concat([ftyp, inner])
    }
    const hostile: [string, Buffer][] = [
      [
        'boxes without an end',
        Buffer.concat([ftyp, Buffer.concat(Array(60_000).fill(box('free')))]),
      ],
      ['boxes in boxes', nested(2_000)],
      ['a box of size 0 in a box', Buffer.concat([ftyp, box('moov', u32(0), Buffer.from('trak'))])],
      [
        'a box of 2 ** 63 bytes',
        Buffer.concat([ftyp, u32(1), Buffer.from('moov'), Buffer.from('7fffffffffffffff', 'hex')]),
      ],
      [
        'a table of 4 billion rows',
        Buffer.concat([
          ftyp,
          box(
            'moov',
            box(
              'trak',
              box('mdia', box('minf', box('stbl', box('stts', zeros(4), u32(0xffff_ffff))))),
            ),
          ),
        ]),
      ],
      [
        'elements without a size',
        Buffer.concat([
          element('1a45dfa3', element('4282', Buffer.from('webm'))),
          Buffer.from('18538067ffae80ff'.repeat(9_000), 'hex'),
        ]),
      ],
      [
        'pages without packets',
        Buffer.concat(
          Array(20_000).fill(Buffer.concat([Buffer.from('OggS\0\x02', 'latin1'), zeros(21)])),
        ),
      ],
      ['frames of seven bytes', Buffer.from('fff1504000fffc'.repeat(100_000), 'hex')],
      ['nothing but sync', Buffer.alloc(2_000_000, 0xff)],
    ]
    for (const [name, bytes] of hostile) {
      const before = process.cpuUsage()
      const facts = await lookInto(bytes)
      assert.ok((facts?.readBytes ?? 0) <= 2 * bytes.length + 2_000_000, name)
      // Of work, not of waiting: others may keep the machine busy.
      const { user, system } = process.cpuUsage(before)
      assert.ok((user + system) / 1_000 < 10_000, name)
    }
  })

  const samples = Object.keys(RIGHT)
    .filter((name) => name !== 'adts-240s.aac')
    .map((name) => fixture(name).subarray(0, 60_000))

  test('survives any damage, and never says more than a day', async () => {
    const damage = fc.record({
      sample: fc.nat(samples.length - 1),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      flips: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
        maxLength: 20,
      }),
      giants: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
      isHead: fc.boolean(),
    })
    const property = fc.asyncProperty(damage, async ({ sample, cut, flips, giants, isHead }) => {
      const file = samples[sample] as Buffer
      const bytes = Buffer.from(file.subarray(0, 16 + Math.floor(cut * file.length)))
      const span = isHead ? Math.min(bytes.length, 1_000) : bytes.length
      for (const [at, value] of flips) bytes[Math.floor(at * (span - 1))] = value
      for (const at of giants) bytes.set([0xff, 0xff, 0xff, 0xff], Math.floor(at * (span - 5)))
      const facts = await lookInto(bytes)
      if (facts === undefined) return
      assert.ok((facts.durationMs ?? 0) <= 86_400_000)
      assert.ok(facts.readBytes <= 2 * bytes.length + 2_000_000)
    })
    await fc.assert(property, { numRuns: 1_000 })
  })
})
