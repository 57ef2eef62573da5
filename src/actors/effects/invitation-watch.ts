import { conversationId } from '../../machines/conversation/actor-id.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { type InviteCaps, markSettled, readEarned, rewardInvite } from '../../store/referrals.ts'
import type { EffectDeps } from './deps.ts'

const MOST_AT_ONCE = 50

/**
 * Rewards both sides of an invitation after the friend's first delivered order that they paid for, and
 * tells them. Called often by every instance; a reward is booked once, and told once to each.
 */
export const createInvitationWatch =
  ({
    db,
    runtime,
    botId,
    free,
    caps,
  }: Pick<EffectDeps, 'db' | 'runtime'> & { botId: number; free: number; caps: InviteCaps }) =>
  async (): Promise<void> => {
    for (const { referredId, referrerId } of await readEarned(db, MOST_AT_ONCE)) {
      const got = await rewardInvite(db, { referredId, referrerId, free, caps })
      const tell = (userId: number, event: ConversationEvent) =>
        runtime.send({ actor: conversationId(botId, userId), key: `reward:${referredId}`, event })
      if (got.referred > 0) {
        await tell(referredId, { type: 'welcome.given', kopecks: 0, free: got.referred })
      }
      if (got.referrer > 0) await tell(referrerId, { type: 'invite.accepted', free: got.referrer })
      await markSettled(db, referredId)
    }
  }
