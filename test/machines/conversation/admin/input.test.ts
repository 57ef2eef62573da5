import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseAdjust, parsePromo } from '../../../../src/machines/conversation/admin/input.ts'
import { inviteLink, inviterOf } from '../../../../src/machines/conversation/start-links.ts'

describe('what an admin writes', () => {
  test('makes a promo code for money or generations', () => {
    const money = { code: 'SPRING', kopecks: 10_000, free: 0, limit: 50, days: 30 }
    assert.deepEqual(parsePromo('spring 100р 50 30'), money)
    const free = { code: 'GIFT-1', kopecks: 0, free: 5, limit: 20, days: null }
    assert.deepEqual(parsePromo(' GIFT-1  5шт\n20 '), free)
  })

  test('makes none when anything is missing, too much or of no unit', () => {
    for (const text of [
      'SPRING',
      'SPRING 100 50',
      'SPRING 0р 50',
      'SPRING 100р 0',
      'SPRING 100р 50 x',
      'SPRING 100р 50 30 more',
      'ВЕСНА 100р 50',
      'SPRING 999999р 50',
      'SPRING 5000шт 50',
    ]) {
      assert.equal(parsePromo(text), undefined, text)
    }
  })

  test('puts a balance right, up or down', () => {
    const up = { userId: 123, kopecks: 5_050, reason: 'sorry for the delay' }
    assert.deepEqual(parseAdjust('123 +50,5 sorry  for\nthe delay'), up)
    assert.deepEqual(parseAdjust('123 -0.05 двойная оплата')?.kopecks, -5)
  })

  test('puts none right without sign, reason or sense', () => {
    for (const text of [
      '123 50 why',
      '123 +50',
      '123 +0 why',
      '0 +5 why',
      '1 +999999 why',
      'a +5 b',
    ]) {
      assert.equal(parseAdjust(text), undefined, text)
    }
  })
})

describe('a link of invitation', () => {
  test('leads back to whose it is, and other payloads to nobody', () => {
    for (const id of [1, 42, 7_123_456_789]) assert.equal(inviterOf(inviteLink(id)), id)
    for (const payload of [
      '',
      'ref_',
      'ref_0',
      'ref_-5',
      'ref_A',
      'ref_zzzzzzzzzzzz',
      'm_z-image',
    ]) {
      assert.equal(inviterOf(payload), null, payload)
    }
  })
})
