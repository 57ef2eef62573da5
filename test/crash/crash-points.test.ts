import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { CRASH_POINTS, type CrashPoint } from '../../src/actors/crash-points.ts'
import { type Armed, armByFile } from '../support/armed.ts'
import {
  type BotProcess,
  createBotProcess,
  type Fakes,
  startFakes,
} from '../support/bot-process.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { fireTimer } from '../support/fire-timer.ts'
import { createShopper, ORDERS, type OrderName, say, topUp } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'
import { expectOrder, waitForIdle } from './ledger.ts'

interface Case {
  point: CrashPoint
  order: OrderName
}

interface Stage {
  database: TestDatabase
  fakes: Fakes
  bot: BotProcess
  armed: Armed
}

/** What brings an order to a point that it does not come by on its own. */
interface Detour {
  before?(fakes: Fakes): void
  /** Once the order runs. */
  during?(stage: Stage, userId: number): Promise<void>
  /** Once the next process is up. */
  after?(stage: Stage): Promise<void>
}

const DETOURS: Partial<Record<CrashPoint, Detour>> = {
  'effects.claimed': {
    // The result waits for another try in its row, which whoever finds it due claims.
    before: ({ telegram }) =>
      void telegram.control.faults.add({ kind: 'flood', method: 'sendPhoto', retryAfter: 1 }),
  },
  'timers.claimed': {
    // Nobody calls back: the bot asks, when the timer for it comes due.
    before: ({ kie }) => void kie.control.faults.add({ route: 'callback', kind: 'lost', times: 9 }),
    async during({ database: { pool } }, userId) {
      const { rows } = await waitFor(
        async () => {
          const found = await pool.query<{ id: string }>('select id from jobs where user_id = $1', [
            userId,
          ])
          return found.rows.length > 0 ? found : undefined
        },
        { what: 'the order' },
      )
      await fireTimer(pool, `job:${rows[0]?.id}`, 'pollPause')
    },
    async after({ database: { pool } }) {
      // The dead process's claim runs out.
      const { rowCount } = await pool.query(
        'update timers set claimed_until = now() where claimed_until > now()',
      )
      assert.equal(rowCount, 1)
    },
  },
}

const FIRST_USER = 501
const MONEY = 1_000
const LOG_SHOWN = 4_000

/** An order does not come by these; `payments.test.ts` dies there. */
const OF_PAYMENTS: readonly CrashPoint[] = ['topup.started', 'invoice.sent', 'stars.refunded']

/** Every other point kills a paid order; free ones die at random in `test/chaos`. */
const cases = CRASH_POINTS.filter((point) => !OF_PAYMENTS.includes(point)).map(
  (point): Case => ({ point, order: point === 'photo.uploaded' ? 'photo' : 'paid' }),
)

/** The one place where the answer of a send that arrived is lost: better twice than never. */
const MAY_DOUBLE: CrashPoint = 'result.sent'

/** The bot on a stage of its own, until the end of the test. */
async function openStage(t: TestContext): Promise<Stage> {
  const database = await createDatabase(t)
  const fakes = await startFakes(t)
  const armed = await armByFile(t)
  const bot = await createBotProcess(t, { databaseUrl: database.url, fakes, env: armed.env })
  await bot.start()
  return { database, fakes, bot, armed }
}

/** Somebody orders while the bot dies at the point and is started again, and gets what was ordered. */
async function dieAndGoOn({ point, order }: Case, userId: number, stage: Stage): Promise<void> {
  const { database, fakes, bot, armed } = stage
  const { before, during, after } = DETOURS[point] ?? {}
  const tasksBefore = fakes.kie.control.createTaskCount()
  before?.(fakes)
  const shopper = createShopper(fakes.telegram, userId)
  await topUp(database.pool, userId, MONEY)
  await armed.arm(point)
  let hasDied = false
  const recovery = bot.exited().then(async (exit) => {
    hasDied = true
    await armed.disarm()
    await bot.start()
    const upAt = performance.now()
    const dead = `select from instances where id not in
      (select id from instances order by started_at desc limit 1)`
    const noneDead = async () => (await database.pool.query(dead)).rowCount === 0
    await waitFor(noneDead, { what: 'the dead to be found' })
    await after?.(stage)
    return { exit, tookMs: performance.now() - upAt }
  })
  await shopper.toPreview(order)
  await shopper.confirm()
  await during?.(stage, userId)
  await shopper.sees(say('done.other'))

  await waitFor(() => hasDied, { what: 'its death' })
  const { exit, tookMs } = await recovery
  assert.deepEqual(exit, { code: null, signal: 'SIGKILL' }, 'it died there')
  assert.ok(tookMs < 10_000, `its jobs were free after ${tookMs} ms`)
  shopper.user.sendCommand('menu')
  await shopper.sees(say('menu.help'))
  await waitForIdle(database)

  const results = shopper.results().length
  if (point === MAY_DOUBLE) assert.ok(results === 1 || results === 2, `${results} results`)
  else assert.equal(results, 1)
  assert.equal(fakes.kie.control.createTaskCount() - tasksBefore, 1)
  assert.deepEqual(fakes.kie.control.violations, [])
  fakes.kie.control.faults.clear()
  await expectOrder(database, { userId, kopecks: ORDERS[order].kopecks, topUp: MONEY })
}

/** One process after the other: the one that went on after a death dies at the next point. */
async function dieOneAfterTheOther(whole: TestContext, points: readonly Case[]): Promise<void> {
  let stage: Stage | undefined
  for (const [n, example] of points.entries()) {
    const { point, order } = example
    await whole.test(`at ${point} (${order} order) loses and doubles nothing`, async (t) => {
      stage ??= await openStage(whole)
      try {
        await dieAndGoOn(example, FIRST_USER + n, stage)
      } catch (error) {
        t.diagnostic(stage.bot.logs().slice(-LOG_SHOWN))
        // What comes next is not to fail with it.
        stage = undefined
        throw error
      }
    })
  }
  if (stage === undefined) return
  const end = await stage.bot.terminate()
  assert.deepEqual([end.code, end.signal], [0, null])
  assert.ok(end.ms < 10_000, `it ended after ${end.ms} ms`)
}

describe('a process that dies', { concurrency: 2 }, () => {
  const half = Math.ceil(cases.length / 2)
  test('on the way to the provider', (t) => dieOneAfterTheOther(t, cases.slice(0, half)))
  test('on the way back', (t) => dieOneAfterTheOther(t, cases.slice(half)))
})
