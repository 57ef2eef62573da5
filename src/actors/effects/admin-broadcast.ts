import { z } from 'zod'
import { AUDIENCES } from '../../machines/broadcast/audience.ts'
import { cardOf } from '../../machines/broadcast/card.ts'
import type { BroadcastContext, BroadcastInput } from '../../machines/broadcast/context.ts'
import { broadcastActor } from '../../machines/broadcast/definition.ts'
import type { BroadcastOrder } from '../../machines/broadcast/events.ts'
import type { Staff } from '../../machines/conversation/admin/roles.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { countRecipients, readBroadcasts } from '../../store/broadcasts.ts'
import { loadActor } from '../../store/engine/actors.ts'
import { type EffectJob, effectKey } from '../engine/effect.ts'
import { hydrate } from '../engine/live-actor.ts'
import { together } from '../engine/together.ts'
import { createAdminGate } from './admin.ts'
import { doneOrRefused, journalled } from './admin-journal.ts'
import { declareEffect, languageSchema, SECOND, userSchema } from './declare.ts'
import type { EffectDeps } from './deps.ts'

export interface AdminBroadcastDeps extends EffectDeps {
  staff: Staff
  botId: number
}

const SHOWN = 8

const oneSchema = z.object({ userId: z.int(), id: z.string() })
const orderSchema = z.object({
  userId: z.int(),
  language: languageSchema,
  id: z.string(),
  order: z.custom<BroadcastOrder>((value) => typeof value === 'object' && value !== null),
})

/** What is journalled: what people notice. */
const NOTED = new Set<BroadcastOrder['type']>([
  ...(['start.wanted', 'pause.wanted', 'resume.wanted', 'cancel.wanted'] as const),
])

/** What admins see of broadcasts and want of them; who may not is refused. */
export function createAdminBroadcastHandlers(deps: AdminBroadcastDeps) {
  const { runtime, registry, db, now, staff, botId } = deps
  const forMail = createAdminGate(staff, 'mail')
  const tell = (job: EffectJob<unknown>, event: ConversationEvent) =>
    runtime.send({ actor: job.actor, key: `admin:${effectKey(job)}`, event })

  async function readCard(id: string) {
    const actor = broadcastActor(id)
    const row = await loadActor(db, actor)
    const live = row && hydrate(registry.of(actor), row)
    if (live === undefined) return null
    const { value, context } = live.snapshot
    return cardOf(value as string, context as BroadcastContext)
  }

  return {
    'admin.broadcasts': forMail<{ userId: number }>(async (job) => {
      const rows = await readBroadcasts(db, SHOWN)
      await tell(job, {
        type: 'broadcasts.read',
        rows: rows.map(({ id, status, words, created_at }) => ({
          ...{ id, state: status, words },
          at: created_at.getTime(),
        })),
      })
    }),

    'admin.broadcast': forMail<z.infer<typeof oneSchema>>(async (job) => {
      const { id } = job.params
      await tell(job, { type: 'broadcast.read', id, card: await readCard(id) })
    }),

    'admin.audience': forMail<{ userId: number }>(async (job) => {
      const counts: number[] = []
      for (const audience of AUDIENCES) counts.push(await countRecipients(db, audience, botId))
      await tell(job, { type: 'audience.read', counts })
    }),

    'broadcast.order': forMail<z.infer<typeof orderSchema>>(async (job) => {
      const { userId: madeBy, language, id, order } = job.params
      const input: BroadcastInput = { id, botId, madeBy, language, at: now() }
      const actor = broadcastActor(id)
      // Made by its first message; later on that changes nothing.
      if (order.type === 'content.given') {
        await runtime.send({ actor, key: 'begun', event: { type: 'actor.begun' }, input })
      }
      const give = () => runtime.send({ actor, key: `from:${effectKey(job)}`, event: order })
      if (!NOTED.has(order.type)) {
        await give()
        return
      }
      const name = `broadcast.${order.type.split('.')[0]}`
      const act = { userId: madeBy, name, target: `broadcast:${id}`, why: await whyOf(id) }
      await journalled(deps, act, give, (receipt) =>
        receipt.outcome === 'committed'
          ? { ...doneOrRefused(true), detail: receipt.state, seq: receipt.seq }
          : { ...doneOrRefused(false), detail: receipt.outcome },
      )
    }),
  }

  /** What it says and whom it is for, for the journal. */
  async function whyOf(id: string): Promise<string> {
    const card = await readCard(id)
    return `${JSON.stringify(card?.audience ?? null)}: ${card?.content?.words ?? ''}`
  }
}

const handlersOf = together(createAdminBroadcastHandlers)

const declare = <const Name extends keyof ReturnType<typeof createAdminBroadcastHandlers>, Params>(
  name: Name,
  params: z.ZodType<Params>,
  attempts: number,
) =>
  declareEffect({
    name,
    params,
    delivery: 'once',
    queue: 'admin',
    patience: { attempts, maxPauseMs: 5 * SECOND },
    exhausted: null,
    handler: (deps: AdminBroadcastDeps) => handlersOf(deps)[name] as never,
  })

export const adminBroadcastEffects = [
  declare('admin.broadcasts', userSchema, 20),
  declare('admin.broadcast', oneSchema, 20),
  declare('admin.audience', userSchema, 20),
  declare('broadcast.order', orderSchema, 200),
] as const
