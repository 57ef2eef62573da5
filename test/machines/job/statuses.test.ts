import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isJob, JOB_STATUSES } from '../../../src/machines/job/statuses.ts'
import { isTopup, REVIEWABLE } from '../../../src/machines/topup/statuses.ts'

describe('what states mean to the rest of the system', () => {
  test('is said by their tags: which jobs have ended, and how', () => {
    // The table's partial index and constraints name the same statuses.
    assert.deepEqual(JOB_STATUSES, {
      ended: ['delivered', 'failed'],
      succeeded: ['delivered'],
      failed: ['failed'],
      queued: ['pending', 'retrying'],
    })
    assert.deepEqual(REVIEWABLE, ['reviewing'])
  })

  test('holds for a state and for all states in it', () => {
    assert.ok(isJob('created', 'reconcilable'))
    assert.ok(isJob('created.polling', 'reconcilable'))
    assert.ok(isJob('creating', 'claimed'))
    assert.ok(!isJob('retrying', 'claimed'))
    assert.ok(isTopup('invoiced', 'payable'))
    assert.ok(!isTopup('expired', 'payable'))
  })

  test('is nothing for a state that the machine does not have', () => {
    assert.equal(isJob('gone', 'ended'), false)
    assert.equal(isTopup('closed', 'payable'), false)
  })
})
