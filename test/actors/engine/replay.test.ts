import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { before, describe, test } from 'node:test'
import type { EventObject } from 'xstate'
import { hydrate } from '../../../src/actors/engine/live-actor.ts'
import {
  type History,
  historySchema,
  isFaithful,
  replay,
  toHistory,
} from '../../../src/actors/engine/replay.ts'
import { createRuntime } from '../../../src/actors/engine/runtime.ts'
import { stepRules } from '../../../src/actors/step-rules.ts'
import { conversationId } from '../../../src/machines/conversation/actor-id.ts'
import { callbackData } from '../../../src/machines/conversation/buttons.ts'
import { createConversationDefinition } from '../../../src/machines/conversation/definition.ts'
import type { ButtonEvent } from '../../../src/machines/conversation/events.ts'
import { drawScreen } from '../../../src/machines/conversation/screens/draw.ts'
import { tapsOf } from '../../../src/machines/conversation/screens/screen.ts'
import { createRegistry } from '../../../src/machines/engine/registry.ts'
import { begin, stateName, step, toStored } from '../../../src/machines/engine/transition.ts'
import { jobDefinition } from '../../../src/machines/job/definition.ts'
import { modelFilesHash, ratesToJson, termsOfThen } from '../../../src/service/sales-terms.ts'
import { createDb } from '../../../src/store/db.ts'
import { loadActor } from '../../../src/store/engine/actors.ts'
import { readJournal } from '../../../src/store/engine/journal.ts'
import { createClock } from '../../support/clock.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const view = { rates: { usdRubRate: 78.57, markup: 2 }, support: null }
const conversation = createConversationDefinition(view)
const registry = createRegistry([conversation, jobDefinition])
const chat = conversationId(7, 5001)

/** From /start to the quoted order and on, past the next checkpoint, as a real runtime stores it. */
async function live({ pool }: TestDatabase): Promise<void> {
  const db = createDb(pool)
  const clock = createClock()
  const runtime = createRuntime({ registry, rules: stepRules, db, writers: pool, now: clock.now })
  let n = 0
  const send = async (event: EventObject) => {
    n += 1
    clock.advance(1_000)
    const receipt = await runtime.send({ actor: chat, key: `tg:${n}`, event })
    assert.equal(receipt.outcome, 'committed')
  }
  const tap = async (type: ButtonEvent['type']) => {
    const row = await loadActor(db, chat)
    const actor = row && hydrate(conversation, row)
    const screen = actor && drawScreen(actor.snapshot, view)
    const button = tapsOf(screen?.keyboard ?? []).find(({ event }) => event.type === type)
    assert.ok(screen && button, `no ${type} on the screen`)
    const data = callbackData(screen, button.event)
    await send({ type: 'button.tapped', data, queryId: `${n}` } as EventObject)
  }
  const start = { type: 'command.start', payload: 'm_z-image', languageCode: 'en' }
  await send(start as EventObject)
  await tap('draft.begun')
  await send({ type: 'text.received', text: 'a red fox' } as EventObject)
  await tap('option.chosen')
  await send({ type: 'button.tapped', data: 'of an old screen', queryId: 'q' } as EventObject)
  for (let i = 0; i < 64; i += 1) await send({ type: i % 2 ? 'command.menu' : 'command.help' })
  await runtime.drain()
}

