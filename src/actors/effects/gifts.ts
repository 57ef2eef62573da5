import { z } from 'zod'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { redeemPromo } from '../../store/promo.ts'
import {
  arrivePlainly,
  type InviteCaps,
  type PlainArrival,
  readInvites,
  welcome,
} from '../../store/referrals.ts'
import { type EffectAnswer, type EffectHandler, effectKey } from '../engine/effect.ts'
import { createGatherer } from '../engine/gather.ts'
import type { PersonMarks } from '../person-mark.ts'
import { ASKED, declareEffect, declareQuestion, SECOND, userSchema } from './declare.ts'
import type { EffectDeps } from './deps.ts'

export interface GiftDeps extends EffectDeps {
  welcomeKopecks: number
  /** Free generations for both sides of an invitation. */
  inviteFree: number
  /** When they are given: when the friend comes, or when they get their first paid order. */
  inviteAfter: 'start' | 'order'
  inviteCaps: InviteCaps
  marks: PersonMarks
}

const welcomeSchema = z.object({ userId: z.int(), invitedBy: z.int().nullable() })
const promoSchema = z.object({ userId: z.int(), code: z.string() })

/** Deals with a user's first arrival, and tells them and whoever invited them. */
export function createWelcomeHandler({
  runtime,
  db,
  welcomeKopecks: kopecks,
  inviteFree,
  inviteAfter,
  inviteCaps: caps,
  marks: { marksOf },
}: GiftDeps): EffectHandler<z.infer<typeof welcomeSchema>> {
  const plain = createGatherer((arrivals: readonly PlainArrival[]) => arrivePlainly(db, arrivals))
  return async ({ actor, params: { userId, invitedBy } }) => {
    const marks = marksOf(userId)
    const mayBePlain = invitedBy === null && kopecks === 0
    if (mayBePlain && (await plain.add({ userId, marks }))) return
    const free = inviteAfter === 'start' ? inviteFree : 0
    const got = await welcome(db, { userId, invitedBy, kopecks, free, caps, marks })
    const tell = (to: string, event: ConversationEvent) =>
      runtime.send({ actor: to, key: `welcome:${userId}`, event })
    if (got.kopecks > 0 || got.free > 0) {
      await tell(actor, { type: 'welcome.given', kopecks: got.kopecks, free: got.free })
    }
    if (got.invitedBy === null || got.free === 0) return
    const [machine, bot] = actor.split(':')
    await tell(`${machine}:${bot}:${got.invitedBy}`, { type: 'invite.accepted', free: got.free })
  }
}

/** Tells the conversation how its invitations went. */
export const createInviteAnswer =
  ({ db, inviteFree, inviteAfter }: GiftDeps): EffectAnswer<{ userId: number }> =>
  async ({ params }): Promise<ConversationEvent> => {
    const stats = await readInvites(db, params.userId)
    return { type: 'invite.read', ...stats, each: inviteFree, after: inviteAfter }
  }

/** Redeems a promo code and tells what came of it. */
export const createPromoHandler =
  ({ runtime, db, now }: EffectDeps): EffectHandler<z.infer<typeof promoSchema>> =>
  async (job) => {
    const { userId, code } = job.params
    const ref = effectKey(job)
    const got = await redeemPromo(db, { code, userId, ref, now: new Date(now()) })
    const event: ConversationEvent =
      'refused' in got
        ? { type: 'promo.refused', reason: got.refused }
        : { type: 'promo.redeemed', ...got }
    await runtime.send({ actor: job.actor, key: `promo:${ref}`, event })
  }

export const giftEffects = [
  declareEffect({
    name: 'welcome.request',
    params: welcomeSchema,
    delivery: 'latest',
    queue: 'account',
    patience: { attempts: 200, maxPauseMs: 30 * SECOND },
    exhausted: null,
    handler: createWelcomeHandler,
  }),
  declareQuestion({
    name: 'invite.request',
    params: userSchema,
    delivery: 'once',
    queue: 'account',
    patience: ASKED,
    exhausted: null,
    answer: createInviteAnswer,
  }),
  declareEffect({
    name: 'promo.redeem',
    params: promoSchema,
    delivery: 'once',
    queue: 'account',
    patience: { attempts: 200, maxPauseMs: 5 * SECOND },
    exhausted: null,
    handler: createPromoHandler,
  }),
] as const
