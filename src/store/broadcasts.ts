import { type RawBuilder, type Selectable, sql } from 'kysely'
import { refusedBy } from './database.ts'
import type { Db } from './db.ts'
import type { BroadcastRow } from './schema.ts'

export type StoredBroadcast = Selectable<BroadcastRow>

/** A broadcast as its machine sees it; written in the transaction of each of its steps. */
export interface BroadcastRecord {
  id: string
  madeBy: number
  status: string
  words: string | null
  /** It may keep the turn that it has; without this it gives it back. */
  hasTurn: boolean
}

/** Mirrors broadcasts. The turn is never taken here: see `takeTurn`. */
export async function recordBroadcasts(db: Db, given: readonly BroadcastRecord[]): Promise<void> {
  for (const { id, madeBy, status, words, hasTurn } of given.toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  )) {
    await db
      .insertInto('broadcasts')
      .values({ id, made_by: madeBy, status, words, fixed_at: null })
      .onConflict((oc) =>
        oc.column('id').doUpdateSet({
          ...{ status, words },
          has_turn: sql<boolean>`broadcasts.has_turn and ${hasTurn}`,
          updated_at: sql<Date>`now()`,
        }),
      )
      .execute()
  }
}

/** The newest ones first. */
export const readBroadcasts = (db: Db, most: number): Promise<StoredBroadcast[]> =>
  db.selectFrom('broadcasts').selectAll().orderBy('created_at', 'desc').limit(most).execute()

/** Whom a broadcast is for. */
export type RecipientFilter =
  | { kind: 'all' }
  | { kind: 'language'; language: 'ru' | 'en' }
  | { kind: 'paid' }
  | { kind: 'idle'; days: number }
  | { kind: 'subscribed' }

/** Users who fit: they can be reached, are let in, and have not declined news. */
function recipients(filter: RecipientFilter, botId: number): RawBuilder<unknown> {
  const fits = {
    all: () => sql`true`,
    language: (f) => sql`u.language = ${f.language}`,
    paid: () => sql`exists (
      select from ledger_entries where user_id = u.id and kind = 'top_up')`,
    // Whatever happened in the chat counts, as far as it was a step of the dialogue.
    idle: (f) => sql`not exists (
      select from actors where id = 'conversation:' || ${botId}::text || ':' || u.id
        and updated_at > now() - make_interval(days => ${f.days}))`,
    subscribed: () => sql`c.choice = 'on'`,
  } satisfies {
    [K in RecipientFilter['kind']]: (
      f: Extract<RecipientFilter, { kind: K }>,
    ) => RawBuilder<unknown>
  }
  const only = (fits[filter.kind] as (f: RecipientFilter) => RawBuilder<unknown>)(filter)
  return sql`
    from users u
    left join news_choices c on c.user_id = u.id
    left join user_rules r on r.user_id = u.id
    where u.blocked_at is null and r.banned_at is null and c.choice is distinct from 'off'
      and ${only}`
}

/** How many people an audience has now. */
export async function countRecipients(
  db: Db,
  filter: RecipientFilter,
  botId: number,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n ${recipients(filter, botId)}`.execute(db)
  return rows[0]?.n ?? 0
}

/**
 * Takes the turn to send, and fixes whom the broadcast is for, the first time. Resolves with how many
 * that are; undefined while another broadcast has the turn. Harmless when repeated.
 */
export async function takeTurn(
  db: Db,
  { id, filter, botId }: { id: string; filter: RecipientFilter; botId: number },
): Promise<number | undefined> {
  try {
    return await db.transaction().execute(async (trx) => {
      await trx.updateTable('broadcasts').set({ has_turn: true }).where('id', '=', id).execute()
      const fixed = await trx
        .updateTable('broadcasts')
        .set({ fixed_at: sql<Date>`now()` })
        .where('id', '=', id)
        .where('fixed_at', 'is', null)
        .returning('id')
        .executeTakeFirst()
      if (fixed !== undefined) {
        await sql`
          insert into broadcast_recipients (broadcast_id, user_id)
          select ${id}, u.id ${recipients(filter, botId)}
          on conflict do nothing`.execute(trx)
      }
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from broadcast_recipients where broadcast_id = ${id}`.execute(trx)
      return rows[0]?.n ?? 0
    })
  } catch (error) {
    if (refusedBy(error) === 'broadcasts_turn') return undefined
    throw error
  }
}

