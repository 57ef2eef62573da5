import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type pg from 'pg'
import { createRuntime } from '../../src/actors/engine/runtime.ts'
import { stepRules } from '../../src/actors/step-rules.ts'
import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import { conversationId } from '../../src/machines/conversation/actor-id.ts'
import { createConversationDefinition } from '../../src/machines/conversation/definition.ts'
import { createRegistry } from '../../src/machines/engine/registry.ts'
import type { JobInput } from '../../src/machines/job/context.ts'
import { jobDefinition } from '../../src/machines/job/definition.ts'
import { createDb } from '../../src/store/db.ts'
import { readJob } from '../../src/store/jobs.ts'
import { ADMIN_ID, BOT_ID, createBotProcess, startFakes } from '../support/bot-process.ts'
import { createDatabase } from '../support/database.ts'
import { fireTimer } from '../support/fire-timer.ts'
import { createShopper, say, topUp } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'
import { expectLedger, waitForIdle } from './ledger.ts'

const USER = 601
const MONEY = 1_000
const PRICE = 314

const input: JobInput = {
  id: 'claimed',
  userId: USER,
  chatId: USER,
  conversation: conversationId(BOT_ID, USER),
  language: 'ru',
  modelId: 'google/imagen4-fast',
  output: 'image',
  answers: { prompt: 'a cat' },
  mediaFields: [],
  priceKopecks: PRICE,
  credits: 4,
  callbacks: true,
  at: Date.now(),
}

/** What a process leaves behind that dies after it claimed the create call and before it sent it. */
async function claimAndDie(pool: pg.Pool): Promise<void> {
  const view = { rates: { usdRubRate: 78.57, markup: 2 }, support: null }
  const runtime = createRuntime({
    rules: stepRules,
    registry: createRegistry([createConversationDefinition(view), jobDefinition]),
    db: createDb(pool),
    writers: pool,
    now: Date.now,
  })
  const start = { type: 'command.start', payload: '', languageCode: 'ru' }
  await runtime.send({ actor: input.conversation, key: 'start', event: start })
  const actor = `job:${input.id}`
  await runtime.send({ actor, key: 'begun', event: { type: 'actor.begun' }, input })
  const claim = { type: 'create.claimed', attempt: 1 }
  const receipt = await runtime.send({ actor, key: 'create.claimed:1', event: claim })
  assert.equal(receipt.outcome === 'committed' && receipt.state, 'creating')
  await runtime.drain()
}

describe('a create call that was claimed and perhaps never sent', () => {
  test('is not sent again; when nothing comes of it the money goes back', async (t) => {
    const database = await createDatabase(t)
    const { pool } = database
    const db = createDb(pool)
    const fakes = await startFakes(t)
    const shopper = createShopper(fakes.telegram, USER)
    await topUp(pool, USER, MONEY)
    await claimAndDie(pool)

    const bot = await createBotProcess(t, { databaseUrl: database.url, fakes })
    await bot.start()
    const status = async () => (await readJob(db, input.id))?.status
    await waitFor(async () => (await status()) === 'unknown', { what: 'an unknown outcome' })
    assert.equal(fakes.kie.control.createTaskCount(), 0)
    const alert = () => fakes.telegram.control.chat(ADMIN_ID).find(({ from }) => from === 'bot')
    assert.match((await waitFor(alert, { what: 'the alert' })).text ?? '', /kie\.unknown/)

    await fireTimer(pool, `job:${input.id}`, 'unknownLimit')
    await shopper.hears(say('failed.back', { price: formatRub(PRICE, 'ru') }))
    await waitForIdle(database)
    await expectLedger(database, USER, {
      jobs: { failed: 1 },
      entries: { hold: 1, release: 1 },
      availableKopecks: MONEY,
    })
    assert.equal(fakes.kie.control.createTaskCount(), 0)
    shopper.user.sendCommand('menu')
    await shopper.sees(say('menu.help'))
  })
})
