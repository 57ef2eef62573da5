import type { EventObject } from 'xstate'
import { type EffectDeps, type EffectHandler, effectKey } from './effect.ts'

/** Hands an event to another actor, once. */
export const createTellHandler =
  ({ runtime }: EffectDeps): EffectHandler<{ to: string; event: EventObject }> =>
  async (job) => {
    const { to, event } = job.params
    await runtime.send({ actor: to, key: `from:${effectKey(job)}`, event })
  }
