import { sql } from 'kysely'
import type { Db } from './db.ts'
import { mayBeForgotten } from './engine/lasting.ts'

/** How Telegram names a user. */
export interface PersonName {
  userId: number
  username: string | null
  firstName: string | null
}

/** Notes how Telegram names users; of one who is there twice, the last name counts. */
export async function noteNames(db: Db, names: readonly PersonName[]): Promise<void> {
  const newest = [...new Map(names.map((name) => [name.userId, name])).values()]
  // In order of users, so that two processes never wait for each other.
  const rows = newest.toSorted((a, b) => a.userId - b.userId)
  await sql`
    insert into user_names (user_id, username, first_name, seen_at)
    select *, now() from unnest(${rows.map((r) => r.userId)}::bigint[],
      ${rows.map((r) => r.username)}::text[], ${rows.map((r) => r.firstName)}::text[])
    where ${mayBeForgotten}
    on conflict (user_id) do update set username = excluded.username,
      first_name = excluded.first_name, seen_at = excluded.seen_at`.execute(db)
}

/** The user of this id, or whoever was seen last by this name; undefined: nobody here. */
export async function findPerson(db: Db, find: string): Promise<number | undefined> {
  const name = find.replace(/^(https?:\/\/)?t\.me\/|^@/, '')
  const byId = /^\d{1,15}$/.test(name)
  const row = byId
    ? await db
        .selectFrom('users')
        .select('id as user_id')
        .where('id', '=', Number(name))
        .executeTakeFirst()
    : await db
        .selectFrom('user_names')
        .select('user_id')
        .where(sql<string>`lower(username)`, '=', name.toLowerCase())
        .orderBy('seen_at', 'desc')
        .executeTakeFirst()
  return row?.user_id
}

/** All that an admin sees of a user. */
export interface StoredPerson {
  username: string | null
  firstName: string | null
  language: 'ru' | 'en'
  since: Date
  isBlocking: boolean
  bannedAt: Date | null
  words: string | null
  jobsPerHour: number | null
  availableKopecks: number
  bonusKopecks: number
  heldKopecks: number
  delivered: number
  failed: number
  paidKopecks: number
  refundedKopecks: number
  invited: number
  earned: number
  invitedBy: number | null
}

export async function readPerson(
  db: Db,
  userId: number,
  { succeeded, failed }: { succeeded: readonly string[]; failed: readonly string[] },
): Promise<StoredPerson | undefined> {
  const { rows } = await sql<StoredPerson>`
    select n.username, n.first_name as "firstName", u.language, u.created_at as since,
      u.blocked_at is not null as "isBlocking", r.banned_at as "bannedAt", r.words,
      r.jobs_per_hour as "jobsPerHour",
      coalesce(a.available_kopecks, 0) as "availableKopecks",
      coalesce(a.bonus_kopecks, 0) as "bonusKopecks",
      coalesce(a.held_kopecks, 0) as "heldKopecks",
      (select count(*)::int from jobs where user_id = u.id and status = any (${succeeded}::text[]))
        as delivered,
      (select count(*)::int from jobs where user_id = u.id and status = any (${failed}::text[]))
        as failed,
      coalesce((select sum(amount_kopecks) from ledger_entries
        where user_id = u.id and kind = 'top_up'), 0)::bigint as "paidKopecks",
      coalesce((select sum(case kind when 'refund' then amount_kopecks else -amount_kopecks end)
        from ledger_entries
        where user_id = u.id and kind in ('refund', 'refund_undone')), 0)::bigint
        as "refundedKopecks",
      (select count(*)::int from referrals where referrer_id = u.id) as invited,
      (select count(earned_at)::int from referrals where referrer_id = u.id) as earned,
      (select referrer_id from referrals where referred_id = u.id) as "invitedBy"
    from users u
    left join accounts a on a.user_id = u.id
    left join user_names n on n.user_id = u.id
    left join user_rules r on r.user_id = u.id
    where u.id = ${userId}`.execute(db)
  return rows[0]
}

