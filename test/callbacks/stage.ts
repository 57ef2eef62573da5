import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Selectable } from 'kysely'
import type { Task } from '../../src/sandbox/kie/task.ts'
import type { JobRow } from '../../src/store/schema.ts'
import { startWorld, type World } from '../../src/world/world.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { createShopper, ORDERS, type OrderName, type Shopper, topUp } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'

type Job = Selectable<JobRow>

export const ADMIN_ID = 1000
export const MONEY = 1_000
export const PRICE = ORDERS.paid.kopecks

/** The bot between the fakes, with people in front of it who only have to confirm their order. */
export interface Stage {
  database: TestDatabase
  world: World
  /** Somebody whose order is on the preview; their money is enough for it. */
  next(): Shopper
  /** The user's one job, once it is in this state. */
  jobIn(shopper: Shopper, status: string): Promise<Job>
  /** The provider's task for the order that the shopper confirms now. */
  confirmed(shopper: Shopper): Promise<Task>
  /** The user has one result, paid for once; nothing else happened to them. */
  expectDelivered(shopper: Shopper): Promise<Job>
  /** The user has no result and all their money. */
  expectRefunded(shopper: Shopper): Promise<Job>
  /** A number on the bot's metrics page. */
  metric(name: string): Promise<number>
}

const FIRST_ID = 2_001

/** Starts the bot and brings so many people to their previews, all at once. */
export async function openStage(
  people: number,
  { order = 'paid' as OrderName, env = {} as Record<string, string> } = {},
): Promise<Stage> {
  const database = await createDatabase({ closeFirst: () => world.stop() })
  const { pool } = database
  const world = await startWorld({
    botMode: 'webhook',
    databaseUrl: database.url,
    storageMode: 'external',
    timing: { queueMs: 0, generateMs: 0 },
    logLevel: 'silent',
    env,
  })
  const { telegram, kie } = world
  telegram.control.user(ADMIN_ID)
  const shoppers = Array.from({ length: people }, (_, i) => createShopper(telegram, FIRST_ID + i))
  await Promise.all(
    shoppers.map(async (shopper) => {
      await topUp(pool, shopper.id, MONEY)
      await shopper.toPreview(order)
    }),
  )

  const jobsOf = async ({ id }: Shopper): Promise<Job[]> =>
    (await pool.query('select * from jobs where user_id = $1', [id])).rows

  const jobIn = (shopper: Shopper, status: string) =>
    waitFor(
      async () => {
        const jobs = await jobsOf(shopper)
        assert.deepEqual(
          jobs.map((job) => job.status),
          [status],
        )
        return jobs[0]
      },
      { what: `a job that is ${status}` },
    )

  return {
    database,
    world,
    jobIn,
    next() {
      const shopper = shoppers.shift()
      if (shopper === undefined) throw new Error('too few people on the stage')
      return shopper
    },
    async confirmed(shopper) {
      const known = kie.control.tasks.length
      await shopper.confirm()
      await kie.control.waitFor(({ tasks }) => tasks.length > known)
      return kie.control.tasks[known] as Task
    },
    async expectDelivered(shopper) {
      const job = await jobIn(shopper, 'delivered')
      assert.equal(shopper.results().length, 1)
      assert.deepEqual(await readStarLedger(database, shopper.id), {
        entries: ['capture', 'hold'],
        available: MONEY - job.price_kopecks,
        held: 0,
      })
      assert.equal(job.courtesy, false)
      return job
    },
    async expectRefunded(shopper) {
      const job = await jobIn(shopper, 'failed')
      assert.equal(shopper.results().length, 0)
      assert.deepEqual(await readStarLedger(database, shopper.id), {
        entries: ['hold', 'release'],
        available: MONEY,
        held: 0,
      })
      return job
    },
    async metric(name) {
      const page = await (await fetch(`${world.botUrl}/metrics`)).text()
      return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(page)?.[1] ?? 0)
    },
  }
}

/** The user's money: kinds of entries after the first payment, without the house's own costs, and both balances. */
export async function readStarLedger({ pool }: TestDatabase, userId: number) {
  const entries = `select kind from ledger_entries
    where user_id = $1 and kind not in ('top_up', 'cost') order by kind`
  const account = 'select available_kopecks, held_kopecks from accounts where user_id = $1'
  const { rows } = await pool.query(account, [userId])
  return {
    entries: (await pool.query(entries, [userId])).rows.map((row) => row.kind),
    available: rows[0].available_kopecks,
    held: rows[0].held_kopecks,
  }
}

/** What the provider would report about a finished task, with these results. */
export const successOf = (taskId: string, resultUrls: string[]) => ({
  code: 200,
  msg: 'Playground task completed successfully.',
  data: {
    taskId,
    state: 'success',
    resultJson: JSON.stringify({ resultUrls }),
    creditsConsumed: 4,
    failCode: null,
    failMsg: null,
  },
})

export const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

/** Serves results of the test's own making; returns the address. */
export async function serveFiles(
  t: { after(fn: () => void): void },
  listener: RequestListener,
): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
