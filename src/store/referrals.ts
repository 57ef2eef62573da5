import { sql } from 'kysely'
import type { Db } from './db.ts'
import { mayBeForgotten } from './engine/lasting.ts'
import { applyMark, findMark } from './erasure.ts'
import { bookMovements } from './ledger.ts'

/** What somebody brings along at their first arrival. */
export interface Arrival {
  userId: number
  /** Whose link they came by. */
  invitedBy: number | null
  /** Money that everybody starts with. */
  kopecks: number
  /** Free generations for an invited person, and as many for who invited; 0: not for arriving. */
  free: number
  caps: InviteCaps
  /** What an erasure may have left of them: see `Erasure`. */
  marks: readonly string[]
}

/** One without a link. */
export type PlainArrival = Pick<Arrival, 'userId' | 'marks'>

/** How many invitations bring something to who sent them. */
export interface InviteCaps {
  perDay: number
  ever: number
}

/** What an arrival brought, also when it is asked again. */
export interface Welcome {
  kopecks: number
  invitedBy: number | null
  free: number
}

/**
 * Deals with a user's first arrival, once for ever: the welcome money, and who invited them, if that
 * is somebody else who exists. With `free`, both sides are rewarded at once. Later arrivals, by whatever
 * link, bring nothing, and neither does the first one after an erasure.
 */
export async function welcome(db: Db, arrival: Arrival): Promise<Welcome> {
  await db.transaction().execute((tx) => firstArrival(tx, arrival))
  return readWelcome(db, arrival.userId)
}

/**
 * Deals at once with those who came by themselves where nothing is given for it, as most do; of each
 * whether that was all. Who was here before, or may have been erased, is left to `welcome`. Users are
 * locked in the order of their ids, as wherever several are.
 */
export async function arrivePlainly(db: Db, arrivals: readonly PlainArrival[]): Promise<boolean[]> {
  const { rows } = await sql<{ id: number }>`
    with plain as materialized (
      select u.id from users u join unnest(${arrivals.map(({ userId }) => userId)}::bigint[],
        ${arrivals.map(({ marks }) => marks.join(' '))}::text[]) as a (user_id, marks)
        on u.id = a.user_id
      where u.welcomed_at is null and not exists
        (select from erased_marks e where e.mark = any (string_to_array(a.marks, ' ')))
        and ${mayBeForgotten}
      order by u.id for update of u
    )
    update users u set welcomed_at = now() from plain p where u.id = p.id
    returning u.id`.execute(db)
  const arrived = new Set(rows.map(({ id }) => id))
  return arrivals.map(({ userId }) => arrived.has(userId))
}

/** Hits a row for the one who has not been welcomed yet. */
const welcoming = (db: Db, userId: number) =>
  db
    .updateTable('users')
    .set({ welcomed_at: sql<Date>`now()` })
    .where('id', '=', userId)
    .where('welcomed_at', 'is', null)

async function firstArrival(
  tx: Db,
  { userId, invitedBy, kopecks, free, caps, marks }: Arrival,
): Promise<void> {
  const { numUpdatedRows } = await welcoming(tx, userId).executeTakeFirst()
  if (numUpdatedRows === 0n) return
  if (await findMark(tx, marks)) return await applyMark(tx, { userId, marks })
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
  await grantBoth(tx, { referredId: userId, referrerId: invitedBy, free, caps })
}

interface Reward {
  referredId: number
  referrerId: number
  free: number
  caps: InviteCaps
}

