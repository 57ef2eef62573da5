import assert from 'node:assert/strict'
import { afterEach, before, describe, test } from 'node:test'
import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import { pngImage } from '../sandbox/telegram/support/images.ts'
import { fireTimer } from '../support/fire-timer.ts'
import { type Shopper, say } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'
import {
  ADMIN_ID,
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
  stage = await openStage(14)
})
afterEach(() => {
  stage.world.kie.control.release()
  stage.world.kie.control.faults.clear()
})

const kie = () => stage.world.kie.control
const REFUND = say('failed.back', { price: formatRub(PRICE, 'ru') })

const alerts = () =>
  stage.world.telegram.control
    .chat(ADMIN_ID)
    .filter(({ from, text }) => from === 'bot' && text?.startsWith('🚨'))
    .map(({ text }) => text ?? '')

/** Runs out a job's patience: what is awaited does not come any more. */
async function giveUp(shopper: Shopper, status: string, timer: string): Promise<string> {
  const { id } = await stage.jobIn(shopper, status)
  await fireTimer(stage.database.pool, `job:${id}`, timer)
  return id
}

/** The refusal stopped this order; nobody starts one like it until the pause is taken away. */
async function endPauseOf(shopper: Shopper, words: string): Promise<void> {
  const { pool } = stage.database
  const paused = async () => assert.equal((await pool.query('select from pauses')).rowCount, 1)
  await waitFor(() => paused().then(() => true), { what: 'the pause' })
  const tasks = kie().createTaskCount()
  await shopper.tap(say('failed.again'))
  await shopper.hears(words)
  assert.equal(kie().createTaskCount(), tasks)
  await pool.query('delete from pauses')
}

describe('create call', () => {
  for (const [code, msg, error, refused] of [
    [402, 'The account has not enough credits.', 'kie.credits', 'too-dear-now'],
    [401, 'You do not have access permissions.', 'kie.unauthorized', 'paused'],
    [433, 'The key has reached its limit.', 'kie.limited', 'too-dear-now'],
  ] as const) {
    test(`refused with ${code} fails honestly, and the admin hears it once an hour`, async () => {
      const known = alerts().length
      for (const _time of [1, 2]) {
        kie().faults.add({ route: 'createTask', kind: 'code', code, msg })
        const shopper = stage.next()
        const tasks = kie().createTaskCount()
        await shopper.confirm()
        const job = await stage.expectRefunded(shopper)
        assert.equal(job.error_code, error)
        assert.equal(kie().createTaskCount(), tasks)
        await shopper.hears(say('failed.reasons.credits'))
        await shopper.hears(REFUND)
        await endPauseOf(shopper, say(`preview.refused.${refused}`))
      }
      const told = () => alerts().slice(known)
      await waitFor(() => told().length > 0, { what: 'the alert' })
      await settled()
      assert.equal(told().length, 1)
      assert.match(told()[0] as string, new RegExp(error))
    })
  }

  for (const code of [429, 455]) {
    test(`put off with ${code} is sent again after a pause, for one task`, async () => {
      kie().faults.add({ route: 'createTask', kind: 'code', code, msg: 'Come later.' })
      const shopper = stage.next()
      const tasks = kie().createTaskCount()
      await shopper.confirm()
      await giveUp(shopper, 'retrying', 'retryPause')
      await stage.expectDelivered(shopper)
      assert.equal(kie().createTaskCount(), tasks + 1)
    })
  }

  test('refused for its input fails with the money back', async () => {
    kie().faults.add({ route: 'createTask', kind: 'code', code: 422, msg: 'prompt is required' })
    const shopper = stage.next()
    await shopper.confirm()
    assert.equal((await stage.expectRefunded(shopper)).error_code, 'kie.refused')
    await shopper.hears(say('failed.reasons.refused'))
    await shopper.hears(REFUND)
  })

  test('whose answer is lost is never sent again; the callback delivers', async () => {
    kie().hold()
    kie().faults.add({ route: 'createTask', kind: 'reset-after' })
    const shopper = stage.next()
    const tasks = kie().createTaskCount()
    const task = await stage.confirmed(shopper)
    const { task_id } = await stage.jobIn(shopper, 'unknown')
    assert.equal(task_id, null)
    assert.deepEqual((await readStarLedger(stage.database, shopper.id)).entries, ['hold'])
    kie().release()
    const job = await stage.expectDelivered(shopper)
    assert.equal(job.task_id, task.taskId)
    assert.equal(kie().createTaskCount(), tasks + 1)
  })

  test('answered with a bare server error is never sent again', async () => {
    kie().faults.add({ route: 'createTask', kind: 'code', code: 500, msg: 'Internal Error' })
    const shopper = stage.next()
    const tasks = kie().createTaskCount()
    await shopper.confirm()
    await giveUp(shopper, 'unknown', 'unknownLimit')
    assert.equal((await stage.expectRefunded(shopper)).error_code, 'kie.unknown')
    await shopper.hears(REFUND)
    assert.equal(kie().createTaskCount(), tasks)
  })

  test('whose success comes after the refund ends in a present', async (t) => {
    kie().hold()
    kie().faults.add({ route: 'createTask', kind: 'reset-after' })
    const files = await serveFiles(t, (_request, response) => response.end(pngImage(64, 64)))
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    await giveUp(shopper, 'unknown', 'unknownLimit')
    await stage.expectRefunded(shopper)
    await shopper.hears(REFUND)
    await post(task.callBackUrl as string, successOf(task.taskId, [files]))
    await expectPresent(shopper)
  })

  test('whose task outlives our patience ends in a present', async () => {
    kie().hold()
    const shopper = stage.next()
    await stage.confirmed(shopper)
    await giveUp(shopper, 'created', 'generationLimit')
    assert.equal((await stage.expectRefunded(shopper)).error_code, 'kie.expired')
    kie().release()
    await expectPresent(shopper)
  })

  test('whose task cannot be asked about five times still delivers', async () => {
    kie().hold()
    kie().faults.add({ route: 'callback', kind: 'lost' })
    for (const kind of ['http', 'garbage', 'reset-before', 'code', 'code'] as const) {
      kie().faults.add({ route: 'recordInfo', kind })
    }
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    kie().release()
    await kie().waitFor(() => task.callbacks[0]?.kind === 'lost')
    for (let left = 4; left >= 0; left -= 1) {
      await giveUp(shopper, 'created', 'pollPause')
      await waitFor(() => kie().faults.list().length === left, { what: 'a question' })
    }
    await giveUp(shopper, 'created', 'pollPause')
    await stage.expectDelivered(shopper)
    assert.deepEqual(kie().faults.list(), [])
  })
})

/** The result is in the chat as a present: flagged, not charged, and nobody pays for it later. */
async function expectPresent(shopper: Shopper): Promise<void> {
  const job = await stage.jobIn(shopper, 'delivered')
  assert.equal(job.courtesy, true)
  assert.equal(shopper.results().length, 1)
  assert.match(shopper.results()[0]?.caption ?? '', new RegExp(say('done.gift')))
  assert.deepEqual(await readStarLedger(stage.database, shopper.id), {
    entries: ['hold', 'release'],
    available: MONEY,
    held: 0,
  })
}

/** Everything that is due is done. */
async function settled(): Promise<void> {
  const due = `select from effects where due_at <= now() or owner is not null
    union all select from timers where due_at <= now()`
  const idle = async () => (await stage.database.pool.query(due)).rowCount === 0
  await waitFor(idle, { what: 'an idle queue' })
}
