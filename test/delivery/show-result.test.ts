import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import pino from 'pino'
import {
  createSendAgainHandler,
  createSendOriginalHandler,
} from '../../src/actors/effects/show-result.ts'
import { createDownload } from '../../src/actors/media/download.ts'
import { createTransferGate } from '../../src/actors/media/transfer-gate.ts'
import { RetryableError } from '../../src/errors.ts'
import { SAMPLE_VIEW } from '../../src/machines/conversation/samples/view.ts'
import { muxMp4 } from '../../src/sandbox/kie/media/mp4.ts'
import { createDb } from '../../src/store/db.ts'
import { recordJobs } from '../../src/store/jobs.ts'
import { recordUsers } from '../../src/store/users.ts'
import { mp3Header, pngImage } from '../sandbox/telegram/support/images.ts'
import { createDatabase } from '../support/database.ts'
import { type Answer, CHAT, startBench } from './bench.ts'

const picture = (n: number) => pngImage(10 + n, 10)
const film = muxMp4({
  width: 64,
  height: 48,
  sps: Buffer.from([0x67, 66, 0, 10]),
  pps: Buffer.from([0x68, 1]),
  pictures: Array.from({ length: 24 }, () => Buffer.alloc(8)),
  picturesPerSecond: 8,
})

type Which = 'again' | 'original'

