import type { EventObject } from 'xstate'
import { z } from 'zod'
import { conversationId } from '../../machines/conversation/actor-id.ts'
import {
  INTENT_RIGHTS,
  type PersonCard,
  type PersonIntent,
  type PersonOrderLine,
  type PersonOutcome,
  personOrder,
} from '../../machines/conversation/admin/person.ts'
import { mayDo, type Role, roleOf } from '../../machines/conversation/admin/roles.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { isJob, JOB_STATUSES } from '../../machines/job/statuses.ts'
import { refusedBy } from '../../store/database.ts'
import { loadActor } from '../../store/engine/actors.ts'
import { bookMovements, MOVED_BEFORE, NOT_ENOUGH_MONEY } from '../../store/ledger.ts'
import {
  findPerson,
  type PersonOrder,
  readPerson,
  readPersonOrders,
  setBan,
  setLimit,
} from '../../store/persons.ts'
import { type EffectJob, effectKey } from '../engine/effect.ts'
import { hydrate } from '../engine/live-actor.ts'
import { together } from '../engine/together.ts'
import { createAdminGate } from './admin.ts'
import { doneOrRefused, journalled } from './admin-journal.ts'
import { ASKED, declareEffect, SECOND } from './declare.ts'
import { createOperateJob } from './operate-job.ts'
import { createEraser, createPersonExport, type PrivacyDeps } from './privacy.ts'

export type AdminPersonDeps = PrivacyDeps

const SHOWN = 5

const findSchema = z.object({
  userId: z.int(),
  find: z.string(),
  /** An order that must be among those shown. */
  orderId: z.string().nullable().default(null),
})
const decideSchema = z.object({
  userId: z.int(),
  personId: z.int(),
  intent: z.enum([
    'ban',
    'unban',
    'limit',
    'adjust',
    'refund',
    'redeliver',
    'reconcile',
    'export',
    'erase',
  ]),
  orderId: z.string().nullable(),
  words: z.string(),
})

type DecideParams = z.infer<typeof decideSchema>

/**
 * What admins see of a user and decide about them. Every decision is journalled with who and why before
 * it is done, and is refused to whoever's role has no right to it.
 */
