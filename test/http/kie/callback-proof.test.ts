import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  signJob,
  verifyJob,
  verifyToken,
  verifyWebhook,
} from '../../../src/http/kie/callback-proof.ts'
import { fc } from '../../support/properties.ts'

describe('job signature', () => {
  test('fits into an address and has 256 bit', () => {
    assert.match(signJob('key', 'job-1'), /^[\w-]{43}$/)
  })

  test('holds for its own key and job only', () => {
    const text = fc.string({ minLength: 1 })
    const check = (key: string, job: string, otherKey: string, otherJob: string) => {
      const sig = signJob(key, job)
      assert.ok(verifyJob(key, job, sig))
      if (otherJob !== job) assert.ok(!verifyJob(key, otherJob, sig))
      if (otherKey !== key) assert.ok(!verifyJob(otherKey, job, sig))
      assert.ok(!verifyJob(key, job, sig.slice(1)))
      assert.ok(!verifyJob(key, job, ''))
    }
    // HMAC fills short keys up with zeros, so "a" and "a\0" are one key.
    const key = text.filter((value) => !value.includes('\0'))
    fc.assert(fc.property(key, text, key, text, check))
  })
})

describe('token', () => {
  test('has to be configured and equal', () => {
    assert.ok(verifyToken('t0ken', 't0ken'))
    assert.ok(!verifyToken('t0ken', 't0ke'))
    assert.ok(!verifyToken('t0ken', ''))
    assert.ok(!verifyToken('', ''))
    assert.ok(!verifyToken(undefined, ''))
    assert.ok(!verifyToken(undefined, 'undefined'))
  })
})

describe('webhook signature', () => {
  const now = 1_786_413_282_500
  const timestamp = '1786413282'
  const sign = (taskId: string, at = timestamp, key = 'hmac-key') => ({
    timestamp: at,
    signature: createHmac('sha256', key).update(`${taskId}.${at}`).digest('base64'),
  })

  test('holds for its task and key', () => {
    assert.ok(verifyWebhook('hmac-key', sign('t1'), 't1', now))
    assert.ok(!verifyWebhook('hmac-key', sign('t1'), 't2', now))
    assert.ok(!verifyWebhook('other', sign('t1'), 't1', now))
    assert.ok(!verifyWebhook('hmac-key', { timestamp, signature: '' }, 't1', now))
  })

  test('is worth nothing without a configured key', () => {
    assert.ok(!verifyWebhook(undefined, sign('t1', timestamp, ''), 't1', now))
    assert.ok(!verifyWebhook('', sign('t1', timestamp, ''), 't1', now))
  })

  test('holds for five minutes in both directions', () => {
    const holds = (seconds: number) => {
      const at = String(Number(timestamp) + seconds)
      return verifyWebhook('hmac-key', sign('t1', at), 't1', Number(timestamp) * 1000)
    }
    assert.deepEqual([-301, -300, 0, 300, 301].map(holds), [false, true, true, true, false])
    for (const at of ['', 'now', '-1', '1e9', '99999999999999999999'])
      assert.ok(!verifyWebhook('hmac-key', sign('t1', at), 't1', now), at)
  })
})
