import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { initialTransition, transition } from 'xstate'
import { getShortestPaths } from 'xstate/graph'
import { toChart } from '../../../src/machines/charts/chart.ts'
import { LIFECYCLE_EVENTS, type LifecycleEvent } from '../../../src/machines/lifecycle/events.ts'
import {
  acceptsUpdates,
  type BotMode,
  type Duty,
  type LifecycleSnapshot,
  type LifecycleView,
  lifecycleMachine,
  lifecycleView,
} from '../../../src/machines/lifecycle/machine.ts'

type Name = LifecycleEvent['type']

const MODES = ['webhook', 'polling'] as const
const names = Object.keys(LIFECYCLE_EVENTS) as Name[]

const begin = (botMode: BotMode): LifecycleSnapshot =>
  initialTransition(lifecycleMachine, { botMode })[0]
const step = (snapshot: LifecycleSnapshot, type: Name): LifecycleSnapshot =>
  transition(lifecycleMachine, snapshot, { type })[0]
const after = (botMode: BotMode, ...events: Name[]) => events.reduce(step, begin(botMode))
const duties = (snapshot: LifecycleSnapshot): Duty[] => [...snapshot.tags].sort() as Duty[]

/** What a process knows that has come up and knows its bot. */
const UP: Name[] = ['server.listening', 'schema.ready', 'bot.identified']
const LEADING: Name[] = [...UP, 'lock.gained']

/**
 * The same process as plain variables: what happened, and what follows from it. Everything that can
 * happen is compared with the machine below.
 */
interface Facts {
  listening: boolean
  identified: boolean
  schemaReady: boolean
  /** Heartbeats without an answer, in a row; two are enough. */
  missed: 0 | 1 | 2
  databaseUp: boolean
  locked: boolean
  /** Polling goes on, or begins, although nobody was elected. */
  leaderless: boolean
  ending: 'no' | 'draining' | 'stopped'
}

const UNKNOWN: Facts = {
  listening: false,
  identified: false,
  schemaReady: false,
  missed: 0,
  databaseUp: true,
  locked: false,
  leaderless: false,
  ending: 'no',
}

function learn(facts: Facts, mode: BotMode, event: Name): Facts {
  const { locked, missed, schemaReady, ending } = facts
  switch (event) {
    case 'server.listening':
      return { ...facts, listening: true }
    case 'bot.identified':
      return { ...facts, identified: true }
    case 'schema.ready':
      return { ...facts, schemaReady: true, databaseUp: true, missed: 0 }
    case 'database.unreachable':
      return { ...facts, databaseUp: false, missed: 2, leaderless: facts.leaderless || !locked }
    case 'heartbeat.missed':
      return {
        ...facts,
        missed: missed === 0 ? 1 : 2,
        databaseUp: missed === 0 && facts.databaseUp,
      }
    case 'heartbeat.answered':
      if (!schemaReady) return facts.databaseUp ? { ...facts, missed: 0 } : facts
      return { ...facts, missed: 0, databaseUp: true, leaderless: false }
    case 'polling.conflicted':
      return { ...facts, leaderless: false }
    case 'lock.gained':
      return { ...facts, locked: true, leaderless: false }
    case 'lock.lost':
      return locked ? { ...facts, locked: false, leaderless: mode === 'polling' } : facts
    case 'signal.received':
      return ending === 'no' ? { ...facts, ending: 'draining' } : facts
    case 'drain.finished':
      return ending === 'draining' ? { ...facts, ending: 'stopped' } : facts
  }
}

function expected(facts: Facts, mode: BotMode) {
  const { locked, ending, databaseUp, schemaReady } = facts
  const lives = ending === 'no'
  const elected = mode === 'webhook' || locked
  const active = lives && facts.listening && schemaReady && databaseUp && elected
  const passive = facts.listening && schemaReady ? 'passive' : 'booting'
  const view: LifecycleView = {
    status: databaseUp ? 'ok' : 'degraded',
    mode: lives ? (active ? 'active' : passive) : 'draining',
    active,
    lockAcquired: locked,
    schemaReady,
  }
  const polls = mode === 'polling' && facts.identified && (locked || facts.leaderless)
  const due: Duty[] = [
    ...(locked ? (['lead'] as const) : []),
    ...(polls ? (['poll'] as const) : []),
    ...(locked && mode === 'webhook' ? (['register webhook'] as const) : []),
  ]
  return { view, duties: lives ? due : [], accepts: active && facts.identified }
}

