import { z } from 'zod'
import { isSold, modelById } from '../../machines/catalogue/catalogue.ts'
import { ownMarkup } from '../../machines/catalogue/own-price.ts'
import { mayDo, type Role, roleOf, type Staff } from '../../machines/conversation/admin/roles.ts'
import {
  type ChangeLine,
  SHELF_RIGHTS,
  type ShelfCard,
  type ShelfOutcome,
  shelfOrder,
} from '../../machines/conversation/admin/shelf.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import type { View } from '../../machines/conversation/screens/screen.ts'
import { MODEL_FAILURES } from '../../machines/job/model-failure.ts'
import { endModelPause, pauseModel, readModelPause } from '../../store/model-pauses.ts'
import { readQuality } from '../../store/model-quality.ts'
import { readTerms, readTermsNow, setFree, setMarkup } from '../../store/model-terms.ts'
import { decideChange, readWaitingChanges } from '../../store/provider-changes.ts'
import { type EffectJob, effectKey } from '../engine/effect.ts'
import { together } from '../engine/together.ts'
import { createAdminGate } from './admin.ts'
import { doneOrRefused, journalled } from './admin-journal.ts'
import { ASKED, declareEffect, SECOND, userSchema } from './declare.ts'
import type { EffectDeps } from './deps.ts'

export interface AdminShelfDeps extends EffectDeps {
  staff: Staff
  view: Pick<View, 'rates'>
  /** Reads the terms of models into the view of this instance, at once. */
  refreshTerms: () => Promise<void>
}

const MOST_CHANGES = 3

const modelSchema = z.object({ userId: z.int(), modelId: z.string() })
const decideSchema = modelSchema.extend({
  intent: z.enum(['pause', 'resume', 'price', 'unprice', 'free', 'unfree']),
  words: z.string(),
})
const changeSchema = z.object({
  userId: z.int(),
  id: z.int(),
  decision: z.enum(['accepted', 'paused', 'ignored']),
})

type DecideParams = z.infer<typeof decideSchema>

/**
 * What admins see of the models and decide about them. Every decision is journalled with who and why
 * before it is made, holds on every instance within seconds, and is refused below cost.
 */
