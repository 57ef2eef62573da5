import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lift } from '../../../src/machines/registry.ts'
import { fromStored, toStored } from '../../../src/machines/transition.ts'
import { conversation, newcomer, screenOf } from './chat.ts'

describe('a stored conversation of version 1', () => {
  test('goes on with its balance to be read anew', () => {
    const { context, ...rest } = toStored(newcomer())
    const { account: _new, ...old } = context as Record<string, unknown>
    const stored = { ...rest, context: { ...old, balance: { availableKopecks: 1 } } }
    const lifted = lift(conversation, stored, 1) ?? assert.fail('not lifted')
    assert.deepEqual(lifted, toStored(newcomer()))
    assert.ok(screenOf(fromStored(conversation, lifted)))
  })
})
