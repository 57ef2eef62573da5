import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { modelFiles } from '../../models/files.ts'
import type { TerminalError } from '../../src/errors.ts'
import { faultsByPart, validateCatalogue } from '../../src/machines/catalogue/validation.ts'
import { logFaults } from '../../src/service/catalogue-faults.ts'

describe('a start with a broken model file', () => {
  test('logs each of its faults with the file’s name, and goes on', async () => {
    const broken = { path: 'catalogue/broken.json', json: { id: 'broken/one' } }
    const files = { ...modelFiles, catalogue: [broken] }
    const faults = validateCatalogue(files)
    const logged: TerminalError[] = []
    const error = (fields: { err: TerminalError }) => void logged.push(fields.err)
    const log = { error } as unknown as Parameters<typeof logFaults>[1]
    await logFaults(faultsByPart(files), log, new AbortController().signal, 0)
    assert.ok(logged.length > 0)
    assert.equal(logged.length, faults.length)
    assert.ok(logged.every(({ code }) => code === 'catalogue.invalid'))
    assert.ok(logged.some(({ message }) => message.includes('broken.json')))
  })
})
