import { sql } from 'kysely'
import type { Db } from './db.ts'
import { bookMovements } from './ledger.ts'

/** What somebody brings along at their first arrival. */
export interface Arrival {
  userId: number
  /** Whose link they came by. */
  invitedBy: number | null
  /** Money that everybody starts with. */
  kopecks: number
  /** Free generations for an invited person, and as many for who invited. */
  free: number
}

/** What an arrival brought, also when it is asked again. */
export interface Welcome {
  kopecks: number
  invitedBy: number | null
  free: number
}

/**
 * Deals with a user's first arrival, once for ever: the welcome money, and the reward for both sides
 * of an invitation by somebody else who exists. Later arrivals, by whatever link, bring nothing.
 */
export async function welcome(db: Db, arrival: Arrival): Promise<Welcome> {
  await db.transaction().execute((tx) => firstArrival(tx, arrival))
  return readWelcome(db, arrival.userId)
}

async function firstArrival(tx: Db, { userId, invitedBy, kopecks, free }: Arrival): Promise<void> {
  const first = await tx
    .updateTable('users')
    .set({ welcomed_at: sql<Date>`now()` })
    .where('id', '=', userId)
    .where('welcomed_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  if (first === undefined) return
  if (kopecks > 0) {
    await bookMovements(tx, [{ userId, kind: 'bonus', ref: `welcome:${userId}`, kopecks }])
  }
  if (invitedBy === null || invitedBy === userId) return
  const referral = await tx
    .insertInto('referrals')
    .columns(['referred_id', 'referrer_id'])
    .expression((eb) =>
      eb
        .selectFrom('users')
        .select([sql<number>`${userId}::bigint`.as('referred_id'), 'id'])
        .where('id', '=', invitedBy),
    )
    .returning('referrer_id')
    .executeTakeFirst()
  if (referral === undefined || free === 0) return
  const ref = String(userId)
  const grants = [
    { user_id: invitedBy, kind: 'inviting' as const, ref, amount: free },
    { user_id: userId, kind: 'invited' as const, ref, amount: free },
  ]
  // In order of users, so that two arrivals never wait for each other.
  const sorted = grants.toSorted((a, b) => a.user_id - b.user_id)
  await tx.insertInto('free_grants').values(sorted).execute()
}

async function readWelcome(db: Db, userId: number): Promise<Welcome> {
  const { rows } = await sql<Welcome>`
    select
      coalesce((select amount_kopecks from ledger_entries
        where kind = 'bonus' and ref = ${`welcome:${userId}`}), 0) as kopecks,
      (select referrer_id from referrals where referred_id = ${userId}) as "invitedBy",
      coalesce((select amount from free_grants
        where kind = 'invited' and ref = ${String(userId)}), 0) as free`.execute(db)
  return rows[0] as Welcome
}

/** How a user's invitations went. */
export interface InviteStats {
  invited: number
  earned: number
  left: number
}

export async function readInvites(db: Db, userId: number): Promise<InviteStats> {
  const { rows } = await sql<InviteStats>`
    select
      (select count(*) from referrals where referrer_id = ${userId}) as invited,
      (select coalesce(sum(amount), 0) from free_grants
        where user_id = ${userId} and kind = 'inviting') as earned,
      coalesce((select bonus from free_counters where user_id = ${userId}), 0) as left`.execute(db)
  const { invited, earned, left } = rows[0] as InviteStats
  return { invited: Number(invited), earned: Number(earned), left }
}
