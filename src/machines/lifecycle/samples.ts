import type { Samples } from '../charts/simulation.ts'
import { LIFECYCLE_EVENTS } from './events.ts'

/** Samples for a process; the lock matters where it polls. */
export const lifecycleSamples: Samples = {
  inputs: { polling: { botMode: 'polling' }, webhook: { botMode: 'webhook' } },
  happenings: () => Object.keys(LIFECYCLE_EVENTS).map((type) => ({ type })),
  answers: () => [],
  trait: ({ context }) => context,
}
