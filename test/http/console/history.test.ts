import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { historySchema, isFaithful, replay, toHistory } from '../../../src/actors/engine/replay.ts'
import type { ActorDetail, Step, StepDetail, StepPage } from '../../../src/http/console/contract.ts'
import { drawScreen } from '../../../src/machines/conversation/screens/draw.ts'
import { stateName } from '../../../src/machines/engine/transition.ts'
import { loadActor, type StoredActor } from '../../../src/store/engine/actors.ts'
import { writeDeadLetter } from '../../../src/store/engine/dead-letters.ts'
import { readJournal } from '../../../src/store/engine/journal.ts'
import { BOT, createStage, DELIVERED, SECRET, type Stage, VIEW } from './stage.ts'

const CHAT = `conversation:${BOT}:10`
const at = (actor: string, rest = '') => `/actors/${encodeURIComponent(actor)}${rest}`
const REVEAL = { env: { CONSOLE_ACTIONS: 'user.reveal' } }

/** To the preview of an order, by buttons and words. */
async function order(stage: Stage): Promise<void> {
  await stage.say(10, { type: 'command.start', payload: 'm_google-imagen4-fast' } as never)
  await stage.tap(10, 'draft.begun')
  await stage.say(10, { type: 'text.received', text: SECRET } as never)
}

async function reveal(stage: Stage, actor: string) {
  const ann = await stage.operator()
  const { status } = await ann.post('/actions', { name: 'user.reveal', target: actor, why: 'test' })
  assert.equal(status, 200)
  return ann
}

