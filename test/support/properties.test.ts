import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

const root = path.resolve(import.meta.dirname, '../..')
const helper = new URL('properties.ts', import.meta.url).href

/** What a process draws that has this environment. */
function drawnWith(env: Record<string, string>): {
  seed: number
  samples: unknown
  draws: unknown
} {
  const code = `
    import { createDraw, fc, SEED } from ${JSON.stringify(helper)}
    const samples = []
    fc.assert(fc.property(fc.nat(), (n) => void samples.push(n)), { numRuns: 5 })
    const draws = [1, 2].map((salt) => Array.from({ length: 5 }, () => createDraw(salt)(1000)))
    console.log(JSON.stringify({ seed: SEED, samples, draws }))`
  const args = ['--input-type=module', '--eval', code]
  const options = { cwd: root, env: { PATH: process.env.PATH ?? '', ...env } }
  return JSON.parse(execFileSync(process.execPath, args, options).toString())
}

describe('random tests', () => {
  test('draw the same in every run, and something else with another seed', () => {
    const first = drawnWith({})
    assert.deepEqual(drawnWith({}), first)
    const other = drawnWith({ TEST_SEED: '7' })
    assert.equal(other.seed, 7)
    assert.notDeepEqual(other.samples, first.samples)
    assert.notDeepEqual(other.draws, first.draws)
    assert.deepEqual(drawnWith({ TEST_SEED: '7' }), other)
  })

  test('refuse a seed that is no number', () => {
    assert.throws(() => drawnWith({ TEST_SEED: 'seven' }), /TEST_SEED is no number: seven/)
  })

  test('have their randomness from one place', () => {
    const files = globSync('test/**/*.ts', { cwd: root }).filter((file) => {
      const text = readFileSync(path.join(root, file), 'utf8')
      return /from 'fast-check'|Math\.random\(/.test(text) && !file.endsWith('properties.ts')
    })
    assert.deepEqual(files, ['test/support/properties.test.ts'])
  })
})
