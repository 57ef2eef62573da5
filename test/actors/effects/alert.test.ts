import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createAlert, createAlertHandler } from '../../../src/actors/effects/alert.ts'
import { alertText } from '../../../src/actors/effects/alert-words.ts'
import { createWaitingWatch } from '../../../src/actors/effects/waiting-watch.ts'
import { RetryableError, TerminalError } from '../../../src/errors.ts'
import { recordUsers } from '../../../src/store/users.ts'
import { createClock } from '../../support/clock.ts'
import { createBench, createStubApi, jobOf, never } from './bench.ts'

const HOUR = 3_600_000
const ADMINS = [1, 2]

async function start(t: TestContext, answer?: Parameters<typeof createStubApi>[0]) {
  const clock = createClock()
  const { deps, pool } = await createBench(t, { now: clock.now })
  const stub = createStubApi(answer)
  const alert = createAlert({ ...deps, api: stub.api, adminIds: ADMINS })
  return {
    clock,
    alert,
    told: () => stub.calls.map(({ payload }) => [payload.chat_id, payload.text]),
    run: createAlertHandler(alert, createWaitingWatch({ ...deps, alert })),
    pool,
    deps,
  }
}

describe('alert', () => {
  test('tells every admin once an hour, whoever raises it and how often', async (t) => {
    const { alert, told, clock } = await start(t)
    await Promise.all(Array.from({ length: 10 }, () => alert('kie', 'no credits')))
    assert.deepEqual(told(), [
      [1, '🚨 no credits'],
      [2, '🚨 no credits'],
    ])
    clock.advance(HOUR - 1)
    await alert('kie', 'no credits')
    assert.equal(told().length, 2)
    clock.advance(1)
    await alert('kie', 'no credits')
    assert.equal(told().length, 4)
  })

  test('asks every admin in their own language what is to be done about a change', async (t) => {
    const { pool, deps } = await start(t)
    await pool.query("insert into users (id, language) values (1, 'ru')")
    const stub = createStubApi()
    const alert = createAlert({ ...deps, api: stub.api, adminIds: ADMINS })
    await alert('change', { ru: 'цена', en: 'a price' }, { change: 7 })
    const told = stub.calls.map(({ payload }) => {
      const { inline_keyboard: rows } = payload.reply_markup as {
        inline_keyboard: { text: string; callback_data: string }[][]
      }
      return [payload.text, ...rows.flat().map(({ text }) => text)]
    })
    assert.deepEqual(told, [
      ['🚨 цена', '✅ Учту', '⏸ Пауза', '🙈 Неважно'],
      ['🚨 a price', '✅ Noted', '⏸ Pause', '🙈 Ignore'],
    ])
  })

  test('goes to the webhook too, and is not repeated when only Telegram is away', async (t) => {
    const { deps } = await createBench(t, { now: createClock().now })
    const stub = createStubApi(() => new RetryableError('telegram.unavailable'))
    const posted: unknown[] = []
    const answers = [new Response('', { status: 500 }), new Response('')]
    const alert = createAlert({
      ...{ ...deps, api: stub.api, adminIds: ADMINS, webhookUrl: 'https://alerts.example/hook' },
      fetch: async (_, init) => {
        posted.push(JSON.parse(String(init?.body)))
        return answers.shift() as Response
      },
    })
    await assert.rejects(alert('telegram', 'away'))
    await alert('telegram', 'away')
    assert.equal(posted.length, 2)
    const { topic, text } = posted[1] as Record<string, string>
    assert.deepEqual([topic, text], ['telegram', 'away'])
  })

  test('about another topic does not wait', async (t) => {
    const { alert, told } = await start(t)
    await alert('one', 'a')
    await alert('two', 'b')
    assert.equal(told().length, 4)
  })

  test('reaches the others when one admin cannot be told', async (t) => {
    const { alert, told } = await start(t, ({ payload }) =>
      payload.chat_id === 1 ? new TerminalError('telegram.blocked') : undefined,
    )
    await alert('kie', 'no credits')
    assert.deepEqual(
      told().map(([id]) => id),
      [1, 2],
    )
  })

  test('that reached nobody is not lost', async (t) => {
    const away = new RetryableError('telegram.unavailable')
    const { run, told } = await start(t, (_call, earlier) => (earlier < 2 ? away : undefined))
    const job = jobOf({ topic: 'job', jobId: 'abc', code: 'kie.unknown' })
    await assert.rejects(run(job, never), { code: 'telegram.unavailable' })
    await run(job, never)
    await run(job, never)
    assert.deepEqual(
      told().map(([id]) => id),
      [1, 2, 1, 2],
    )
  })

  test('about what people ask for is one digest an hour, however many ask', async (t) => {
    const { run, told, clock, pool } = await start(t)
    await pool.query("insert into users (id, language) values (5, 'ru')")
    const receipt = (id: string, at: number) =>
      pool.query(
        `insert into invoices (id, user_id, way, status, kopecks, stars, updated_at,
           receipt_kind, receipt_file_id, receipt_unique_id)
         values ($1, 5, 'manual', 'reviewing', 10000, 160, $2, 'photo', $1, $1)`,
        [id, new Date(at)],
      )
    const asked = (id: string) =>
      run(jobOf({ topic: `topup:${id}`, jobId: id, code: 'review.waiting' }), never)
    for (let i = 0; i < 25; i += 1) {
      await receipt(`r${i}`, clock.now() - 1_000 + i)
      await asked(`r${i}`)
    }
    assert.equal(told().length, ADMINS.length)
    assert.match(String(told()[0]?.[1]), /1 × receipt of a bank transfer \(review\.waiting\)/)
    await receipt('late', clock.now() + 1_000)
    clock.advance(HOUR)
    await asked('late')
    await asked('late')
    assert.match(String(told().at(-1)?.[1]), /26 × receipt/)
    assert.equal(told().length, 2 * ADMINS.length)
  })

  test('says what happened to which job, with its code', () => {
    assert.equal(
      alertText('kie.credits', 'abc').en,
      'The provider account has no credits left. (kie.credits, abc)',
    )
    assert.equal(alertText('kie.failed:501').en, 'kie.failed:501 (kie.failed:501)')
  })

  test('speaks to each admin in their language', async (t) => {
    const { alert, told, deps } = await start(t)
    await recordUsers(deps.db, [{ id: 1, language: 'ru', blocked: false }])
    await alert('kie', alertText('kie.credits'))
    assert.deepEqual(told(), [
      [1, '🚨 На счёте у поставщика кончились кредиты. (kie.credits)'],
      [2, '🚨 The provider account has no credits left. (kie.credits)'],
    ])
  })
})
