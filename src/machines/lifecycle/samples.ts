import type { Samples } from '../simulation.ts'
import { LIFECYCLE_EVENTS } from './events.ts'

/** Samples for a process that polls: there the lock matters. */
export const lifecycleSamples: Samples = {
  input: { botMode: 'polling' },
  happenings: () => Object.keys(LIFECYCLE_EVENTS).map((type) => ({ type })),
  answers: () => [],
  trait: ({ context }) => context,
}
