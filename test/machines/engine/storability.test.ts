import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type AnyStateMachine,
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  forwardTo,
  fromPromise,
  log,
  raise,
  sendParent,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate'
import type { Definition } from '../../../src/machines/engine/definition.ts'
import { createRegistry } from '../../../src/machines/engine/registry.ts'
import {
  advance,
  begin,
  fromStored,
  stateName,
  toStored,
} from '../../../src/machines/engine/transition.ts'

const child = fromPromise(async () => 1)

const define = (machine: AnyStateMachine, more: Partial<Definition> = {}): Definition => ({
  id: 'm',
  version: 1,
  machine,
  effects: {},
  ...more,
})

const refusal = (machine: AnyStateMachine, more?: Partial<Definition>): string => {
  try {
    createRegistry([define(machine, more)])
    return ''
  } catch (error) {
    assert.equal((error as { code: string }).code, 'machine.unstorable')
    return (error as Error).message
  }
}

// biome-ignore lint/suspicious/noExplicitAny: whatever an action may be
type Action = any

/** One action at every place of a machine where actions may stand, with the state that has it. */
const PLACES: Record<string, (action: Action) => [node: string, machine: AnyStateMachine]> = {
  'entry of the root': (entry) => ['m', createMachine({ id: 'm', entry })],
  'exit of a state': (exit) => [
    'm.a',
    createMachine({ id: 'm', initial: 'a', states: { a: { exit } } }),
  ],
  'a transition of the root': (actions) => [
    'm',
    createMachine({ id: 'm', on: { go: { actions } } }),
  ],
  'a transition of a state': (actions) => [
    'm.a.b',
    createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { initial: 'b', states: { b: { on: { go: { actions } } } } } },
    }),
  ],
  'a transition without an event': (actions) => [
    'm.a',
    createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { always: { target: 'b', actions } }, b: {} },
    }),
  ],
  'a transition after a delay': (actions) => [
    'm.a',
    createMachine({ id: 'm', initial: 'a', states: { a: { after: { 5: { actions } } } } }),
  ],
  'an initial transition': (actions) => [
    'm',
    createMachine({ id: 'm', initial: { target: 'a', actions }, states: { a: {} } }),
  ],
}

const LOST: Record<string, [action: Action, reason: RegExp]> = {
  spawnChild: [spawnChild(child), /has spawnChild: child actors are not stored/],
  stopChild: [stopChild('x'), /has stopChild: child actors are not stored/],
  sendTo: [sendTo('x', { type: 'go' }), /has sendTo: there is no actor in memory/],
  sendParent: [sendParent({ type: 'go' }), /has sendTo: there is no actor in memory/],
  forwardTo: [forwardTo('x'), /has sendTo: there is no actor in memory/],
  emit: [emit({ type: 'go' }), /has emit: nobody listens/],
  log: [log('x'), /has log: nobody listens/],
  'a function without a name': [() => {}, /has a function as an action: what it does is lost/],
  'a name that means nothing': ['nothing', /has the action nothing: it is neither/],
}

describe('a registry refuses a machine', () => {
  for (const [name, [action, reason]] of Object.entries(LOST)) {
    test(`with ${name}, wherever it stands`, () => {
      for (const [place, make] of Object.entries(PLACES)) {
        const [node, machine] = make(action)
        const message = refusal(machine)
        assert.match(message, reason, place)
        assert.ok(message.includes(`${node} has `), `${place}: ${message}`)
      }
    })
  }

  test('with a history state', () => {
    const states = { a: { initial: 'b', states: { b: {}, before: { type: 'history' as const } } } }
    const message = refusal(createMachine({ id: 'm', initial: 'a', states }))
    assert.match(message, /m\.a\.before has a history state: what it remembers is not stored/)
  })

  test('that invokes an actor, in a state or at its root', () => {
    const invoke = { src: child, id: 'x' }
    const inState = createMachine({ id: 'm', initial: 'a', states: { a: { invoke } } })
    assert.match(refusal(inState), /m\.a has invoke of .*: child actors are not stored/)
    assert.match(refusal(createMachine({ id: 'm', invoke })), /m has invoke of .*: child actors/)
  })

  test('whose action of a name is one of these', () => {
    const machine = setup({ actions: { shout: emit({ type: 'x' }) as Action } }).createMachine({
      id: 'm',
      entry: 'shout',
    })
    assert.match(refusal(machine), /m has emit: nobody listens/)
  })

  test('whose action of a name is neither a change of the context nor an effect', () => {
    const machine = setup({ actions: { write: () => {} } }).createMachine({
      id: 'm',
      entry: 'write',
    })
    assert.match(refusal(machine), /m has the action write: it is neither/)
    assert.equal(refusal(machine, { effects: { write: () => ({}) } }), '')
  })

  test('with every reason at once', () => {
    const states = { a: { type: 'history' as const }, b: { entry: emit({ type: 'x' }) } }
    const message = refusal(createMachine({ id: 'm', initial: 'b', states }))
    assert.match(message, /m\.a has a history state: .*\. m\.b has emit: /)
  })
})

describe('a registry takes a machine', () => {
  test('that only changes its context, raises, waits and cancels', () => {
    const actions = [
      assign({}),
      raise({ type: 'x' }),
      raise({ type: 'x' }, { id: 'later', delay: 5 }),
      cancel('later'),
      enqueueActions(({ enqueue }) => enqueue.assign({})),
    ]
    for (const action of actions) {
      for (const make of Object.values(PLACES)) assert.equal(refusal(make(action)[1]), '')
    }
  })

  test('whose root is in several states at once: it comes back from storage as it was', () => {
    const region = { initial: 'off', states: { off: { on: { go: 'on' } }, on: {} } }
    const machine = createMachine({
      id: 'm',
      type: 'parallel',
      states: {
        left: region,
        right: { initial: 'off', states: { off: { on: { up: 'on' } }, on: {} } },
      },
    })
    const definition = define(machine)
    createRegistry([definition])
    const { snapshot } = advance(definition, begin(definition, undefined).snapshot, { type: 'go' })
    const back = fromStored(definition, JSON.parse(JSON.stringify(toStored(snapshot))))
    assert.equal(stateName(back.value), 'left.on,right.off')
    const after = advance(definition, back, { type: 'up' })
    assert.equal(stateName(after.snapshot.value), 'left.on,right.on')
  })
})

describe('a transition fails', () => {
  test('that spawns a child within an assign, which no look at the machine finds', () => {
    const machine = createMachine({
      id: 'm',
      on: { go: { actions: assign(({ spawn }) => ({ x: spawn(child, { id: 'kid' }) })) } },
    })
    const definition = define(machine)
    createRegistry([definition])
    const { snapshot } = begin(definition, undefined)
    assert.throws(() => advance(definition, snapshot, { type: 'go' }), /m has a child kid/)
  })

  test('that enqueues what a registry would have refused', () => {
    const machine = createMachine({
      id: 'm',
      on: { go: { actions: enqueueActions(({ enqueue }) => enqueue.emit({ type: 'x' })) } },
    })
    const definition = define(machine)
    createRegistry([definition])
    const { snapshot } = begin(definition, undefined)
    assert.throws(() => advance(definition, snapshot, { type: 'go' }), /no effect xstate\.emit/)
  })
})
