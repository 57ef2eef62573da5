import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { modelFiles } from '../../models/files.ts'
import type { TerminalError } from '../../src/errors.ts'
import { validateCatalogue } from '../../src/machines/catalogue/validation.ts'
import { logFaults } from '../../src/service/catalogue-faults.ts'

describe('a start with a broken model file', () => {
  test('logs each of its faults with the file’s name, and goes on', () => {
    const broken = { path: 'catalogue/broken.json', json: { id: 'broken/one' } }
    const faults = validateCatalogue({ ...modelFiles, catalogue: [broken] })
    const logged: TerminalError[] = []
    const error = (fields: { err: TerminalError }) => void logged.push(fields.err)
    logFaults(faults, { error } as unknown as Parameters<typeof logFaults>[1])
    assert.ok(logged.length > 0)
    assert.equal(logged.length, faults.length)
    assert.ok(logged.every(({ code }) => code === 'catalogue.invalid'))
    assert.ok(logged.some(({ message }) => message.includes('broken.json')))
  })
})