describe('the history of an actor', () => {
  test('hides the words of a search, even where they look like a name from the code', async (t) => {
    const stage = await createStage(t)
    await stage.say(10, { type: 'command.search', words: 'kling' } as never)
    const ann = await stage.operator()
    const { body } = await ann.get<StepPage>(at(CHAT, '/steps'))
    assert.equal(body.steps.at(-1)?.to, 'browsing.list')
    assert.ok(!JSON.stringify(body.steps.map(({ event, diff }) => [event, diff])).includes('kling'))
  })

  test('is what replay finds, with the screen and the configuration of every step', async (t) => {
    const stage = await createStage(t, REVEAL)
    await order(stage)
    const ann = await reveal(stage, CHAT)
    const { steps, lastSeq } = (await ann.get<StepPage>(at(CHAT, '/steps'))).body
    const row = (await loadActor(stage.db, CHAT)) as StoredActor
    const definition = stage.registry.of(CHAT)
    const replayed = replay(definition, toHistory(row, await readJournal(stage.db, CHAT)))
    assert.equal(lastSeq, row.version)
    assert.deepEqual(
      steps.map(({ seq, from, to, event }) => [seq, from, to, event.type]),
      replayed.steps.map(({ seq, from, to, event }) => [seq, from, to, event]),
    )
    assert.ok(steps.every(({ difference }) => difference === null))
    const last = steps.at(-1) as Step
    assert.equal(last.to, 'drafting.quoting')
    assert.deepEqual(last.configuration, [
      'conversation',
      'conversation.drafting',
      'conversation.drafting.quoting',
    ])
    assert.equal(stateName(row.snapshot && (row.snapshot as { value: unknown }).value), last.to)
    const asked = steps.at(-2) as Step
    assert.deepEqual(asked.meaning, { type: 'draft.begun' })
    const { context } = (await ann.get<StepDetail>(at(CHAT, `/steps/${asked.seq}`))).body
    const snapshot = definition.machine.resolveState({
      value: { drafting: { asking: 'writing' } },
      context: context as never,
    })
    assert.equal(asked.screen?.text, drawScreen(snapshot, VIEW)?.text)
    const prompt = last.diff.find(({ path }) => path === 'draft.answers.prompt')
    assert.deepEqual(prompt, { path: 'draft.answers.prompt', after: SECRET })
  })

  test('shows nothing that people wrote, neither as JSON nor on a screen', async (t) => {
    const stage = await createStage(t, REVEAL)
    await order(stage)
    await stage.job('a', DELIVERED)
    const ann = await stage.operator()
    const seen: string[] = []
    for (const actor of [CHAT, 'job:a']) {
      const { body } = await ann.get<StepPage>(at(actor, '/steps'))
      for (const { seq } of body.steps) {
        seen.push(JSON.stringify((await ann.get(at(actor, `/steps/${seq}`))).body))
      }
      seen.push(JSON.stringify(body), JSON.stringify((await ann.get(at(actor))).body))
    }
    for (const path of ['/jobs', '/updates', '/letters', '/ledger/entries', '/overview']) {
      seen.push(JSON.stringify((await ann.get(path)).body))
    }
    for (const text of seen) {
      assert.ok(!text.includes(SECRET) && !text.includes('private.png'), text.slice(0, 200))
    }
    const hidden = { hidden: 'text', length: SECRET.length }
    assert.ok(seen.some((text) => text.includes(JSON.stringify(hidden))))
    assert.ok(seen.some((text) => text.includes('"aspect_ratio"') || text.includes('"asking"')))
  })

  test('comes in pages that start anywhere, also behind checkpoints and a trimmed beginning', async (t) => {
    const stage = await createStage(t)
    for (let i = 0; i < 150; i += 1) {
      const type = i % 2 ? 'command.help' : 'command.balance'
      await stage.say(10, { type } as never)
    }
    const ann = await stage.operator()
    const page = async (query: string) => (await ann.get<StepPage>(at(CHAT, `/steps${query}`))).body
    const seqs = ({ steps }: StepPage) => [steps[0]?.seq, steps.at(-1)?.seq, steps.length]
    assert.deepEqual(seqs(await page('')), [88, 151, 64])
    assert.deepEqual(seqs(await page('?from=1&limit=256')), [1, 151, 151])
    const all = (await page('?from=1&limit=256')).steps
    const middle = (await page('?from=66&limit=10')).steps
    assert.deepEqual(middle, all.slice(65, 75), 'a page says the same as the whole')
    assert.deepEqual((await page('?from=1000')).steps, [])
    await stage.pool.query('delete from journal where actor_id = $1 and seq < 65', [CHAT])
    const rest = await page('?from=1&limit=256')
    assert.deepEqual([rest.firstSeq, ...seqs(rest)], [65, 65, 151, 87])
    assert.deepEqual(rest.steps.slice(2), all.slice(66))
  })

  test('tells what became of every effect', async (t) => {
    const stage = await createStage(t)
    const job = await stage.job('a', DELIVERED)
    const ann = await stage.operator()
    const effects = async () =>
      Object.fromEntries(
        (await ann.get<StepPage>(at(job, '/steps'))).body.steps
          .flatMap((step) => step.effects)
          .map(({ type, status }) => [type, status]),
      )
    const first = await effects()
    assert.deepEqual([first['ledger.hold'], first['kie.create']], ['booked', 'queued'])
    await stage.pool.query(`update effects set owner = 1 where type = 'tell.delivered'`)
    await stage.pool.query(`update effects set attempt = 3 where type = 'telegram.deliver'`)
    const { rows } = await stage.pool.query(
      `delete from effects where type = 'kie.create' returning actor_id as actor, seq, index`,
    )
    const { actor, seq, index } = rows[0]
    const key = `kie.create:${actor}#${seq}.${index}`
    await writeDeadLetter(stage.db, {
      kind: 'effect',
      subject: actor,
      key,
      payload: '{}',
      error: 'no',
    })
    const then = await effects()
    assert.deepEqual(
      [then['tell.delivered'], then['telegram.deliver'], then['kie.create']],
      ['running', 'repeating', 'dead'],
    )
    await stage.pool.query('delete from effects')
    assert.equal((await effects())['telegram.deliver'], 'done')
  })

  test('has the timers and the log lines of a step', async (t) => {
    const stage = await createStage(t)
    const job = await stage.job('a', [])
    stage.logs.take(
      `{"level":"warn","time":"2026-01-01T00:00:00Z","actor":"${job}","seq":1,"msg":"m"}`,
    )
    const ann = await stage.operator()
    const step = (await ann.get<StepDetail>(at(job, '/steps/1'))).body
    assert.deepEqual(step.logs, [{ at: Date.UTC(2026), level: 'warn', message: 'm', fields: {} }])
    const { timers, job: item } = (await ann.get<ActorDetail>(at(job))).body
    assert.deepEqual(step.timers, timers)
    assert.match(timers[0]?.id ?? '', /createLimit/)
    assert.equal(item?.status, 'pending')
  })

  test('downloads as a file that the command line replays', async (t) => {
    const stage = await createStage(t, REVEAL)
    await order(stage)
    const ann = await reveal(stage, CHAT)
    const { body, headers } = await ann.get(at(CHAT, '/history.json'))
    assert.match(headers.get('content-disposition') ?? '', /^attachment; filename="conversation_/)
    const history = historySchema.parse(body)
    assert.ok(isFaithful(replay(stage.registry.of(CHAT), history)))
    const row = (await loadActor(stage.db, CHAT)) as StoredActor
    assert.deepEqual(
      body,
      JSON.parse(JSON.stringify(toHistory(row, await readJournal(stage.db, CHAT)))),
    )
    const folder = await mkdtemp(path.join(tmpdir(), 'trt-history-'))
    t.after(() => rm(folder, { recursive: true }))
    const file = path.join(folder, 'history.json')
    await writeFile(file, JSON.stringify(body))
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, ['src/cli.ts', 'replay', file])
    assert.match(stdout, /the end is the stored snapshot/)
  })

  test('tells by the journal alone what the machine of today refuses', async (t) => {
    const stage = await createStage(t)
    await stage.say(10, { type: 'command.help' } as never)
    await stage.pool.query('alter table journal disable trigger journal_append_only')
    await stage.pool.query(
      `update journal set event = '{"type": "button.tapped"}', state = 'gone.for.good'
       where actor_id = $1 and seq = 2`,
      [CHAT],
    )
    const ann = await stage.operator()
    const { steps } = (await ann.get<StepPage>(at(CHAT, '/steps'))).body
    assert.equal(steps.length, 2)
    assert.ok(steps[1]?.difference !== null)
    assert.deepEqual(steps[1]?.configuration, ['conversation'])
  })
})
