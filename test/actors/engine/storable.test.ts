import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { storable } from '../../../src/actors/engine/storable.ts'
import { createDatabase } from '../../support/database.ts'
import { fc } from '../../support/properties.ts'

describe('storable', () => {
  test('leaves alone what jsonb takes', () => {
    const value = { text: 'a \\u0000 b \\\\ud83d 😀 \n', n: [1, null] }
    const kept = storable(value)
    assert.equal(kept.value, value)
    assert.equal(kept.json, JSON.stringify(value))
  })

  test('replaces NUL and half characters, also in keys', () => {
    const { value } = storable({ '\0': ['\ud800', '\udfff\\', '\\\0', '\\\\\ud83d\ude00\ud83d'] })
    assert.deepEqual(value, {
      '\ufffd': ['\ufffd', '\ufffd\\', '\\\ufffd', '\\\\\ud83d\ude00\ufffd'],
    })
  })

  test('makes anything come back from the database as it went in', async (t) => {
    const { pool } = await createDatabase(t)
    const text = fc.string({
      unit: fc.constantFrom('\0', '\\', 'u', '0', 'd', '8', '\ud83d', '\ude00'),
    })
    // Plain keys, as our own data has them; odd ones have the test above.
    const key = fc.string({ unit: fc.constantFrom('u', '0', 'd', '8') })
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, text, { noNullPrototype: true }), async (given) => {
        const { json, value } = storable(given)
        const { rows } = await pool.query('select $1::jsonb as value', [json])
        assert.deepEqual(rows[0].value, value)
      }),
      { numRuns: 300 },
    )
  })
})
