import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createMachine } from 'xstate'
import type { Definition, StoredSnapshot } from '../../../src/machines/engine/definition.ts'
import { createRegistry, lift } from '../../../src/machines/engine/registry.ts'
import { advance, begin } from '../../../src/machines/engine/transition.ts'

const define = (id: string, more: Partial<Definition> = {}): Definition => ({
  id,
  version: 1,
  machine: createMachine({}),
  effects: {},
  ...more,
})

const stored = (context: unknown): StoredSnapshot => ({ value: 'a', context, status: 'active' })

describe('registry', () => {
  test('finds the machine of an actor by the first part of its id', () => {
    const registry = createRegistry([define('job'), define('conversation')])
    assert.equal(registry.of('job:a:b').id, 'job')
    assert.equal(registry.of('conversation:1:2').id, 'conversation')
  })

  test('knows no other id', () => {
    const registry = createRegistry([define('job')])
    const odd = ['job:', 'job:a\0', 'job:\ud83d']
    for (const id of ['jobs:1', 'job', 'jo', '', ':job', 'j:job:1', 'toString:1', ...odd]) {
      assert.throws(() => registry.of(id), { code: 'actor.unknown' }, id)
    }
  })

  test('lets a machine that goes round in circles throw instead of hanging', () => {
    const machine = createMachine({
      initial: 'still',
      states: { still: { on: { go: 'a' } }, a: { always: 'b' }, b: { always: 'a' } },
    })
    const circle = define('circle', { machine })
    createRegistry([circle])
    const { snapshot } = begin(circle, undefined)
    assert.throws(() => advance(circle, snapshot, { type: 'go' }), /Infinite loop/)
  })

  test('refuses two machines of one name', () => {
    assert.throws(() => createRegistry([define('job'), define('job')]), /two machines/)
  })
})

describe('lifting a snapshot', () => {
  test('goes version by version', () => {
    const migrate: Definition['migrate'] = (old, from) =>
      stored([...(old.context as number[]), from])
    const definition = define('job', { version: 4, migrate })
    assert.deepEqual(lift(definition, stored([]), 2)?.context, [2, 3])
    assert.deepEqual(lift(definition, stored([]), 4)?.context, [])
  })

  test('ends where a version can not be lifted', () => {
    const asked: number[] = []
    const migrate: Definition['migrate'] = (old, from) => {
      asked.push(from)
      return from === 2 ? undefined : old
    }
    assert.equal(lift(define('job', { version: 4, migrate }), stored(1), 1), undefined)
    assert.deepEqual(asked, [1, 2])
  })

  test('needs a migration, and never goes back', () => {
    assert.equal(lift(define('job', { version: 2 }), stored(1), 1), undefined)
    assert.equal(lift(define('job'), stored(1), 2), undefined)
  })
})