describe('lifecycle', () => {
  for (const mode of MODES) {
    test(`in ${mode} mode decides like plain variables whatever happens, in every order`, () => {
      const queue = [{ snapshot: begin(mode), facts: UNKNOWN, way: [] as Name[] }]
      const seen = new Set<string>()
      for (const { snapshot, facts, way } of queue) {
        const key = JSON.stringify([snapshot.value, snapshot.context, facts])
        if (seen.has(key)) continue
        seen.add(key)
        const found = {
          view: lifecycleView(snapshot),
          duties: duties(snapshot),
          accepts: acceptsUpdates(snapshot),
        }
        assert.deepEqual(found, expected(facts, mode), way.join(' → '))
        for (const name of names) {
          queue.push({
            snapshot: step(snapshot, name),
            facts: learn(facts, mode, name),
            way: [...way, name],
          })
        }
      }
      assert.ok(seen.size > 100, `${seen.size} situations`)
    })
  }

  test('reaches every state', () => {
    const reached = new Set<string>()
    for (const botMode of MODES) {
      const events = names.map((type) => ({ type }))
      for (const { state } of getShortestPaths(lifecycleMachine, { input: { botMode }, events })) {
        for (const node of state._nodes) reached.add(node.id)
      }
    }
    const all = toChart(lifecycleMachine).states.map(({ id }) => id)
    assert.deepEqual([...reached].sort(), all.sort())
  })

  test('has no duties before it is elected, and all of its mode afterwards', () => {
    assert.deepEqual(duties(after('polling', ...UP)), [])
    assert.deepEqual(duties(after('webhook', ...UP)), [])
    assert.deepEqual(duties(after('polling', ...LEADING)), ['lead', 'poll'])
    assert.deepEqual(duties(after('webhook', ...LEADING)), ['lead', 'register webhook'])
  })

  test('does not poll before Telegram has said which bot this is', () => {
    const early = after('polling', 'server.listening', 'database.unreachable')
    assert.deepEqual(duties(early), [])
    assert.deepEqual(duties(step(early, 'bot.identified')), ['poll'])
  })

  test('polls without an election while the start finds no database', () => {
    const away = after('polling', 'server.listening', 'bot.identified', 'database.unreachable')
    assert.deepEqual(duties(away), ['poll'])
    const back = step(away, 'schema.ready')
    assert.deepEqual(duties(back), ['poll'])
    assert.deepEqual(duties(step(back, 'heartbeat.answered')), [])
    assert.deepEqual(duties(step(back, 'lock.gained')), ['lead', 'poll'])
  })

  test('goes on polling after a lost lock until the database tells who leads', () => {
    const lost = after('polling', ...LEADING, 'lock.lost')
    assert.deepEqual(duties(lost), ['poll'])
    assert.equal(lifecycleView(lost).mode, 'passive')
    assert.deepEqual(duties(step(lost, 'heartbeat.missed')), ['poll'])
    assert.deepEqual(duties(step(lost, 'heartbeat.answered')), [])
  })

  test('makes room for another poller, except as the elected one', () => {
    const leaderless = after('polling', ...LEADING, 'lock.lost')
    assert.deepEqual(duties(step(leaderless, 'polling.conflicted')), [])
    const leader = after('polling', ...LEADING, 'polling.conflicted')
    assert.deepEqual(duties(leader), ['lead', 'poll'])
  })

  test('takes one missed heartbeat for chance and two for a lost database', () => {
    const missed = after('webhook', ...UP, 'heartbeat.missed')
    assert.equal(lifecycleView(missed).mode, 'active')
    const chance = step(step(missed, 'heartbeat.answered'), 'heartbeat.missed')
    assert.equal(lifecycleView(chance).mode, 'active')
    const lost = lifecycleView(step(missed, 'heartbeat.missed'))
    assert.deepEqual([lost.status, lost.mode], ['degraded', 'passive'])
  })

  test('stops every duty with the signal, and holds the lock until it is given back', () => {
    const ending = after('polling', ...LEADING, 'signal.received')
    assert.deepEqual(duties(ending), [])
    assert.equal(lifecycleView(ending).lockAcquired, true)
    assert.equal(lifecycleView(step(ending, 'lock.lost')).lockAcquired, false)
  })

  test('takes up no duty when it is elected after the signal', () => {
    const ending = after('polling', ...UP, 'signal.received', 'lock.gained')
    assert.deepEqual(duties(ending), [])
    assert.equal(ending.value.leadership, 'resigning')
  })

  test('describes every state and every event, and names every state', () => {
    const check = ({ id, states, on, always }: StateConfig) => {
      for (const rule of [...Object.values(on ?? {}), always ?? []].flat()) {
        assert.ok(rule.description, JSON.stringify(rule))
      }
      for (const [name, state] of Object.entries(states ?? {})) {
        assert.ok(state.description, name)
        assert.equal(state.id, `${id}.${name}`)
        check(state)
      }
    }
    check(lifecycleMachine.config as StateConfig)
  })
})

interface Rule {
  description?: string
}
interface StateConfig {
  id?: string
  description?: string
  always?: Rule | Rule[]
  on?: Record<string, Rule | Rule[]>
  states?: Record<string, StateConfig>
}
