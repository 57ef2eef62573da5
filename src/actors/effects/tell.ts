import type { EventObject } from 'xstate'
import { readCollected } from '../../store/debts.ts'
import { type EffectDeps, type EffectHandler, effectKey } from '../engine/effect.ts'

/** Hands an event to another actor, once. */
export const createTellHandler =
  ({ runtime }: EffectDeps): EffectHandler<{ to: string; event: EventObject }> =>
  async (job) => {
    const { to, event } = job.params
    await runtime.send({ actor: to, key: `from:${effectKey(job)}`, event })
  }

/** The same for a top-up, with what was kept of it for a debt; `ref` is its entry's. */
export const createTellCreditedHandler = (
  deps: EffectDeps,
): EffectHandler<{ to: string; event: EventObject; ref?: string }> => {
  const tell = createTellHandler(deps)
  return async (job, signal) => {
    const { to, event, ref } = job.params
    const collectedKopecks = ref === undefined ? 0 : await readCollected(deps.db, ref)
    const whole: EventObject & { collectedKopecks: number } = { ...event, collectedKopecks }
    return tell({ ...job, params: { to, event: whole } }, signal)
  }
}
