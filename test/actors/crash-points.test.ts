import assert from 'node:assert/strict'
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

  test('never die when none is armed', () => {
    const crashAt = createCrashPoints(undefined, () => assert.fail('died'))
    for (const point of CRASH_POINTS) crashAt(point)
  })
})
