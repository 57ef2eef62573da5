import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Results } from '../../../src/machines/conversation/results/results.ts'
import { lift } from '../../../src/machines/engine/registry.ts'
import { fromStored, toStored } from '../../../src/machines/engine/transition.ts'
import { conversation, createChat, newcomer, screenOf } from './chat.ts'

/** Somebody of before, who has been told no news. */
function untold() {
  const { context, ...rest } = toStored(newcomer())
  return { ...rest, context: { ...(context as object), newsTold: null } }
}

describe('a stored conversation', () => {
  test('of version 1 goes on with its balance to be read anew', () => {
    const { context, ...rest } = toStored(newcomer())
    const {
      account: _new,
      results: _newer,
      wish: _newest,
      ...old
    } = context as Record<string, unknown>
    const place = { category: null, page: 0, modelId: null }
    const stored = { ...rest, context: { ...old, place, balance: { availableKopecks: 1 } } }
    const lifted = lift(conversation, stored, 1) ?? assert.fail('not lifted')
    assert.deepEqual(lifted, untold())
    assert.ok(screenOf(fromStored(conversation, lifted)))
  })
  test('of version 2 goes on with its account', () => {
    const { context, ...rest } = toStored(newcomer())
    const { results: _new, wish: _newer, ...old } = context as Record<string, unknown>
    const account = { balance: { availableKopecks: 1, heldKopecks: 2 } }
    const stored = { ...rest, context: { ...old, account } }
    const lifted = lift(conversation, stored, 2) ?? assert.fail('not lifted')
    assert.deepEqual((lifted.context as { account: unknown }).account, account)
    assert.ok(screenOf(fromStored(conversation, lifted)))
  })

  test('of version 3 goes on without a wish', () => {
    const { context, ...rest } = toStored(newcomer())
    const { wish: _new, ...old } = context as Record<string, unknown>
    const lifted = lift(conversation, { ...rest, context: old }, 3) ?? assert.fail('not lifted')
    assert.deepEqual(lifted, untold())
  })

  test('of version 3 goes home from a result that was opened at its end', () => {
    const chat = createChat()
    chat.command('history')
    chat.press('1. ')
    chat.press('Что ещё')
    const { context, ...rest } = toStored(chat.snapshot)
    const { wish: _new, results, ...old } = context as { wish: null; results: Results }
    const { purpose: _newer, ...shown } = results
    const stored = {
      ...rest,
      context: { ...old, results: { ...shown, from: 'ending' } },
    }
    chat.snapshot = fromStored(conversation, lift(conversation, stored, 3) ?? assert.fail())
    assert.equal(chat.context.results?.from, 'message')
    chat.press('Назад')
    assert.equal(chat.state, 'menu')
  })
})
