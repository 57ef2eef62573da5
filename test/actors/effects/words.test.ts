import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createImproveHandler } from '../../../src/actors/effects/words.ts'
import { recordUsers } from '../../../src/store/users.ts'
import { pngImage } from '../../sandbox/telegram/support/images.ts'
import { waitFor } from '../../support/wait.ts'
import { wav } from '../media/samples.ts'
import { createBench, jobOf, never, VIEW } from './bench.ts'
import { startGiven } from './given-bench.ts'

const USER = 61
const SAID = { userId: USER, language: 'ru', serial: 3, how: 'enrich', words: 'кот' } as const

/** A person with so many improvements a day, between the database and the fake provider. */
async function open(t: TestContext, { perDay = 20, model = 'gemini-2.5-flash' } = {}) {
  const { deps, pool } = await createBench(t)
  const given = await startGiven(t)
  await recordUsers(deps.db, [{ id: USER, language: 'ru', blocked: false }])
  const wiring = {
    ...{ ...deps, runtime: given.runtime, kie: given.client, fetchGiven: given.fetchGiven },
    ...{ api: given.api, flood: given.flood, view: VIEW, wordsModel: model, wordsPerDay: perDay },
  }
  const improve = createImproveHandler(wiring)
  let asked = 0
  return {
    ...given,
    /** What the conversation hears of one more request; the same number is the same request again. */
    async ask(params: Partial<Parameters<typeof improve>[0]['params']> = {}, seq?: number) {
      asked += 1
      const job = jobOf({ ...SAID, ...params }, { attempt: 2, seq: seq ?? asked })
      await improve(job, never)
      return given.events.at(-1)
    },
    /** Runs a request in a process of which nothing is heard after that moment. */
    async dieAfter(moment: 'answer' | 'booking', seq: number) {
      const dead = Promise.withResolvers<void>()
      const end = (): Promise<never> => {
        dead.resolve()
        return new Promise<never>(() => {})
      }
      const chat = async (...args: Parameters<typeof given.client.chat>) => {
        await given.client.chat(...args)
        return end()
      }
      const dying =
        moment === 'answer'
          ? { ...wiring, kie: { ...given.client, chat } }
          : { ...wiring, runtime: { send: end } as never }
      void createImproveHandler(dying)(jobOf(SAID, { attempt: 1, seq }), never)
      await dead.promise
    },
    async rows(sql: string) {
      const { rows } = await pool.query(sql)
      return rows
    },
  }
}

describe('words.improve', () => {
  test('finds richer words, English ones, lyrics, and words for a photo or a recording', async (t) => {
    const { ask, give, leftOpen } = await open(t)
    assert.deepEqual(await ask(), {
      ...{ type: 'words.improved', serial: 3, how: 'enrich' },
      words: 'кот, мягкий вечерний свет, подробные текстуры, тёплые цвета, чёткая композиция',
    })
    assert.match(String((await ask({ how: 'translate' }))?.words), /^In English: /)
    assert.match(String((await ask({ how: 'lyrics' }))?.words), /^\[Verse\]\n/)
    const photo = { kind: 'photo', fileId: await give(pngImage(300, 200)) } as const
    const seen = await ask({ how: 'describe', words: '', media: photo })
    assert.match(String(seen?.words), /^Портрет/)
    const voice = { kind: 'voice', fileId: await give(Buffer.from(wav(2))) } as const
    const heard = await ask({ how: 'hear', words: '', media: voice })
    assert.equal(heard?.words, 'рыжий кот летит на воздушном шаре')
    assert.deepEqual(await leftOpen(), [])
  })

  test('reacts to the photo that it describes until the words are there', async (t) => {
    const { ask, give, user, kie, telegram } = await open(t)
    const media = { kind: 'photo', fileId: await give(pngImage(300, 200)) } as const
    const messageId = user.chat().at(-1)?.id as number
    const seen = () => user.chat().at(-1)?.reactions.get('bot')
    kie.control.faults.add({ route: 'chat', kind: 'delay', ms: 1_000 })
    const asked = ask({ how: 'describe', words: '', media, message: { chatId: 42, messageId } })
    await waitFor(() => seen()?.[0] === '👀', { what: 'the reaction' })
    assert.equal((await asked)?.type, 'words.improved')
    await waitFor(() => seen() === undefined, { what: 'the end of the reaction' })
    assert.equal(telegram.calls.filter(({ method }) => method === 'setMessageReaction').length, 2)
  })

  test('costs the house what the provider took, and the user nothing', async (t) => {
    const { ask, rows } = await open(t)
    await ask({}, 7)
    assert.deepEqual(
      await rows('select kind, amount_kopecks from ledger_entries'),
      // 0.2 credits at 78.57 roubles for a dollar.
      [{ kind: 'cost', amount_kopecks: 8 }],
    )
    assert.deepEqual(await rows('select available_kopecks from accounts'), [
      { available_kopecks: 0 },
    ])
    assert.equal((await rows('select 1 from word_uses')).length, 1)
  })

  test('books every request that the provider answered, also of a process that died', async (t) => {
    const { ask, dieAfter, rows } = await open(t)
    const booked = async () =>
      (await rows('select amount_kopecks from ledger_entries order by id')).map(
        (r) => r.amount_kopecks,
      )
    // The answer is there, and nothing of it is stored.
    await dieAfter('answer', 7)
    assert.deepEqual(await booked(), [])
    await ask({}, 7)
    assert.deepEqual(await booked(), [16])
    // The answer is booked, and the conversation has not heard of it.
    await dieAfter('booking', 8)
    assert.deepEqual(await booked(), [16, 8])
    await ask({}, 8)
    assert.deepEqual(await booked(), [16, 8, 8])
    assert.equal((await rows('select 1 from word_uses where booked_asks = asks')).length, 2)
  })

  test('comes so often a day for each user, also when asked at once', async (t) => {
    const { ask, events, rows } = await open(t, { perDay: 2 })
    await Promise.all(Array.from({ length: 5 }, () => ask()))
    const over = events.filter(({ reason }) => reason === 'over')
    assert.deepEqual([over.length, events.length], [3, 5])
    assert.equal((await rows('select 1 from word_uses')).length, 2)
  })

  test('is not counted when it came to nothing, and says so', async (t) => {
    const { ask, rows } = await open(t, { model: 'nobody-1' })
    assert.deepEqual(await ask(), { type: 'words.refused', serial: 3, reason: 'failed' })
    assert.deepEqual(await rows('select ref from word_uses'), [])
    assert.deepEqual(await rows('select kind from ledger_entries'), [])
  })
})
