import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { initialTransition, transition } from 'xstate'
import { getShortestPaths } from 'xstate/graph'
import { LIFECYCLE_EVENTS, type LifecycleEvent } from '../../../src/machines/lifecycle/events.ts'
import {
  type BotMode,
  lifecycleMachine,
  lifecycleView,
} from '../../../src/machines/lifecycle/machine.ts'
import { fc } from '../../support/properties.ts'

type Name = LifecycleEvent['type']

const after = (botMode: BotMode, ...names: Name[]) => {
  const [initial] = initialTransition(lifecycleMachine, { botMode })
  return names.reduce(
    (snapshot, type) => transition(lifecycleMachine, snapshot, { type })[0],
    initial,
  )
}
const names = Object.keys(LIFECYCLE_EVENTS) as Name[]
const states = ['booting', 'starting', 'standby', 'active', 'draining', 'stopped']

/** Events that lead to a state, in the given mode. */
const ways: Record<BotMode, Record<string, Name[]>> = {
  webhook: {
    booting: [],
    starting: ['server.listening'],
    standby: ['server.listening', 'schema.ready', 'database.lost'],
    active: ['server.listening', 'schema.ready'],
    draining: ['signal.received'],
    stopped: ['signal.received', 'drain.finished'],
  },
  polling: {
    booting: [],
    starting: ['server.listening'],
    standby: ['server.listening', 'schema.ready'],
    active: ['server.listening', 'schema.ready', 'lock.gained'],
    draining: ['signal.received'],
    stopped: ['signal.received', 'drain.finished'],
  },
}

/** Where each event leads from each state; what is not listed stays. */
const moves: Record<BotMode, Record<string, Partial<Record<Name, string>>>> = {
  webhook: {
    booting: { 'server.listening': 'starting', 'signal.received': 'draining' },
    starting: { 'schema.ready': 'active', 'signal.received': 'draining' },
    standby: {
      'schema.ready': 'active',
      'database.back': 'active',
      'signal.received': 'draining',
    },
    active: { 'database.lost': 'standby', 'signal.received': 'draining' },
    draining: { 'drain.finished': 'stopped' },
    stopped: {},
  },
  polling: {
    booting: { 'server.listening': 'starting', 'signal.received': 'draining' },
    starting: { 'schema.ready': 'standby', 'signal.received': 'draining' },
    standby: { 'lock.gained': 'active', 'signal.received': 'draining' },
    active: { 'lock.lost': 'standby', 'database.lost': 'standby', 'signal.received': 'draining' },
    draining: { 'drain.finished': 'stopped' },
    stopped: {},
  },
}

describe('lifecycle', () => {
  for (const mode of ['webhook', 'polling'] as const)
    for (const state of states)
      test(`in ${mode} mode goes from ${state} only where the table says`, () => {
        const way = ways[mode][state] ?? []
        assert.equal(after(mode, ...way).value, state)
        for (const name of names)
          assert.equal(after(mode, ...way, name).value, moves[mode][state]?.[name] ?? state, name)
      })

  test('reaches every state', () => {
    for (const botMode of ['webhook', 'polling'] as const) {
      const events = names.map((type) => ({ type }))
      const paths = getShortestPaths(lifecycleMachine, { input: { botMode }, events })
      const reached = new Set(paths.map(({ state }) => state.value))
      assert.deepEqual([...reached].sort(), [...states].sort())
    }
  })

  test('keeps facts that come early', () => {
    assert.equal(
      after('polling', 'lock.gained', 'schema.ready', 'server.listening').value,
      'active',
    )
    assert.equal(after('webhook', 'schema.ready', 'server.listening').value, 'active')
  })

  test('goes on after the database is back, without asking for the lock again', () => {
    const way = ways.polling.active ?? []
    assert.equal(after('polling', ...way, 'database.lost', 'database.back').value, 'active')
    const lost = after('polling', ...way, 'database.lost', 'lock.lost', 'database.back')
    assert.equal(lost.value, 'standby')
  })

  test('ends with one drain, however often the host asks', () => {
    const drained = after('webhook', 'signal.received', 'signal.received', 'schema.ready')
    assert.equal(drained.value, 'draining')
    assert.equal(after('webhook', 'signal.received', 'drain.finished').status, 'done')
  })

  test('is active only with a schema, a database and, when polling, the lock', () => {
    const order = fc.array(fc.constantFrom(...names), { maxLength: 20 })
    const check = (mode: BotMode, events: Name[]) => {
      const { value, context } = after(mode, ...events)
      const able = context.schemaReady && context.databaseUp
      const elected = mode === 'webhook' || context.lockAcquired
      if (value === 'active') assert.ok(able && elected)
      if (value === 'standby') assert.ok(!(able && elected))
      if (events.includes('signal.received')) assert.match(String(value), /draining|stopped/)
    }
    fc.assert(fc.property(fc.constantFrom<BotMode>('webhook', 'polling'), order, check))
  })

  test('describes every state and every event, and names every state', () => {
    const check = ({ states, on, always }: StateConfig) => {
      const rules = [...Object.values(on ?? {}), ...(always === undefined ? [] : [always])]
      for (const rule of rules) assert.ok(rule.description, JSON.stringify(rule))
      for (const [name, state] of Object.entries(states ?? {})) {
        assert.ok(state.description, name)
        assert.equal(state.id, `lifecycle.${name}`)
        check(state)
      }
    }
    check(lifecycleMachine.config as StateConfig)
  })
})

interface StateConfig {
  id?: string
  description?: string
  always?: { description?: string }
  on?: Record<string, { description?: string }>
  states?: Record<string, StateConfig>
}

describe('lifecycleView', () => {
  const view = (mode: BotMode, ...way: Name[]) => lifecycleView(after(mode, ...way))

  test('says what /health shows', () => {
    const modes = states.map((state) => view('polling', ...(ways.polling[state] ?? [])).mode)
    assert.deepEqual(modes, ['booting', 'booting', 'passive', 'active', 'draining', 'draining'])
    assert.deepEqual(view('polling', ...(ways.polling.active ?? [])), {
      status: 'ok',
      mode: 'active',
      active: true,
      lockAcquired: true,
      schemaReady: true,
    })
  })

  test('is degraded while the database is away, and only then', () => {
    const lost = view('webhook', 'server.listening', 'schema.ready', 'database.lost')
    assert.deepEqual([lost.status, lost.mode, lost.active], ['degraded', 'passive', false])
    assert.equal(view('webhook', 'server.listening', 'database.lost').status, 'degraded')
    assert.equal(view('webhook', 'server.listening').status, 'ok')
    assert.equal(view('polling', 'server.listening', 'schema.ready').status, 'ok')
  })
})
