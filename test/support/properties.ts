import fc from 'fast-check'
import type { Draw } from './wizard.ts'

/** Of every run of `npm test`: what fails once fails again, and what is green stays green. */
const FIXED_SEED = 20_261_101

/**
 * Of everything random in this process: TEST_SEED, as `npm run explore` sets it, or else the fixed
 * one. What was ever found by another seed is kept as a case of its own.
 */
export const SEED = process.env.TEST_SEED ? Number(process.env.TEST_SEED) : FIXED_SEED
if (!Number.isSafeInteger(SEED)) throw new Error(`TEST_SEED is no number: ${process.env.TEST_SEED}`)

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED })

/** fast-check, with the seed of this run: tests have it from here. */
export { fc }

/** A row of draws of its own for each `salt`; the same in every process with the same seed. */
export function createDraw(salt = 0): Draw {
  let state = (SEED ^ Math.imul(salt + 1, 0x9e3779b1)) >>> 0
  // mulberry32
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n
  }
}
