import { z } from 'zod'
import { beginPause } from '../../store/pauses.ts'
import type { EffectHandler } from '../engine/effect.ts'
import { declareEffect, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const schema = z.object({ code: z.string(), credits: z.number() })

/** Stops selling, on every instance, when the provider's account will not have an order. */
export const createPauseHandler =
  ({ db }: Pick<EffectDeps, 'db'>): EffectHandler<z.infer<typeof schema>> =>
  ({ params: { code, credits } }) =>
    beginPause(db, { code, neededCredits: credits })

export const pauseEffect = declareEffect({
  name: 'provider.pause',
  params: schema,
  queue: 'operator',
  patience: { priority: -5, attempts: 500, maxPauseMs: 5 * SECOND },
  exhausted: null,
  handler: createPauseHandler,
})
