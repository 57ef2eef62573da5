import { z } from 'zod'
import { beginPause } from '../../store/pauses.ts'
import type { EffectHandler } from '../engine/effect.ts'
import { declareEffect, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const schema = z.object({ code: z.string(), credits: z.number() })

/** A refused key refuses every order; a lack of credits only what costs as much as the refused one. */
const stopsOf = (code: string): 'all' | 'dearer' => (code === 'kie.unauthorized' ? 'all' : 'dearer')

/** Stops selling, on every instance, what the provider's account will not have. */
export const createPauseHandler =
  ({ db }: Pick<EffectDeps, 'db'>): EffectHandler<z.infer<typeof schema>> =>
  ({ params: { code, credits } }) =>
    beginPause(db, { code, neededCredits: credits, stops: stopsOf(code) })

export const pauseEffect = declareEffect({
  name: 'provider.pause',
  params: schema,
  delivery: 'once',
  queue: 'operator',
  patience: { attempts: 500, maxPauseMs: 5 * SECOND },
  exhausted: null,
  handler: createPauseHandler,
})
