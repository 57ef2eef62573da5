import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Router from '@koa/router'
import { ERRORS, type ErrorCode, RetryableError, TrtError } from '../../src/errors.ts'
import { serve } from './serve.ts'

const throwing = (thrown: () => unknown) =>
  new Router().get('/x', () => {
    throw thrown()
  })

describe('createApp', () => {
  test('answers every error of the table with its status and code', async (t) => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const { url } = await serve(
        t,
        throwing(() => new TrtError(code, { detail: 'private' })),
      )
      const answer = await fetch(`${url}/x`)
      assert.equal(answer.status, ERRORS[code].status)
      assert.deepEqual(await answer.json(), { error: code })
    }
  })

  test('says when to come back', async (t) => {
    const wait = (retryAfterMs?: number) => async () => {
      const details = retryAfterMs === undefined ? {} : { retryAfterMs }
      const router = throwing(() => new RetryableError('database.unavailable', details))
      const { url } = await serve(t, router)
      return (await fetch(`${url}/x`)).headers.get('retry-after')
    }
    assert.equal(await wait(2_100)(), '3')
    assert.equal(await wait()(), '1')
  })

  test('hides what an unexpected error says', async (t) => {
    const { url, logged } = await serve(
      t,
      throwing(() => new Error('secret detail')),
    )
    const answer = await fetch(`${url}/x?sig=hidden`)
    assert.equal(answer.status, 500)
    assert.deepEqual(await answer.json(), { error: 'internal-server-error' })
    assert.equal(logged.length, 1)
    assert.doesNotMatch(JSON.stringify(logged), /hidden/)
  })

  test('gives refusals of routers a body and keeps their status', async (t) => {
    const router = new Router().get('/x', (context) => {
      context.status = 413
    })
    const { url } = await serve(t, router)
    const answer = await fetch(`${url}/x`)
    assert.equal(answer.status, 413)
    assert.deepEqual(await answer.json(), { error: 'payload-too-large' })
    const nowhere = await fetch(`${url}/nowhere`)
    assert.equal(nowhere.status, 404)
    assert.deepEqual(await nowhere.json(), { error: 'not-found' })
    assert.equal((await fetch(`${url}/x`, { method: 'POST' })).status, 405)
  })

  test('takes over a request id or makes one, also for errors', async (t) => {
    const { url, logged } = await serve(
      t,
      throwing(() => new Error('x')),
    )
    const idOf = async (headers: Record<string, string>) =>
      (await fetch(`${url}/x`, { headers })).headers.get('x-request-id')
    assert.equal(await idOf({ 'x-request-id': 'abc-1' }), 'abc-1')
    assert.equal(await idOf({}), 'made-here')
    assert.equal(await idOf({ 'x-request-id': 'not "fine"' }), 'made-here')
    assert.match(JSON.stringify(logged[0]), /abc-1/)
  })
})