/** Grants both sides their reward, once; who invited too many gets none. */
async function grantBoth(
  tx: Db,
  { referredId, referrerId, free, caps }: Reward,
): Promise<'rewarded' | 'capped'> {
  // Behind the lock of who invited, so that rewards at the same time are counted one after the other.
  await tx.selectFrom('users').select('id').where('id', '=', referrerId).forUpdate().execute()
  const { ever, today } = await tx
    .selectFrom('free_grants')
    .select((eb) => [
      eb.fn.countAll<string>().as('ever'),
      eb.fn
        .countAll<string>()
        .filterWhere('created_at', '>', sql<Date>`now() - interval '1 day'`)
        .as('today'),
    ])
    .where('user_id', '=', referrerId)
    .where('kind', '=', 'inviting')
    .executeTakeFirstOrThrow()
  const isCapped = Number(ever) >= caps.ever || Number(today) >= caps.perDay
  const ref = String(referredId)
  const grants = [
    { user_id: referredId, kind: 'invited' as const, ref, amount: free },
    ...(isCapped ? [] : [{ user_id: referrerId, kind: 'inviting' as const, ref, amount: free }]),
  ]
  // In order of users, so that two rewards never wait for each other.
  const sorted = grants.toSorted((a, b) => a.user_id - b.user_id)
  await tx
    .insertInto('free_grants')
    .values(sorted)
    .onConflict((oc) => oc.columns(['kind', 'ref']).doNothing())
    .execute()
  return isCapped ? 'capped' : 'rewarded'
}

/**
 * Notes that an invited friend got an order that they paid for with money of their own; the first one
 * counts. Call it in the transaction that captures the order's price.
 */
export async function noteEarned(
  db: Db,
  { userId, ref }: { userId: number; ref: string },
): Promise<void> {
  await db
    .updateTable('referrals')
    .set({ earned_at: sql<Date>`now()` })
    .where('referred_id', '=', userId)
    .where('earned_at', 'is', null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('ledger_entries')
          .select('id')
          .where('kind', '=', 'capture')
          .where('ref', '=', ref)
          .where('user_id', '=', userId)
          .whereRef('amount_kopecks', '>', 'bonus_kopecks'),
      ),
    )
    .execute()
}

/** Invitations whose reward is due, oldest first. */
export async function readEarned(
  db: Db,
  most: number,
): Promise<{ referredId: number; referrerId: number }[]> {
  return db
    .selectFrom('referrals')
    .select(['referred_id as referredId', 'referrer_id as referrerId'])
    .where('earned_at', 'is not', null)
    .where('settled_at', 'is', null)
    .orderBy('earned_at')
    .limit(most)
    .execute()
}

/** Books a reward, once, and says what each side has got for it, also when it is asked again. */
export async function rewardInvite(
  db: Db,
  reward: Reward,
): Promise<{ referred: number; referrer: number }> {
  const { referredId } = reward
  await db.transaction().execute(async (tx) => {
    const open = await tx
      .selectFrom('referrals')
      .select('referred_id')
      .where('referred_id', '=', referredId)
      .where('outcome', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (open === undefined || reward.free === 0) return
    const outcome = await grantBoth(tx, reward)
    await tx
      .updateTable('referrals')
      .set({ outcome })
      .where('referred_id', '=', referredId)
      .execute()
  })
  const rows = await db
    .selectFrom('free_grants')
    .select(['kind', 'amount'])
    .where('kind', 'in', ['invited', 'inviting'])
    .where('ref', '=', String(referredId))
    .execute()
  const amountOf = (kind: string) => rows.find((row) => row.kind === kind)?.amount ?? 0
  return { referred: amountOf('invited'), referrer: amountOf('inviting') }
}

/** Both sides know of the reward. */
export async function markSettled(db: Db, referredId: number): Promise<void> {
  await db
    .updateTable('referrals')
    .set({ settled_at: sql<Date>`now()` })
    .where('referred_id', '=', referredId)
    .execute()
}

/** Somebody who invited many of late of whom hardly anybody ordered. */
export interface Farmed {
  userId: number
  invited: number
  earned: number
}

/** Invitations of the last week that look like accounts made for the bonus, most of them first. */
export async function readFarmed(db: Db): Promise<Farmed[]> {
  const { rows } = await sql<Farmed>`
    select referrer_id as "userId", count(*)::int as invited, count(earned_at)::int as earned
    from referrals where created_at > now() - interval '7 days'
    group by referrer_id
    having count(*) >= 10 and count(earned_at) * 10 < count(*)
    order by invited desc limit 5`.execute(db)
  return rows
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
