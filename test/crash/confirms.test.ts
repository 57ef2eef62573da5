import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createDb } from '../../src/store/db.ts'
import { readJob } from '../../src/store/jobs.ts'
import {
  type BotProcess,
  createBotProcess,
  type Fakes,
  startFakes,
} from '../support/bot-process.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { fireTimer } from '../support/fire-timer.ts'
import { createShopper, ORDERS, type Shopper, say, topUp } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'
import { expectOrder, waitForIdle } from './ledger.ts'

const USER = 701
/** For two orders and a bit: a second one would go through if something let it. */
const MONEY = 1_000
const TAPS = 20
const WEBHOOK = { WEBHOOK_SECRET_PATH: 'updates-here', WEBHOOK_SECRET_TOKEN: 'their-token' }
const FIRST_UPDATE = 900_000_000

interface Stage {
  database: TestDatabase
  fakes: Fakes
  bot: BotProcess
  shopper: Shopper
  jobIds(): Promise<string[]>
  /** All taps at once, each an update of its own; the same `from` is the same updates again. */
  tapAll(from: number): Promise<PromiseSettledResult<number>[]>
}

/** Somebody in front of the preview, and a provider that makes nothing until told. */
async function openStage(t: TestContext, start: Record<string, string> = {}): Promise<Stage> {
  const database = await createDatabase(t)
  const fakes = await startFakes(t)
  fakes.kie.control.hold()
  const bot = await createBotProcess(t, { databaseUrl: database.url, fakes, env: WEBHOOK })
  const shopper = createShopper(fakes.telegram, USER)
  await topUp(database.pool, USER, MONEY)
  await bot.start(start)
  await shopper.toPreview('paid')
  const preview = await shopper.sees(say('preview.run'))
  const button = preview.keyboard.flat().find(({ text }) => text === say('preview.run'))
  const data = (button as { data?: string }).data as string

  async function tap(updateId: number): Promise<number> {
    const from = { id: USER, is_bot: false, first_name: 'Test', language_code: 'ru' }
    const message = { message_id: preview.id, date: 0, chat: { id: USER, type: 'private' } }
    const response = await fetch(`${bot.url}/webhook/${WEBHOOK.WEBHOOK_SECRET_PATH}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'X-Telegram-Bot-Api-Secret-Token': WEBHOOK.WEBHOOK_SECRET_TOKEN,
      },
      body: JSON.stringify({
        update_id: FIRST_UPDATE + updateId,
        callback_query: { id: `${updateId}`, from, message, chat_instance: '1', data },
      }),
    })
    await response.text()
    return response.status
  }

  return {
    database,
    fakes,
    bot,
    shopper,
    jobIds: async () =>
      (await database.pool.query('select id from jobs')).rows.map((row) => row.id),
    tapAll: (from) => Promise.allSettled(Array.from({ length: TAPS }, (_, i) => tap(from + i))),
  }
}

const statuses = (results: PromiseSettledResult<number>[]) => [
  ...new Set(results.map((r) => (r.status === 'fulfilled' ? r.value : 'cut off'))),
]

/** The one order that all those taps may have become. */
async function expectOne({ database, fakes, shopper, jobIds }: Stage): Promise<void> {
  await shopper.sees(say('done.other'))
  await waitForIdle(database)
  assert.equal((await jobIds()).length, 1)
  assert.equal(shopper.results().length, 1)
  assert.equal(fakes.kie.control.createTaskCount(), 1)
  assert.deepEqual(fakes.kie.control.violations, [])
  await expectOrder(database, { userId: USER, kopecks: ORDERS.paid.kopecks, topUp: MONEY })
}

describe(`${TAPS} confirmations at once`, { concurrency: 2 }, () => {
  test('are one order, through a death, a doubled callback and a question', async (t) => {
    const stage = await openStage(t)
    const { database, fakes, bot, tapAll, jobIds } = stage
    assert.deepEqual(statuses(await tapAll(0)), [200])
    await fakes.kie.control.waitFor(({ tasks }) => tasks.length > 0)
    const [id = ''] = await jobIds()
    const isCreated = async () => (await readJob(createDb(database.pool), id))?.status === 'created'
    await waitFor(isCreated, { what: 'a task that is known' })
    await bot.restart()
    // Telegram repeats what it is not sure about; the user goes on tapping.
    assert.deepEqual(statuses(await tapAll(0)), [200])
    assert.deepEqual(statuses(await tapAll(TAPS)), [200])

    fakes.kie.control.faults.add({ route: 'recordInfo', kind: 'delay', ms: 50 })
    fakes.kie.control.faults.add({ route: 'callback', kind: 'doubled' })
    await fireTimer(database.pool, `job:${id}`, 'pollPause')
    await fakes.kie.control.finish(fakes.kie.control.tasks[0]?.taskId as string)
    await expectOne(stage)
  })

  test('cut off by a death are one order when they come again', async (t) => {
    const stage = await openStage(t, { TRT_CRASH_AT: 'job.started' })
    const { database, fakes, bot, tapAll } = stage
    const cut = tapAll(0)
    assert.equal((await bot.exited()).signal, 'SIGKILL')
    assert.equal((await database.pool.query('select from ledger_entries')).rowCount, 2)
    assert.equal(fakes.kie.control.createTaskCount(), 0)
    await cut
    await bot.start()
    assert.deepEqual(statuses(await tapAll(0)), [200])

    const { tasks } = fakes.kie.control
    await fakes.kie.control.waitFor(() => tasks.length > 0, 20_000)
    await fakes.kie.control.finish(tasks[0]?.taskId as string)
    await expectOne(stage)
  })
})