export function createAdminShelfHandlers(deps: AdminShelfDeps) {
  const { runtime, db, now, log, staff, view, refreshTerms } = deps
  const forStaff = createAdminGate(staff)

  const tell = (job: EffectJob<unknown>, event: ConversationEvent) =>
    runtime.send({ actor: job.actor, key: `admin:${effectKey(job)}`, event })

  return {
    'admin.shelf': forStaff<{ userId: number }>(async (job) => {
      await tell(job, await shelf())
    }),

    'admin.model': forStaff<z.infer<typeof modelSchema>>(async (job) => {
      const { userId, modelId } = job.params
      const card = await cardOf(modelId, roleOf(staff, userId) as Role)
      await tell(job, { type: 'shelf.card_read', modelId, card })
    }),

    'admin.shelf_decide': forStaff<DecideParams>(async (job) => {
      const { userId, modelId, intent, words } = job.params
      const outcome = await noted({ userId, name: `model.${intent}`, modelId, why: words }, () =>
        decide(job.params),
      )
      await tell(job, { type: 'shelf.decided', outcome })
    }),

    'admin.change_decide': forStaff<z.infer<typeof changeSchema>>(async (job) => {
      const { userId, id, decision } = job.params
      const change = await decideChange(db, { id, decision, by: userId })
      if (change !== undefined) {
        const { model_id: modelId, what } = change
        await noted({ userId, name: `change.${decision}`, modelId, why: what }, async () => {
          if (decision !== 'paused') return 'done'
          await pauseModel(db, { modelId, code: 'model.changed', by: userId, why: what })
          await refreshTerms()
          return 'done'
        })
      }
      await tell(job, await shelf())
    }),
  }

  /** Records who decided what and why, decides, and records what came of it. */
  async function noted(
    act: { userId: number; name: string; modelId: string; why: string },
    work: () => Promise<ShelfOutcome>,
  ): Promise<ShelfOutcome> {
    const { userId, name, modelId, why } = act
    const target = `model:${modelId}`
    const outcome = await journalled(deps, { userId, name, target, why }, work, (detail) => ({
      ...doneOrRefused(detail === 'done'),
      detail,
    }))
    log.info({ admin: userId, action: name, target, outcome }, 'an admin decided')
    return outcome
  }

  async function shelf(): Promise<ConversationEvent> {
    const [terms, { rows, waiting }] = await Promise.all([
      readTermsNow(db),
      readWaitingChanges(db, MOST_CHANGES),
    ])
    const changes = rows.map(
      ({ id, kind, model_id: modelId, what }): ChangeLine => ({ id, kind, modelId, what }),
    )
    const decided = terms.map(({ modelId }) => modelId)
    return { type: 'shelf.read', decided, changes, waiting }
  }

  async function cardOf(modelId: string, role: Role): Promise<ShelfCard> {
    const [pause, terms, [quality]] = await Promise.all([
      readModelPause(db, modelId),
      readTerms(db, modelId),
      readQuality(db, { failures: MODEL_FAILURES, modelId }),
    ])
    const freeUntil = terms?.free_until?.getTime() ?? 0
    return {
      modelId,
      pause: pause === undefined ? null : pauseFacts(pause),
      markup: terms?.markup ?? null,
      freeUntil: freeUntil > now() ? freeUntil : null,
      why: terms?.why ?? null,
      quality: quality === undefined ? null : qualityFacts(quality),
      role,
    }
  }

  async function decide({
    userId: by,
    modelId,
    intent,
    words: text,
  }: DecideParams): Promise<ShelfOutcome> {
    const model = modelById(modelId)
    const order = shelfOrder(intent, text)
    if (!mayDo(roleOf(staff, by), SHELF_RIGHTS[intent])) return 'role'
    if (model === undefined || order === undefined) return 'refused'
    const { words: why, hours, price, days } = order
    const decision = { modelId, by, why }
    if (intent === 'pause') {
      const long = hours === null ? {} : { hours }
      const begun = await pauseModel(db, { ...decision, ...long, code: 'model.paused' })
      if (!begun) return 'refused'
    } else if (intent === 'resume') {
      if (!(await endModelPause(db, modelId))) return 'refused'
    } else if (intent === 'price') {
      const own = price === null ? undefined : ownMarkup(model, price, view.rates)
      if (own === undefined || !isSold(model)) return 'refused'
      if (!('markup' in own)) return own.refusal === 'below-cost' ? 'cost' : 'refused'
      await setMarkup(db, { ...decision, markup: own.markup })
    } else if (intent === 'unprice') {
      await setMarkup(db, { ...decision, markup: null })
    } else {
      await setFree(db, { ...decision, days: intent === 'free' ? days : 0 })
    }
    await refreshTerms()
    return 'done'
  }
}

const pauseFacts = (pause: {
  code: string
  until: Date | null
  decided_by: number | null
  why: string | null
}): NonNullable<ShelfCard['pause']> => ({
  code: pause.code,
  until: pause.until?.getTime() ?? null,
  by: pause.decided_by,
  why: pause.why,
})

function qualityFacts({
  modelId: _,
  lastFailure,
  ...facts
}: Awaited<ReturnType<typeof readQuality>>[number]): ShelfCard['quality'] {
  return {
    ...facts,
    lastFailure:
      lastFailure === null ? null : { code: lastFailure.code, at: lastFailure.at.getTime() },
  }
}

const handlersOf = together(createAdminShelfHandlers)

export const adminShelfEffects = [
  declareEffect({
    name: 'admin.shelf',
    params: userSchema,
    delivery: 'once',
    queue: 'admin',
    patience: ASKED,
    exhausted: null,
    handler: (deps: AdminShelfDeps) => handlersOf(deps)['admin.shelf'],
  }),
  declareEffect({
    name: 'admin.model',
    params: modelSchema,
    delivery: 'once',
    queue: 'admin',
    patience: ASKED,
    exhausted: null,
    handler: (deps: AdminShelfDeps) => handlersOf(deps)['admin.model'],
  }),
  declareEffect({
    name: 'admin.shelf_decide',
    params: decideSchema,
    delivery: 'once',
    queue: 'admin',
    patience: { attempts: 200, maxPauseMs: 5 * SECOND },
    exhausted: () => ({ type: 'shelf.decided', outcome: 'refused' }),
    handler: (deps: AdminShelfDeps) => handlersOf(deps)['admin.shelf_decide'],
  }),
  declareEffect({
    name: 'admin.change_decide',
    params: changeSchema,
    delivery: 'once',
    queue: 'admin',
    patience: { attempts: 200, maxPauseMs: 5 * SECOND },
    exhausted: null,
    handler: (deps: AdminShelfDeps) => handlersOf(deps)['admin.change_decide'],
  }),
] as const