describe('a result that is asked for once more', async () => {
  const database = await createDatabase({})
  const db = createDb(database.pool)

  /** A job in the history: delivered, unless `delivered` says otherwise. */
  async function start(
    t: TestContext,
    { answers = [], text = null, delivered = true }: StartOptions,
  ) {
    const bench = await startBench(t, database)
    const urls = answers.map((queue) => bench.files.put(...queue))
    const jobId = bench.actor.slice('job:'.length)
    await recordUsers(db, [{ id: CHAT, language: 'en', blocked: false }])
    await recordJobs(db, [
      {
        ...{ id: jobId, userId: CHAT, chatId: CHAT, modelId: 'z-image', status: 'delivered' },
        ...{ priceKopecks: 0, credits: 1, creditsConsumed: 1, input: {}, taskId: null },
        ...{ result: { urls, text }, errorCode: null, courtesy: false },
      },
    ])
    if (delivered) await bench.run({ urls, text })
    const before = bench.user.chat().length
    const told: { key: string; event: { type: string } }[] = []
    const deps = {
      ...{ api: bench.api, flood: bench.flood, db, now: bench.clock.now, crashAt: () => {} },
      log: pino({ level: 'silent' }),
      runtime: {
        send: async (envelope: { key: string; event: { type: string } }) => told.push(envelope),
      } as never,
      transfers: createTransferGate(),
      view: SAMPLE_VIEW,
      staff: { adminIds: [] },
      download: createDownload({ tempDir: bench.tempDir, maxBytes: 2 ** 30, allowLoopback: true }),
    }
    const handlers = {
      again: createSendAgainHandler(deps),
      original: createSendOriginalHandler(deps),
    }
    let seq = 0
    return {
      ...bench,
      jobId,
      told,
      /** One tap, tried as often as the queue would. */
      async show(which: Which, params: { chatId?: number; jobId?: string } = {}) {
        seq += 1
        const at = bench.clock.now()
        for (let attempt = 1; attempt < 50; attempt += 1) {
          const all = { jobId, chatId: CHAT, language: 'en' as const, ...params }
          const job = {
            actor: `conversation:${jobId}`,
            seq,
            index: 0,
            at,
            attempt,
            renewed: 0,
            params: all,
          }
          try {
            return await handlers[which](job, new AbortController().signal)
          } catch (error) {
            if (!(error instanceof RetryableError)) throw error
            bench.clock.advance(error.retryAfterMs ?? 1_000)
          }
        }
        throw new Error('never ends')
      },
      shown: () => bench.user.chat().slice(before),
      /** The same tap once more, as after a crash. */
      repeatTap() {
        seq -= 1
      },
    }
  }

  test('comes as it was, by the ids that Telegram gave', async (t) => {
    const bytes = [picture(1), film, mp3Header(70)]
    const bench = await start(t, { answers: bytes.map((b) => [b]) })
    const fetched = bench.files.requests.length
    await bench.show('again')
    assert.deepEqual(
      bench.shown().map((m) => m.media?.bytes),
      [...bytes, undefined],
    )
    const buttons = bench.shown().map((m) => m.keyboard.length > 0)
    assert.deepEqual(buttons, [false, false, false, true], 'below the files')
    assert.equal(bench.files.requests.length, fetched, 'nothing is fetched')
    assert.match(`${bench.shown()[0]?.caption}`, /Your result is ready/)
    assert.equal(bench.shown().filter((m) => m.caption !== undefined).length, 1)
    assert.deepEqual(
      bench.told.map((e) => e.event),
      [{ type: 'result.sent', jobId: bench.jobId }],
    )
    bench.repeatTap()
    await bench.show('again')
    assert.equal(bench.shown().length, 4, 'the same tap again adds nothing')
    assert.equal(new Set(bench.told.map((e) => e.key)).size, 1)
    await bench.show('again')
    assert.equal(bench.shown().length, 8, 'another tap does')
  })

  test('comes after Telegram was away, once', async (t) => {
    const bench = await start(t, { answers: [[picture(1)], [mp3Header(70)]] })
    bench.faults.add({ kind: 'flood', retryAfter: 3 })
    bench.faults.add({ kind: 'server-error', method: 'sendAudio' })
    await bench.show('again')
    assert.deepEqual(
      bench.shown().map((m) => m.media?.kind),
      ['photo', 'audio', undefined],
    )
  })

  test('is fetched when the chat never had it', async (t) => {
    const bench = await start(t, { answers: [[picture(1)]], delivered: false })
    await bench.show('again')
    assert.deepEqual(
      bench.shown().map((m) => m.media?.bytes),
      [picture(1)],
    )
    assert.ok(
      bench
        .shown()[0]
        ?.keyboard.flat()
        .some(({ text }) => text.startsWith('🔁')),
    )
  })

  test('comes in words when it is words', async (t) => {
    const bench = await start(t, { text: 'What was said' })
    await bench.show('again')
    await bench.show('original')
    assert.deepEqual(
      bench.shown().map((m) => m.text?.includes('What was said')),
      [true, true],
    )
  })

  test('comes as files, untouched, when the originals are wanted', async (t) => {
    const bytes = [picture(1), picture(2), film]
    const bench = await start(t, { answers: bytes.map((b) => [b]) })
    await bench.show('original')
    assert.deepEqual(
      bench.shown().map((m) => [m.media?.kind, m.media?.bytes]),
      bytes.map((b) => ['document', b]),
    )
    assert.deepEqual(
      bench.shown().map((m) => m.media?.fileName),
      ['result-1.png', 'result-2.png', 'result-3.mp4'],
    )
    assert.deepEqual(await bench.leftOpen(), [])
  })

  test('says when there is only a copy left of an original', async (t) => {
    const bench = await start(t, { answers: [[picture(1), 404], [picture(2)]] })
    await bench.show('original')
    assert.deepEqual(
      bench.shown().map((m) => [m.media?.kind, m.media?.bytes]),
      [
        ['document', picture(2)],
        ['photo', picture(1)],
      ],
    )
    assert.match(`${bench.shown()[1]?.caption}`, /The original file has been deleted/)
  })

  test('says when nothing is left', async (t) => {
    const bench = await start(t, { answers: [[404]], delivered: false })
    await bench.show('original')
    assert.match(`${bench.shown()[0]?.text}`, /neither the original nor a copy/)
  })

  test('is not shown in another chat', async (t) => {
    const bench = await start(t, { answers: [[picture(1)]] })
    await bench.show('again', { chatId: CHAT + 1 })
    await bench.show('original', { chatId: CHAT + 1 })
    await bench.show('again', { jobId: 'nothing' })
    assert.deepEqual(bench.shown(), [])
    assert.equal(bench.sends().length, 1)
  })

  test('is no trouble for a user who blocked the bot', async (t) => {
    const bench = await start(t, { answers: [[picture(1)]] })
    bench.user.block()
    await bench.show('again')
    await bench.show('original')
    assert.deepEqual(bench.shown(), [])
  })
})

interface StartOptions {
  answers?: Answer[][]
  text?: string | null
  delivered?: boolean
}
