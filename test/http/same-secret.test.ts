import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { matcher } from '../../src/http/same-secret.ts'
import { fc } from '../support/properties.ts'

const anyText = fc.string({ unit: 'grapheme', maxLength: 1_500 })

describe('a secret', () => {
  test('is matched by itself and by nothing else', () => {
    fc.assert(
      fc.property(anyText, anyText, (secret, other) => {
        const isSecret = matcher(secret)
        assert.equal(isSecret(other), other === secret)
        assert.equal(isSecret(secret), true)
        assert.equal(isSecret(`${secret}\0`), false)
        assert.equal(isSecret(`${secret}x`), false)
      }),
    )
  })
})
