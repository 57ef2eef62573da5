import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stepsOf } from '../../src/commands/trace.ts'
import { createChatUser } from '../../src/e2e/chat.ts'
import { samplePicture } from '../../src/e2e/picture.ts'
import { confirm, waitForEnd, walkToPreview } from '../../src/e2e/walk.ts'
import { type Model, modelById } from '../../src/machines/catalogue/catalogue.ts'
import { createDb } from '../../src/store/db.ts'
import { readOrderTrace } from '../../src/store/order-trace.ts'
import { startWorld } from '../../src/world/world.ts'
import { createDatabase } from '../support/database.ts'
import { runCli } from '../support/run-cli.ts'
import { waitFor } from '../support/wait.ts'

interface Line {
  level: string
  msg: string
  job?: string
  seq?: number
}

test('one search by the id shows the life of an order in the log, and trace tells the same', async (t) => {
  const { url, pool } = await createDatabase(t)
  const written: string[] = []
  const world = await startWorld({
    ...{ botMode: 'webhook', databaseUrl: url, storageMode: 'external', logLevel: 'info' },
    timing: { queueMs: 0, generateMs: 100 },
    logStream: { write: (line) => void written.push(line) },
  })
  t.after(() => world.stop())
  await world.telegram.control.waitFor(({ calls }) =>
    calls.some(({ method }) => method === 'setWebhook'),
  )
  const order = async (chatId: number, prompt: string) => {
    const user = createChatUser(world.telegram.control, chatId)
    const model = modelById('z-image') as Model
    await walkToPreview(user, model, { prompt, picture: samplePicture(), choice: 0 })
    await confirm(user)
    return user
  }
  const user = await order(2_001, 'кот')
  await waitForEnd(user, Date.now() + 60_000, Date.now)
  const job = await waitFor(
    async () => (await pool.query(`select id from jobs where status = 'delivered'`)).rows[0]?.id,
    { what: 'the delivered order' },
  )

  const lines = written.filter((line) => line.includes(job)).map((line) => JSON.parse(line) as Line)
  const followed = lines.filter(({ msg }) => msg.startsWith('order '))
  assert.deepEqual(
    followed.map(({ msg }) => msg),
    ['order confirmed', 'order created', 'order reported', 'order delivered'],
  )
  const callbacks = lines.filter(({ msg }) => msg === 'KIE_CALLBACK')
  assert.deepEqual(
    callbacks.map(({ job: id, level }) => [id, level]),
    [[job, 'info']],
  )
  assert.doesNotMatch(written.join(''), /кот/)

  const trace = await readOrderTrace(createDb(pool), job)
  assert.ok(trace)
  assert.match(String(trace.origin?.key), /^tg:\d+$/)
  assert.deepEqual(
    stepsOf(trace).map(({ step, seq }) => [`order ${step}`, seq]),
    followed.map(({ msg, seq }) => [msg, seq]),
  )
  const told = await runCli(['trace', job], { DATABASE_URL: url })
  assert.equal(told.code, 0, told.stderr)
  assert.deepEqual(
    told.stdout.match(/order (confirmed|created|reported|delivered)/g),
    followed.map(({ msg }) => msg),
  )
  assert.match(told.stdout, /asked for by tg:\d+/)
  assert.match(told.stdout, /job:\w+:\S+ {2}sent \d+/)

  const nobody = await runCli(['trace', 'nobody'], { DATABASE_URL: url })
  assert.deepEqual([nobody.code, nobody.stderr], [1, 'trace: no order has the id nobody\n'])

  world.kie.control.faults.add({ route: 'createTask', kind: 'code', code: 422, msg: 'no' })
  const other = await order(2_002, 'кит')
  await assert.rejects(waitForEnd(other, Date.now() + 60_000, Date.now))
  const failed = written.map((line) => JSON.parse(line) as Line)
  assert.deepEqual(
    failed.filter((line) => line.job !== job && line.msg.startsWith('order ')).map((l) => l.msg),
    ['order confirmed', 'order failed', 'order refunded'],
  )
})
