import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isFaithful, replay, toHistory } from '../../../src/actors/engine/replay.ts'
import type { ForkResult, HistoryFile, SandboxState } from '../../../src/http/console/contract.ts'
import { loadActor, type StoredActor } from '../../../src/store/engine/actors.ts'
import { readJournal } from '../../../src/store/engine/journal.ts'
import { countStates } from '../../../src/store/engine/state-counts.ts'
import { unbalancedAccounts } from '../../../src/store/ledger.ts'
import { CREATED, createStage, DELIVERED, type Stage } from './stage.ts'

const NEW_CHAT = 5_000_000_001

const tools = () => {
  let chat = NEW_CHAT
  return {
    chatUrl: () => null,
    aheadMs: () => 0,
    advance: async () => {},
    newChat: async () => chat++,
    inspect: null,
    tested: async () => null,
  }
}

async function download({ stranger }: Stage, actor: string): Promise<HistoryFile> {
  const why = { name: 'user.reveal', target: actor, why: 'to fork it' }
  assert.equal((await stranger.post('/actions', why)).status, 200)
  return (await stranger.get<HistoryFile>(`/actors/${encodeURIComponent(actor)}/history.json`)).body
}

const fork = async ({ stranger }: Stage, history: unknown) => {
  const { status, body } = await stranger.post<ForkResult>('/sandbox/fork', history)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

async function proved({ db, registry }: Stage, actor: string): Promise<StoredActor> {
  const row = (await loadActor(db, actor)) as StoredActor
  assert.ok(isFaithful(replay(registry.of(actor), toHistory(row, await readJournal(db, actor)))))
  return row
}

describe('the sandbox of the console', () => {
  test('forks a dialogue into a chat of its own and leaves the original alone', async (t) => {
    const stage = await createStage(t, { sandbox: tools() })
    await stage.say(10, { type: 'command.start', payload: 'm_google-imagen4-fast' } as never)
    const actor = 'conversation:700:10'
    const before = await loadActor(stage.db, actor)
    const made = await fork(stage, await download(stage, actor))
    assert.deepEqual(made, { actor: `conversation:700:${NEW_CHAT}`, chatId: NEW_CHAT })
    assert.deepEqual(await loadActor(stage.db, actor), before)
    const row = await proved(stage, made.actor)
    assert.equal(row.state, before?.state)
    assert.ok(!JSON.stringify(row.snapshot).includes('"chatId":10'))
    await stage.say(NEW_CHAT, { type: 'command.help' })
    assert.equal((await proved(stage, made.actor)).state, 'help', 'it lives on')
    const counts = await countStates(stage.db)
    assert.equal(counts.find(({ state }) => state === 'help')?.count, 1)
  })

  test('forks an actor as it was at an earlier step, and leaves the original alone', async (t) => {
    const stage = await createStage(t, { sandbox: tools() })
    await stage.say(10, { type: 'command.start', payload: 'm_google-imagen4-fast' } as never)
    await stage.say(10, { type: 'command.balance' })
    await stage.say(10, { type: 'command.help' })
    const original = 'conversation:700:10'
    const before = await loadActor(stage.db, original)
    const { rows } = await stage.pool.query(
      'select seq, state from journal where actor_id = $1 order by seq',
      [original],
    )
    const at = rows.find(({ state }) => state.startsWith('balance'))
    const { status, body } = await stage.stranger.post<ForkResult>('/sandbox/fork-at', {
      ...{ actor: original, seq: at.seq },
    })
    assert.equal(status, 200, JSON.stringify(body))
    const forked = await proved(stage, body.actor)
    assert.deepEqual([forked.state, forked.version], [at.state, at.seq])
    assert.deepEqual(await loadActor(stage.db, original), before)

    const job = await stage.job('a', DELIVERED)
    const early = await stage.stranger.post<ForkResult>('/sandbox/fork-at', { actor: job, seq: 2 })
    assert.equal((await proved(stage, early.body.actor)).state, 'creating')
    assert.deepEqual(await unbalancedAccounts(stage.db), [])
    const nobody = await stage.stranger.post('/sandbox/fork-at', { actor: 'job:none', seq: 1 })
    assert.equal(nobody.status, 404)
  })

  test('forks a job with its money and its timers', async (t) => {
    const stage = await createStage(t, { sandbox: tools() })
    for (const [id, way] of [
      ['open', CREATED],
      ['done', DELIVERED],
    ] as const) {
      const { actor } = await fork(stage, await download(stage, await stage.job(id, way)))
      await proved(stage, actor)
      const { rows } = await stage.pool.query('select id from timers where actor_id = $1', [actor])
      // What is over is closed one day.
      const closes = rows.some((row) => row.id === 'xstate.after.closeLimit.job.delivered')
      assert.ok(rows.length > 0)
      assert.equal(closes, id === 'done')
    }
    assert.deepEqual(await unbalancedAccounts(stage.db), [])
    const { rows } = await stage.pool.query(`select status from jobs where id like 'fork-%'`)
    assert.deepEqual(rows.map(({ status }) => status).sort(), ['created', 'delivered'])
  })

  test('forks a free job without reserving anything for the new user', async (t) => {
    const stage = await createStage(t, { sandbox: tools() })
    const limits = { daily: 5, hourly: 2, budgetCredits: 100 }
    const free = { priceKopecks: 0, modelId: 'z-image', free: limits }
    const { actor } = await fork(stage, await download(stage, await stage.job('a', CREATED, free)))
    await proved(stage, actor)
    const { rows } = await stage.pool.query('select job_id from free_uses')
    assert.deepEqual(rows, [{ job_id: 'a' }])
  })

  test('refuses what is no history, and what was tampered with', async (t) => {
    const stage = await createStage(t, { sandbox: tools() })
    await stage.say(10, { type: 'command.help' })
    const history = await download(stage, 'conversation:700:10')
    assert.equal((await stage.stranger.post('/sandbox/fork', { actor: 'x' })).status, 400)
    const entries = JSON.parse(JSON.stringify(history.entries))
    entries.at(-1).state = 'balance'
    const tampered = await stage.stranger.post('/sandbox/fork', { ...history, entries })
    assert.equal(tampered.status, 409)
  })

  test('shows the clock and what is due', async (t) => {
    const stage = await createStage(t, { sandbox: tools() })
    await stage.job('a', CREATED)
    const { body } = await stage.stranger.get<SandboxState>('/sandbox')
    assert.ok(body.due.length > 0)
    assert.deepEqual([body.aheadMs, body.due[0]?.actor], [0, 'job:a'])
    assert.match(body.due[0]?.id ?? '', /^xstate\.after\./)
  })
})
