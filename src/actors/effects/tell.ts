import type { EventObject } from 'xstate'
import { z } from 'zod'
import { readCollected } from '../../store/debts.ts'
import { type EffectHandler, effectKey } from '../engine/effect.ts'
import { declareEffect, MINUTE } from './declare.ts'
import type { EffectDeps } from './deps.ts'

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
): EffectHandler<{ to: string; event: EventObject; ref?: string | undefined }> => {
  const tell = createTellHandler(deps)
  return async (job, signal) => {
    const { to, event, ref } = job.params
    const collectedKopecks = ref === undefined ? 0 : await readCollected(deps.db, ref)
    const whole: EventObject & { collectedKopecks: number } = { ...event, collectedKopecks }
    return tell({ ...job, params: { to, event: whole } }, signal)
  }
}

const schema = z.object({ to: z.string(), event: z.looseObject({ type: z.string() }) })

const PATIENCE = { attempts: 1_000, maxPauseMs: MINUTE }

const declareTell = <const Name extends `tell.${string}`>(name: Name) =>
  declareEffect({
    name,
    params: schema,
    delivery: 'once',
    queue: 'events',
    patience: PATIENCE,
    exhausted: null,
    handler: createTellHandler,
  })

export const tellEffects = [
  declareTell('tell.stage'),
  declareTell('tell.delivered'),
  declareTell('tell.failed'),
  declareTell('tell.cancel_refused'),
  declareTell('tell.refunded'),
  declareTell('tell.review'),
  declareTell('tell.refund_failed'),
  declareTell('tell.reviewed'),
  declareTell('tell.reviewed_before'),
  declareTell('tell.broadcast'),
  declareEffect({
    name: 'tell.credited',
    params: schema.extend({ ref: z.string().optional() }),
    delivery: 'once',
    queue: 'events',
    patience: PATIENCE,
    exhausted: null,
    handler: createTellCreditedHandler,
  }),
] as const