/** One of a user's newest orders, as an admin sees it. */
export interface PersonOrder {
  id: string
  modelId: string
  status: string
  priceKopecks: number
  error: string | null
  at: Date
  isRefunded: boolean
}

/** The newest ones, and the one that is looked for. */
export async function readPersonOrders(
  db: Db,
  userId: number,
  most: number,
  orderId: string | null = null,
): Promise<PersonOrder[]> {
  const { rows } = await sql<PersonOrder>`
    select j.id, j.model_id as "modelId", j.status, j.price_kopecks as "priceKopecks",
      j.error_code as error, j.created_at as at,
      exists (select from ledger_entries where kind = 'sale_undone' and ref = j.id) as "isRefunded"
    from jobs j where j.user_id = ${userId}
    order by j.id = ${orderId ?? ''} desc, j.created_at desc limit ${most}`.execute(db)
  return rows
}

interface Decision {
  userId: number
  by: number
}

/** Keeps a user out, with the words that they read, or lets them in again (null). */
export async function setBan(
  db: Db,
  { userId, by, words }: Decision & { words: string | null },
): Promise<void> {
  const rule = {
    banned_at: words === null ? null : sql<Date>`now()`,
    words,
    decided_by: by,
    decided_at: sql<Date>`now()`,
  }
  await db
    .insertInto('user_rules')
    .values({ user_id: userId, jobs_per_hour: null, ...rule })
    .onConflict((oc) => oc.column('user_id').doUpdateSet(rule))
    .execute()
}

/** How many orders an hour a user may start; null: as many as everybody. */
export async function setLimit(
  db: Db,
  { userId, by, jobsPerHour }: Decision & { jobsPerHour: number | null },
): Promise<void> {
  const rule = { jobs_per_hour: jobsPerHour, decided_by: by, decided_at: sql<Date>`now()` }
  await db
    .insertInto('user_rules')
    .values({ user_id: userId, banned_at: null, words: null, ...rule })
    .onConflict((oc) => oc.column('user_id').doUpdateSet(rule))
    .execute()
}

/** Who may not use the bot, with the words they read. */
export async function readBans(db: Db): Promise<ReadonlyMap<number, string>> {
  const rows = await db
    .selectFrom('user_rules')
    .select(['user_id', 'words'])
    .where('banned_at', 'is not', null)
    .execute()
  return new Map(rows.map(({ user_id, words }) => [user_id, words ?? '']))
}

/** What came in and went out since then. */
export interface MoneyFacts {
  paidKopecks: number
  refundedKopecks: number
  salesKopecks: number
  costKopecks: number
}

/** The money of today, by the clocks of Moscow, and of the last 7 and 30 days. */
export async function readMoney(
  db: Db,
  at: number,
): Promise<{ today: MoneyFacts; week: MoneyFacts; month: MoneyFacts }> {
  const { rows } = await sql<{ days: number } & MoneyFacts>`
    select d.days,
      coalesce(sum(amount_kopecks) filter (where kind = 'top_up'), 0)::bigint as "paidKopecks",
      coalesce(sum(case kind when 'refund' then amount_kopecks
        when 'refund_undone' then -amount_kopecks end), 0)::bigint as "refundedKopecks",
      coalesce(sum(case kind when 'capture' then amount_kopecks
        when 'sale_undone' then -amount_kopecks end), 0)::bigint as "salesKopecks",
      coalesce(sum(amount_kopecks) filter (where kind = 'cost'), 0)::bigint as "costKopecks"
    from (values (0), (7), (30)) d (days)
    left join ledger_entries on created_at >= case d.days
      when 0 then date_trunc('day', to_timestamp(${at}::float8 / 1000), 'Europe/Moscow')
      else to_timestamp(${at}::float8 / 1000) - make_interval(days => d.days) end
    group by d.days order by d.days`.execute(db)
  const [today, week, month] = rows.map(({ days: _days, ...facts }) => facts)
  const none = { paidKopecks: 0, refundedKopecks: 0, salesKopecks: 0, costKopecks: 0 }
  return { today: today ?? none, week: week ?? none, month: month ?? none }
}
