import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { afterEach, before, describe, type TestContext, test } from 'node:test'
import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import type { Task } from '../../src/sandbox/kie/task.ts'
import { createDb } from '../../src/store/db.ts'
import { bookMovements } from '../../src/store/ledger.ts'
import { pngImage } from '../sandbox/telegram/support/images.ts'
import { fireTimer, hurryEffect } from '../support/fire-timer.ts'
import { type Shopper, say } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'
import {
  MONEY,
  openStage,
  PRICE,
  post,
  readStarLedger,
  type Stage,
  serveFiles,
  successOf,
} from './stage.ts'

let stage: Stage

before(async () => {
  stage = await openStage(15)
})
afterEach(() => {
  stage.world.kie.control.release()
  stage.world.kie.control.faults.clear()
  stage.world.telegram.control.faults.clear()
})

const kie = () => stage.world.kie.control
const telegram = () => stage.world.telegram.control

const callsOf = (shopper: Shopper, method: string) =>
  telegram().calls.filter((call) => call.method === method && call.chatId === shopper.id)

/** Waits until a send to the user was tried in vain so often, then brings the next try. */
async function retryAfter(shopper: Shopper, method: string, failures: number): Promise<void> {
  const inVain = () => callsOf(shopper, method).filter(({ ok }) => ok === false).length >= failures
  await telegram().waitFor(inVain)
  const { id } = await stage.jobIn(shopper, 'delivering')
  await hurryEffect(stage.database.pool, `job:${id}`, 'telegram.deliver')
}

/** An order whose result is what this server gives. */
async function orderOf(t: TestContext, shopper: Shopper, files: RequestListener): Promise<Task> {
  kie().hold()
  const url = await serveFiles(t, files)
  const task = await stage.confirmed(shopper)
  await stage.jobIn(shopper, 'created')
  await post(task.callBackUrl as string, successOf(task.taskId, [`${url}/result.png`]))
  return task
}

describe('delivery', () => {
  test('fetches again what is not there yet', async () => {
    kie().faults.add({ route: 'file', kind: 'http', status: 404, times: 2 })
    const shopper = stage.next()
    await shopper.confirm()
    const { id } = await stage.jobIn(shopper, 'delivering')
    for (const left of [1, 0]) {
      await waitFor(() => (kie().faults.list()[0]?.times ?? 0) === left, { what: 'a fetch' })
      await hurryEffect(stage.database.pool, `job:${id}`, 'telegram.deliver')
    }
    await stage.expectDelivered(shopper)
  })

  test('of a page in place of the file fails honestly', async (t) => {
    const shopper = stage.next()
    await orderOf(t, shopper, (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' })
      response.end('<!doctype html><title>One moment, please</title>')
    })
    const { id } = await stage.jobIn(shopper, 'delivering')
    // Such a page may be a passing one: it is believed at the fifth time.
    for (let again = 0; again < 4; again += 1) {
      await hurryEffect(stage.database.pool, `job:${id}`, 'telegram.deliver')
    }
    assert.equal((await stage.expectRefunded(shopper)).error_code, 'media.unusable')
    await shopper.hears(say('failed.back', { price: formatRub(PRICE, 'ru') }))
  })

  test('waits for Telegram to come back', async () => {
    telegram().faults.add({ kind: 'server-error', method: 'sendPhoto', times: 3 })
    const shopper = stage.next()
    await shopper.confirm()
    for (const failures of [1, 2, 3]) await retryAfter(shopper, 'sendPhoto', failures)
    await stage.expectDelivered(shopper)
  })

  test('waits as long as Telegram asks', async () => {
    telegram().faults.add({ kind: 'flood', method: 'sendPhoto', retryAfter: 1 })
    const shopper = stage.next()
    await shopper.confirm()
    await stage.expectDelivered(shopper)
    const [first, second] = callsOf(shopper, 'sendPhoto')
    assert.ok((second?.time ?? 0) - (first?.time ?? 0) >= 1_000)
  })

  test('whose answer is lost goes again: twice is better than never', async () => {
    telegram().faults.add({ kind: 'reset-after', method: 'sendPhoto' })
    const shopper = stage.next()
    await shopper.confirm()
    const { id } = await stage.jobIn(shopper, 'delivering')
    await hurryEffect(stage.database.pool, `job:${id}`, 'telegram.deliver')
    await stage.jobIn(shopper, 'delivered')
    assert.equal(shopper.results().length, 2)
    assert.deepEqual((await readStarLedger(stage.database, shopper.id)).entries, [
      'capture',
      'hold',
    ])
  })

  test('sends as a file what Telegram refuses as a photo', async (t) => {
    const shopper = stage.next()
    // A picture to whoever looks at its first bytes only.
    const broken = pngImage(64, 64).subarray(0, 30)
    await orderOf(t, shopper, (_request, response) => response.end(broken))
    await stage.expectDelivered(shopper)
    assert.equal(callsOf(shopper, 'sendPhoto').length, 1)
    assert.equal(shopper.results()[0]?.media?.kind, 'document')
  })

  test('sends as a file what is too long for a photo', async (t) => {
    const shopper = stage.next()
    await orderOf(t, shopper, (_request, response) => response.end(pngImage(2_100, 100)))
    await stage.expectDelivered(shopper)
    assert.equal(callsOf(shopper, 'sendPhoto').length, 0)
    assert.equal(shopper.results()[0]?.media?.kind, 'document')
  })

  test('sends every one of several results, the words with the first', async (t) => {
    kie().hold()
    const sizes = [60, 61, 62, 63]
    const url = await serveFiles(t, ({ url: path = '' }, response) => {
      response.end(pngImage(Number(path.slice(1)), 64))
    })
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    const urls = sizes.map((size) => `${url}/${size}`)
    await post(task.callBackUrl as string, successOf(task.taskId, urls))
    await stage.jobIn(shopper, 'delivered')
    assert.deepEqual(
      shopper.results().map(({ caption }) => caption?.startsWith(say('done.caption')) ?? false),
      [true, false, false, false],
    )
    assert.equal(new Set(shopper.results().map(({ media }) => media?.bytes.length)).size > 1, true)
    assert.deepEqual((await readStarLedger(stage.database, shopper.id)).entries, [
      'capture',
      'hold',
    ])
  })

  test('to somebody who blocked the bot ends, paid, without a storm', async () => {
    kie().hold()
    const shopper = stage.next()
    await stage.confirmed(shopper)
    await stage.jobIn(shopper, 'created')
    shopper.user.block()
    kie().release()
    await stage.jobIn(shopper, 'delivered')
    assert.deepEqual(await readStarLedger(stage.database, shopper.id), {
      entries: ['capture', 'hold'],
      available: MONEY - PRICE,
      held: 0,
    })
    await quiet()
    assert.equal(callsOf(shopper, 'sendPhoto').length, 1)
    assert.equal(callsOf(shopper, 'sendDocument').length, 0)
    const sent = callsOf(shopper, 'sendMessage').length
    shopper.user.unblock()
    shopper.user.sendCommand('menu')
    await shopper.sees(say('menu.help'))
    assert.ok(callsOf(shopper, 'sendMessage').length > sent)
    const { rows } = await stage.database.pool.query('select kind, key, error from dead_letters')
    assert.deepEqual(rows, [])
  })
})