export function createAdminPersonHandlers(deps: AdminPersonDeps) {
  const { runtime, registry, db, log, staff, botId } = deps
  const forStaff = createAdminGate(staff)
  const operate = createOperateJob(deps)
  const sendExport = createPersonExport(deps)
  const erase = createEraser(deps)

  const tell = (job: EffectJob<unknown>, event: ConversationEvent) =>
    runtime.send({ actor: job.actor, key: `admin:${effectKey(job)}`, event })

  return {
    'admin.person': forStaff<z.infer<typeof findSchema>>(async (job) => {
      const { userId, find, orderId } = job.params
      const id = await findPerson(db, find)
      const card =
        id === undefined ? null : await cardOf(id, roleOf(staff, userId) as Role, orderId)
      await tell(job, { type: 'person.read', find, card })
    }),

    'admin.person_decide': forStaff<DecideParams>(async (job, signal) => {
      const { userId, personId, intent, words, orderId } = job.params
      const why = personOrder(intent, words)?.words ?? words
      const target = orderId === null ? `user:${personId}` : `job:${orderId}`
      const act = { userId, name: `user.${intent}`, target, why }
      const outcome = await journalled(
        deps,
        act,
        () => decide(job, signal),
        (detail) => ({ ...doneOrRefused(detail === 'done'), detail }),
      )
      log.info({ admin: userId, action: `user.${intent}`, target, outcome }, 'an admin decided')
      await tell(job, { type: 'person.decided', outcome })
    }),
  }

  /** What an order's own machine would take now. */
  async function canOf(id: string) {
    const actor = `job:${id}`
    const row = await loadActor(db, actor)
    const live = row && hydrate(registry.of(actor), row)
    const all = ['reconcile', 'redeliver', 'refund'] as const
    return all.filter((intent) =>
      live?.snapshot.can({ type: `operator.${intent}`, by: '', why: '' }),
    )
  }

  async function cardOf(
    userId: number,
    role: Role,
    orderId: string | null,
  ): Promise<PersonCard | null> {
    const [person, orders] = await Promise.all([
      readPerson(db, userId, JOB_STATUSES),
      readPersonOrders(db, userId, SHOWN, orderId),
    ])
    if (person === undefined) return null
    const { since, bannedAt, words, ...facts } = person
    return {
      ...facts,
      userId,
      since: since.getTime(),
      bannedWords: bannedAt === null ? null : (words ?? ''),
      orders: await Promise.all(
        orders.map(async (order) => {
          const line = lineOf(order)
          return line.status === 'done' ? line : { ...line, can: await canOf(order.id) }
        }),
      ),
      role,
    }
  }

  async function decide(job: EffectJob<DecideParams>, signal: AbortSignal): Promise<PersonOutcome> {
    const { userId: by, personId: userId, intent, words } = job.params
    if (!mayDo(roleOf(staff, by), INTENT_RIGHTS[intent])) return 'role'
    const order = personOrder(intent, words)
    if (order === undefined) return 'refused'
    if (intent === 'ban' || intent === 'unban') {
      // An owner can't be locked out of their own shop.
      if (roleOf(staff, userId) !== undefined) return 'refused'
      await setBan(db, { userId, by, words: intent === 'ban' ? order.words : null })
      return 'done'
    }
    if (intent === 'limit') {
      await setLimit(db, { userId, by, jobsPerHour: order.amount === 0 ? null : order.amount })
      return 'done'
    }
    if (intent === 'export') {
      await sendExport({ userId, chatId: by }, signal)
      return 'done'
    }
    if (intent === 'erase') {
      if (roleOf(staff, userId) !== undefined) return 'refused'
      const outcome = await erase(userId, 'admin', signal)
      return outcome === 'erased' ? 'done' : outcome === 'open' ? 'open' : 'refused'
    }
    return intent === 'adjust' ? adjust(job, order) : operateOn(job, intent, order.words)
  }

  async function adjust(
    job: EffectJob<DecideParams>,
    { words: reason, amount: kopecks }: { words: string; amount: number },
  ): Promise<PersonOutcome> {
    const { userId: madeBy, personId: userId } = job.params
    const kind = kopecks > 0 ? 'credit' : 'debit'
    const ref = `adjust:${effectKey(job)}`
    try {
      await bookMovements(db, [{ userId, kind, ref, kopecks: Math.abs(kopecks), madeBy, reason }])
    } catch (error) {
      const constraint = refusedBy(error)
      if (constraint === undefined) throw error
      if (constraint !== MOVED_BEFORE) return constraint === NOT_ENOUGH_MONEY ? 'poor' : 'refused'
    }
    await runtime.send({
      actor: conversationId(botId, userId),
      key: ref,
      event: { type: 'balance.adjusted', kopecks, reason } as ConversationEvent,
    })
    return 'done'
  }

  async function operateOn(
    job: EffectJob<DecideParams>,
    intent: Extract<PersonIntent, 'refund' | 'redeliver' | 'reconcile'>,
    why: string,
  ): Promise<PersonOutcome> {
    const { userId, orderId } = job.params
    const event = { type: `operator.${intent}`, by: `telegram:${userId}`, why } as EventObject
    const { outcome } = await operate(`job:${orderId}`, event, `operator:${effectKey(job)}`)
    return outcome
  }
}

const lineOf = ({ at, status, ...order }: PersonOrder): PersonOrderLine => ({
  ...order,
  at: at.getTime(),
  status: isJob(status, 'succeeded') ? 'done' : isJob(status, 'failed') ? 'failed' : 'running',
})

const handlersOf = together(createAdminPersonHandlers)

export const adminPersonEffects = [
  declareEffect({
    name: 'admin.person',
    params: findSchema,
    delivery: 'once',
    queue: 'admin',
    patience: ASKED,
    exhausted: null,
    handler: (deps: AdminPersonDeps) => handlersOf(deps)['admin.person'],
  }),
  declareEffect({
    name: 'admin.person_decide',
    params: decideSchema,
    delivery: 'once',
    queue: 'admin',
    patience: { attempts: 200, maxPauseMs: 5 * SECOND },
    exhausted: null,
    handler: (deps: AdminPersonDeps) => handlersOf(deps)['admin.person_decide'],
  }),
] as const
