import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createTransferGate, TransfersBusy } from '../../../src/actors/media/transfer-gate.ts'

describe('transfer gate', () => {
  test('lets in as many as there are places, then the first that waits', async () => {
    const gate = createTransferGate({ places: 1, waiting: 2 })
    const [a, b, c] = [gate.ticket(), gate.ticket(), gate.ticket()]
    const order: string[] = []
    await a.enter()
    const later = [b.enter().then(() => order.push('b')), c.enter().then(() => order.push('c'))]
    await Promise.resolve()
    assert.deepEqual(order, [])
    a.leave()
    await later[0]
    assert.deepEqual(order, ['b'])
    b.leave()
    await later[1]
    assert.deepEqual(order, ['b', 'c'])
  })

  test('sends back those who would wait behind too many', async () => {
    const gate = createTransferGate({ places: 1, waiting: 0 })
    const [a, b] = [gate.ticket(), gate.ticket()]
    await a.enter()
    await assert.rejects(b.enter(), TransfersBusy)
    a.leave()
    await b.enter()
  })

  test('gives a holder one place, however often it asks and leaves', async () => {
    const gate = createTransferGate({ places: 1, waiting: 0 })
    const [a, b, c] = [gate.ticket(), gate.ticket(), gate.ticket()]
    await a.enter()
    await a.enter()
    a.leave()
    a.leave()
    b.leave()
    await b.enter()
    await assert.rejects(c.enter(), TransfersBusy)
  })

  test('ends a wait that is too long or aborted, and forgets it', async () => {
    const gate = createTransferGate({ places: 1, waiting: 1, patienceMs: 20 })
    const [a, b, c] = [gate.ticket(), gate.ticket(), gate.ticket()]
    await a.enter()
    await assert.rejects(b.enter(), TransfersBusy)
    const stop = new AbortController()
    const waiting = b.enter(stop.signal)
    stop.abort()
    await assert.rejects(waiting, TransfersBusy)
    a.leave()
    await c.enter()
  })
})