describe('order', () => {
  test('confirmed twenty times at once, called back and asked about, is one', async () => {
    kie().hold()
    const shopper = stage.next()
    const tasks = kie().createTaskCount()
    const tap = await shopper.confirm()
    for (let again = 0; again < 19; again += 1) shopper.user.resendTap(tap)
    const { id } = await stage.jobIn(shopper, 'created')
    kie().faults.add({ route: 'callback', kind: 'doubled' })
    await fireTimer(stage.database.pool, `job:${id}`, 'pollPause')
    kie().release()
    await stage.expectDelivered(shopper)
    // Every tap was answered.
    await telegram().waitFor(({ answers }) => answers.filter(byUser(shopper)).length >= 20)
    await quiet()
    await stage.expectDelivered(shopper)
    assert.equal(kie().createTaskCount(), tasks + 1)
  })

  test('without the money at its start is refused and leaves nothing behind', async () => {
    const shopper = stage.next()
    const tasks = kie().createTaskCount()
    const kopecks = MONEY - PRICE + 1
    await bookMovements(createDb(stage.database.pool), [
      {
        userId: shopper.id,
        kind: 'debit',
        ref: 'spent elsewhere',
        kopecks,
        madeBy: 1,
        reason: 'as a second order would',
      },
    ])
    await shopper.confirm()
    await shopper.hears(say('preview.refused.money'))
    const jobs = 'select from jobs where user_id = $1'
    assert.equal((await stage.database.pool.query(jobs, [shopper.id])).rowCount, 0)
    assert.equal(kie().createTaskCount(), tasks)
    assert.deepEqual(await readStarLedger(stage.database, shopper.id), {
      entries: ['debit'],
      available: PRICE - 1,
      held: 0,
    })
  })
})

const byUser =
  ({ id }: Shopper) =>
  ({ userId }: { userId: number }) =>
    userId === id

/** Everything that is due is done. */
async function quiet(): Promise<void> {
  const due = 'select from graphile_worker.jobs where run_at <= now() or locked_at is not null'
  const idle = async () => (await stage.database.pool.query(due)).rowCount === 0
  await waitFor(idle, { what: 'an idle queue' })
}
