import assert from 'node:assert/strict'
import { afterEach, before, describe, test } from 'node:test'
import { signJob } from '../../src/http/kie/callback-proof.ts'
import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import { pngImage } from '../sandbox/telegram/support/images.ts'
import { fireTimer } from '../support/fire-timer.ts'
import { say } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'
import {
  openStage,
  PRICE,
  post,
  readStarLedger,
  type Stage,
  serveFiles,
  successOf,
} from './stage.ts'

let stage: Stage
/** Of the same bot, before its token was rotated. */
const TOKEN_BEFORE = '700000001:AAtokenBeforeTheRotation'

before(async () => {
  stage = await openStage(12, { env: { TELEGRAM_BOT_TOKEN_PREVIOUS: TOKEN_BEFORE } })
})
afterEach(() => {
  stage.world.kie.control.release()
  stage.world.kie.control.faults.clear()
})

const faults = () => stage.world.kie.control.faults

describe('callback', () => {
  test('that comes right after the answer delivers once', async () => {
    const shopper = stage.next()
    await stage.confirmed(shopper)
    await stage.expectDelivered(shopper)
  })

  test('that comes before the answer waits for it and delivers once', async () => {
    faults().add({ route: 'callback', kind: 'early' })
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    await stage.expectDelivered(shopper)
    assert.deepEqual(
      task.callbacks.map(({ kind, status }) => [kind, status]),
      [['early', 200]],
    )
    assert.equal(await stage.metric('callback_job_not_found_count'), 0)
  })

  test('that comes while the answer is on its way delivers once', async (t) => {
    stage.world.kie.control.hold()
    const files = await serveFiles(t, (_request, response) => response.end(pngImage(64, 64)))
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    const answer = await post(task.callBackUrl as string, successOf(task.taskId, [files]))
    assert.equal(answer.status, 200)
    await stage.expectDelivered(shopper)
    stage.world.kie.control.release()
    await stage.world.kie.control.waitFor(() => task.callbacks.some((c) => c.status === 200))
    await stage.expectDelivered(shopper)
  })

  test('that comes twice delivers once', async () => {
    faults().add({ route: 'callback', kind: 'doubled' })
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    await stage.expectDelivered(shopper)
    await stage.world.kie.control.waitFor(
      () => task.callbacks.filter(({ status }) => status === 200).length === 2,
    )
    await stage.expectDelivered(shopper)
  })

  test('that never comes is made up for by asking', async () => {
    faults().add({ route: 'callback', kind: 'lost' })
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    const { id } = await stage.jobIn(shopper, 'created')
    await stage.world.kie.control.waitFor(() => task.callbacks[0]?.kind === 'lost')
    await fireTimer(stage.database.pool, `job:${id}`, 'pollPause')
    await stage.expectDelivered(shopper)
  })

  test('that comes late, after a question without news, delivers once', async () => {
    stage.world.kie.control.hold()
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    const { id } = await stage.jobIn(shopper, 'created')
    await fireTimer(stage.database.pool, `job:${id}`, 'pollPause')
    await waitFor(() => polls(id), { what: 'a question about the task' })
    await stage.world.kie.control.finish(task.taskId)
    await stage.expectDelivered(shopper)
  })

  test('that meets the answer to a question delivers once', async () => {
    stage.world.kie.control.hold()
    const shopper = stage.next()
    await stage.confirmed(shopper)
    const { id } = await stage.jobIn(shopper, 'created')
    faults().add({ route: 'recordInfo', kind: 'delay', ms: 150 })
    await fireTimer(stage.database.pool, `job:${id}`, 'pollPause')
    await waitFor(() => polls(id), { what: 'a question about the task' })
    stage.world.kie.control.release()
    await stage.expectDelivered(shopper)
  })

  test('of a failed task gives the money back and says so', async () => {
    stage.world.kie.control.hold()
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    await stage.world.kie.control.fail(task.taskId, { code: 501, msg: 'Internal error' })
    await stage.expectRefunded(shopper)
    await shopper.hears(say('failed.back', { price: formatRub(PRICE, 'ru') }))
    await shopper.sees(say('failed.again'))
  })

  test('of an order from before the token was rotated delivers once', async (t) => {
    stage.world.kie.control.hold()
    const files = await serveFiles(t, (_request, response) => response.end(pngImage(64, 64)))
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    const [keyBefore] = stage.world.config.formerCallbackKeys
    const url = new URL(task.callBackUrl as string)
    url.searchParams.set('sig', signJob(keyBefore as string, String(url.searchParams.get('job'))))
    const answer = await post(url.href, successOf(task.taskId, [files]))
    assert.equal(answer.status, 200)
    await stage.expectDelivered(shopper)
  })

  test('that is forged is refused and leaves no trace', async () => {
    stage.world.kie.control.hold()
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    await stage.jobIn(shopper, 'created')
    const refused = await stage.metric('callback_4xx')
    const before = await everything()

    const genuine = new URL(task.callBackUrl as string)
    const forged = new URL(genuine)
    forged.searchParams.set(
      'sig',
      signJob('a guessed key', String(genuine.searchParams.get('job'))),
    )
    const body = successOf(task.taskId, ['https://forged.test/x.png'])
    const bare = genuine.origin + genuine.pathname
    const answers = [
      await post(forged.href, body),
      await post(bare, body),
      await post(bare, body, { 'X-KIE-Callback-Token': 'a guess' }),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 401],
    )
    assert.deepEqual(await everything(), before)
    assert.equal((await stage.metric('callback_4xx')) - refused, answers.length)

    stage.world.kie.control.release()
    await stage.expectDelivered(shopper)
  })

  test('for a job that nobody knows is accepted, kept and counted', async () => {
    const { config, botUrl } = stage.world
    const url = new URL(config.kieCallbackPath, botUrl)
    url.searchParams.set('job', 'nobody')
    url.searchParams.set('sig', signJob(config.callbackKey, 'nobody'))
    const body = successOf('task-of-nobody', ['https://example.com/x.png'])
    const before = await stage.metric('callback_job_not_found_count')
    for (const _time of [1, 2]) {
      const answer = await post(url.href, body)
      assert.deepEqual([answer.status, await answer.json()], [200, { ok: true }])
    }
    assert.equal((await stage.metric('callback_job_not_found_count')) - before, 2)
    const { rows } = await stage.database.pool.query(
      `select subject, error, payload from dead_letters where kind = 'callback'`,
    )
    assert.deepEqual(rows, [
      { subject: 'nobody', error: 'job-not-found', payload: { raw: JSON.stringify(body) } },
    ])
  })

  test('that cannot be read is accepted and kept, and the order goes on', async () => {
    faults().add({ route: 'callback', kind: 'garbage' })
    const shopper = stage.next()
    const task = await stage.confirmed(shopper)
    const job = await stage.expectDelivered(shopper)
    assert.equal(task.callbacks[0]?.status, 200)
    const { rows } = await stage.database.pool.query(
      'select error from dead_letters where subject = $1',
      [job.id],
    )
    assert.deepEqual(rows, [{ error: 'malformed' }])
    assert.equal((await readStarLedger(stage.database, shopper.id)).available, 1_000 - PRICE)
  })
})

/** How often the provider was asked about the job. */
async function polls(jobId: string): Promise<number> {
  const { rows } = await stage.database.pool.query(
    `select snapshot->'context'->>'polls' as polls from actors where id = $1`,
    [`job:${jobId}`],
  )
  return Number(rows[0]?.polls ?? 0)
}

/** How many rows there are of what a callback could leave behind. */
async function everything(): Promise<unknown> {
  const tables = ['journal', 'actors', 'dead_letters', 'sends', 'jobs', 'ledger_entries']
  const counts = tables.map((name) => `(select count(*) from ${name}) as ${name}`)
  const versions = '(select sum(version) from actors) as versions'
  return (await stage.database.pool.query(`select ${[...counts, versions].join(', ')}`)).rows[0]
}