describe('replay', () => {
  let history: History
  let databaseUrl: string

  before(async () => {
    const database = await createDatabase({})
    databaseUrl = database.url
    await live(database)
    const db = createDb(database.pool)
    const row = await loadActor(db, chat)
    assert.ok(row)
    const download = JSON.stringify(toHistory(row, await readJournal(db, chat)))
    history = historySchema.parse(JSON.parse(download))
  })

  test('arrives where the runtime arrived, by the same states and effects', () => {
    const replayed = replay(conversation, history)
    assert.ok(isFaithful(replayed), JSON.stringify(replayed.steps.find((s) => s.difference)))
    assert.deepEqual(replayed.snapshot, history.snapshot)
    assert.equal(replayed.steps.length, history.entries.length)
    const states = replayed.steps.map((s) => s.to)
    for (const state of ['browsing.card', 'drafting.quoting', 'menu'])
      assert.ok(states.includes(state), `${state} of ${states}`)
  })

  test('starts from the first checkpoint when the beginning was dropped', () => {
    const at = history.entries.findIndex((entry) => entry.seq > 1 && entry.checkpoint)
    assert.ok(at > 0)
    const rest = { ...history, entries: history.entries.slice(at) }
    assert.ok(isFaithful(replay(conversation, rest)))
    const lost = replay(conversation, { ...history, entries: history.entries.slice(1, at) })
    assert.match(String(lost.steps[0]?.difference?.replayed), /begin with/)
  })

  test('names the step and the place where a tampered event leads elsewhere', () => {
    const tampered = structuredClone(history)
    const typed = tampered.entries.find(({ event }) => event.type === 'text.received')
    assert.ok(typed)
    typed.event = { ...typed.event, text: '' }
    const replayed = replay(conversation, tampered)
    const first = replayed.steps.find((s) => s.difference !== null)
    assert.equal(first?.seq, typed.seq)
    assert.equal(first?.difference?.path, 'state')
    assert.equal(isFaithful(replayed), false)
  })

  test('names the place where the stored snapshot says something else', () => {
    const tampered = structuredClone(history)
    tampered.snapshot = { ...history.snapshot, value: 'help' }
    const { difference, steps } = replay(conversation, tampered)
    assert.deepEqual(difference, {
      path: 'value',
      stored: 'help',
      replayed: history.snapshot.value,
    })
    assert.ok(steps.every((s) => s.difference === null))
  })

  test('prices each step by the rates of then, and says where model files were others', () => {
    const sold = createConversationDefinition(view)
    const at = (n: number) => new Date(Date.UTC(2026, 10, 1, 12, n)).toISOString()
    let { snapshot, effects } = begin(sold, { chatId: 5001, userId: 7, languageCode: 'en' })
    const entries: History['entries'] = []
    const note = (event: EventObject) =>
      entries.push({
        ...{ seq: entries.length + 1, key: `k${entries.length}`, at: at(entries.length), event },
        state: stateName(snapshot.value),
        effects: JSON.parse(JSON.stringify(effects)),
      })
    note({ type: 'actor.begun', input: { chatId: 5001, userId: 7, languageCode: 'en' } } as never)
    const happen = (event: object) => {
      const stamped = { ...event, at: Date.parse(at(entries.length)), rnd: `rnd${entries.length}` }
      ;({ snapshot, effects } = step(sold, snapshot, stamped as never))
      note(stamped as never)
    }
    happen({ type: 'text.received', text: 'a red fox' })
    happen({ type: 'balance.read', availableKopecks: 90_000, bonusKopecks: 0, heldKopecks: 0 })
    const screen = drawScreen(snapshot, view)
    const pick = tapsOf(screen?.keyboard ?? []).find(
      ({ event }) => event.type === 'pick.confirmed' && event.kopecks > 0,
    )
    assert.ok(screen && pick)
    happen({ type: 'button.tapped', data: callbackData(screen, pick.event), queryId: 'q' })
    assert.equal(stateName(snapshot.value), 'starting')

    const stored = toStored(snapshot)
    const history = { actor: chat, machine: sold.id, machineVersion: sold.version, entries }
    const life = JSON.parse(JSON.stringify({ ...history, snapshot: stored })) as History
    const dearer = { ...view, rates: { ...view.rates, markup: 3 } }
    const again = createConversationDefinition(dearer)
    assert.ok(!isFaithful(replay(again, life)))
    const then = { since: at(0), files: modelFilesHash(), rates: ratesToJson(view.rates) }
    const known = termsOfThen(dearer, [then])
    assert.ok(isFaithful(replay(again, life, (entry) => assert.equal(known(entry.at), undefined))))
    const others = { ...then, files: 'others' }
    assert.deepEqual(termsOfThen(dearer, [others])(at(1)), others)
  })

  test('from the command line: from the database, to a file, and from that file', async (t) => {
    const dir = await mkdtemp(path.join(tmpdir(), 'trt-replay-'))
    t.after(() => rm(dir, { recursive: true }))
    const file = path.join(dir, 'history.json')
    const run = (args: string[], env: Record<string, string> = {}) => {
      const command = [path.join(root, 'src/cli.ts'), 'replay', ...args]
      const { status, stdout, stderr } = spawnSync(process.execPath, command, {
        env: { PATH: process.env.PATH, ...env },
        encoding: 'utf8',
      })
      return { status, text: `${stdout}${stderr}` }
    }
    const saved = run(['--actor', chat, '--save', file], { DATABASE_URL: databaseUrl })
    assert.equal(saved.status, 0, saved.text)
    const opened = run([file])
    assert.deepEqual(opened, saved)
    assert.match(
      opened.text,
      /2 {2}\S+ {2}command\.start {2}menu → browsing\.card {2}.*telegram\.render/,
    )
    assert.match(opened.text, /the end is the stored snapshot/)

    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('a red fox', 'a red dog'))
    const tampered = run([file])
    assert.equal(tampered.status, 1)
    assert.match(tampered.text, /the end differs|steps differ/)
    const terms = [
      { since: '2020-01-01T00:00:00.000Z', files: '0123', rates: ratesToJson(view.rates) },
    ]
    const changed = { ...JSON.parse(text.replace('a red fox', 'a red dog')), terms }
    await writeFile(file, JSON.stringify(changed))
    assert.match(
      run([file]).text,
      /replay: it was run by other model files \(0123, since 2020-01-01/,
    )
    await writeFile(file, '{}')
    assert.match(run([file]).text, /is no history: actor/)
  })
})
