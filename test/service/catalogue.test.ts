import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { validateCatalogue } from '../../src/machines/catalogue/validation.ts'
import { type ServiceOptions, startService } from '../../src/service/start-service.ts'

describe('a start with a broken model file', () => {
  test('ends before anything is opened, and names the file’s fault', () => {
    const checkCatalogue = () => validateCatalogue([{ id: 'broken/one' }])
    assert.throws(
      () => startService({ checkCatalogue } as unknown as ServiceOptions),
      (error: Error & { code?: string }) =>
        error.code === 'catalogue.invalid' && error.message.includes('broken/one: '),
    )
  })
})
