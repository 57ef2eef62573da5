import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { CRASH_POINTS, createCrashPoints } from '../../src/actors/crash-points.ts'

describe('crash points', () => {
  test('die at the armed one only', () => {
    for (const armed of CRASH_POINTS) {
      const died: string[] = []
      const crashAt = createCrashPoints(armed, () => died.push(armed))
      for (const point of CRASH_POINTS) crashAt(point)
      assert.deepEqual(died, [armed])
    }
  })

  test('die at the one that a file names, while it names it', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'crash-points-'))
    t.after(() => rm(folder, { recursive: true }))
    const file = path.join(folder, 'armed')
    const died: string[] = []
    const crashAt = createCrashPoints(`file:${file}`, () => died.push('dead'))
    const come = () => {
      for (const point of CRASH_POINTS) crashAt(point)
    }
    come()
    assert.deepEqual(died, [])
    await writeFile(file, 'job.started')
    come()
    assert.deepEqual(died, ['dead'])
    await rm(file)
    come()
    assert.deepEqual(died, ['dead'])
  })

  test('never die when none is armed', () => {
    const crashAt = createCrashPoints(undefined, () => assert.fail('died'))
    for (const point of CRASH_POINTS) crashAt(point)
  })
})