/** Somebody who has not got it yet. */
export interface Recipient {
  userId: number
  language: 'ru' | 'en'
}

/** The next who wait for it. */
export async function readWaitingRecipients(
  db: Db,
  id: string,
  most: number,
): Promise<Recipient[]> {
  const { rows } = await sql<Recipient>`
    select r.user_id as "userId", u.language from broadcast_recipients r
    join users u on u.id = r.user_id
    where r.broadcast_id = ${id} and r.status = 'waiting'
    order by r.user_id limit ${most}`.execute(db)
  return rows
}

/**
 * The fence: takes one recipient for this taker, right before the message leaves. `skipped`: they have
 * declined news since, or are kept out; `taken`: somebody else had them; `stopped`: the broadcast is
 * not being sent just now. The same taker may ask again when the answer was lost.
 */
export async function takeRecipient(
  db: Db,
  { id, userId, taker, sending }: { id: string; userId: number; taker: string; sending: string },
): Promise<'ours' | 'skipped' | 'taken' | 'stopped'> {
  const { rows } = await sql<{ status: 'sending' | 'skipped' }>`
    update broadcast_recipients r set taker = ${taker}, changed_at = now(),
      status = case when exists (
          select from news_choices where user_id = ${userId} and choice = 'off'
        ) or exists (
          select from user_rules where user_id = ${userId} and banned_at is not null
        ) then 'skipped' else 'sending' end
    where r.broadcast_id = ${id} and r.user_id = ${userId}
      and (r.status = 'waiting' or (r.status = 'sending' and r.taker = ${taker}))
      and exists (select from broadcasts where id = ${id} and status = ${sending})
    returning status`.execute(db)
  const [row] = rows
  if (row !== undefined) return row.status === 'skipped' ? 'skipped' : 'ours'
  const broadcast = await db
    .selectFrom('broadcasts')
    .select('status')
    .where('id', '=', id)
    .executeTakeFirst()
  return broadcast?.status === sending ? 'taken' : 'stopped'
}

/** What became of a message; `waiting`: it certainly did not leave. */
export type RecipientOutcome =
  | { status: 'sent'; messageId: number }
  | { status: 'blocked' | 'failed' | 'lost'; code: string }
  /** `restMs`: how long nothing should be sent; absent: until somebody has looked into it. */
  | { status: 'waiting'; code: string; restMs?: number }

/** Notes what became of it, unless it was given to somebody else meanwhile. */
export async function settleRecipient(
  db: Db,
  { id, userId, taker }: { id: string; userId: number; taker: string },
  outcome: RecipientOutcome,
): Promise<void> {
  await db
    .updateTable('broadcast_recipients')
    .set({
      status: outcome.status,
      taker: null,
      message_id: outcome.status === 'sent' ? outcome.messageId : null,
      error_code: outcome.status === 'sent' ? null : outcome.code,
      changed_at: sql<Date>`now()`,
    })
    .where('broadcast_id', '=', id)
    .where('user_id', '=', userId)
    .where('taker', '=', taker)
    .execute()
}

/**
 * Gives up what other takers have left in the middle: it may have arrived, so nobody sends it again.
 * One that is slow rather than dead still notes what became of it.
 */
export async function giveUpRecipients(db: Db, id: string, taker: string): Promise<void> {
  await db
    .updateTable('broadcast_recipients')
    .set({ status: 'lost', changed_at: sql<Date>`now()` })
    .where('broadcast_id', '=', id)
    .where('status', '=', 'sending')
    .where('taker', '<>', taker)
    .execute()
}

/** How many of its recipients are in each state; who is being sent to counts as waiting. */
export async function tallyRecipients(
  db: Db,
  id: string,
): Promise<Record<'total' | 'sent' | 'blocked' | 'failed' | 'skipped' | 'lost', number>> {
  const tally = { total: 0, sent: 0, blocked: 0, failed: 0, skipped: 0, lost: 0 }
  const rows = await db
    .selectFrom('broadcast_recipients')
    .select(['status', sql<number>`count(*)::int`.as('n')])
    .where('broadcast_id', '=', id)
    .groupBy('status')
    .execute()
  for (const { status, n } of rows) {
    tally.total += n
    if (status !== 'waiting' && status !== 'sending') tally[status] += n
  }
  return tally
}
