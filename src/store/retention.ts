import { type RawBuilder, sql } from 'kysely'
import type { Db } from './db.ts'
import { trimJournal } from './engine/journal.ts'

const DAY_MS = 86_400_000
const PORTION = 1_000
/**
 * What became due within so long before its limit is looked for; what was missed (nobody ran) is
 * found by a full look. So the regular one reads an index, however old the database is.
 */
const WINDOW_DAYS = 60

/** How long the rows of a table are kept. Money, people and what they own are kept for ever. */
export interface RetentionRule {
  readonly name: string
  /** Days after which rows go. */
  readonly days: number
  /** What goes, and why it may. */
  readonly what: string
}

/** Days after which rows go, by what they are: the one place where it is configured. */
export const KEPT_DAYS = {
  journal: 30,
  closedActors: 1,
  orderSteps: 45,
  orderSnapshots: 90,
  orderWords: 180,
  notices: 30,
  results: 400,
  replayedLetters: 30,
  letters: 180,
  sessions: 1,
  actions: 400,
  erasedMarks: 400,
  supportMessages: 180,
  broadcasts: 180,
  alarms: 30,
} as const

/** What to do with one portion of what is due; the number of rows that it hit. */
interface Rule extends RetentionRule {
  due(range: Range): RawBuilder<{ n: number }>
  sweep(range: Range): RawBuilder<{ n?: number }>
}

/** Rows whose time lies in `[from, before)`. */
interface Range {
  from: Date
  before: Date
  /** Statuses of orders in which nothing more happens by itself. */
  ended: readonly string[]
}

/** Ended orders of the range; the index of jobs by time finds them. */
const endedJobs = ({ from, before, ended }: Range) => sql`
  select id from jobs where created_at >= ${from} and created_at < ${before}
    and updated_at < ${before} and status = any (${ended}::text[])`

/** Drops actors and returns their number; the numbers of actors by state are kept by those who change them. */
const dropActors = (which: RawBuilder<unknown>) => sql<{ n: number }>`
  with gone as (
    delete from actors where id in (${which}) returning machine, state
  ), counted as (
    insert into state_counts (machine, state, slot, count)
    select machine, state, -2, -count(*) from gone group by 1, 2 order by 1, 2
    on conflict (machine, state, slot) do update set count = state_counts.count + excluded.count
  )
  select count(*)::int as n from gone`

/** Actors that have come to their final state; a partial index finds them. */
const closedActors = ({ before }: Range) => sql`
  select id from actors where status = 'done' and updated_at < ${before}`

const RULES: readonly Rule[] = [
  {
    name: 'journal of closed actors',
    days: KEPT_DAYS.closedActors,
    what: 'steps of orders and top-ups that are closed: 60 days after an order, 400 after a payment',
    due: (range) => sql`
      select count(*)::int as n from journal where actor_id in (${closedActors(range)})`,
    sweep: (range) => sql`
      delete from journal where actor_id in (
        select id from (${closedActors(range)}) a
        where exists (select from journal where actor_id = a.id) limit ${PORTION / 10})`,
  },
  {
    name: 'closed actors',
    days: KEPT_DAYS.closedActors,
    what: 'their snapshots; orders, invoices, payments and the ledger stay',
    due: (range) => sql`select count(*)::int as n from (${closedActors(range)}) a`,
    sweep: (range) => dropActors(sql`${closedActors(range)} limit ${PORTION}`),
  },
  {
    name: 'journal of orders',
    days: KEPT_DAYS.orderSteps,
    what: 'steps of ended orders; Telegram repeats for a day, the provider keeps results for 14',
    due: (range) => sql`
      select count(*)::int as n from journal where actor_id in (
        select 'job:' || id from (${endedJobs(range)}) j)`,
    sweep: (range) => sql`
      delete from journal where actor_id in (
        select 'job:' || id from (${endedJobs(range)}) j
        where exists (select from journal where actor_id = 'job:' || j.id) limit ${PORTION / 10})`,
  },
  {
    name: 'actors of orders',
    days: KEPT_DAYS.orderSnapshots,
    what: 'snapshots of ended orders that release 0.1 left, which nothing closes',
    due: (range) => sql`
      select count(*)::int as n from actors where id in (
        select 'job:' || id from (${endedJobs(range)}) j)`,
    sweep: (range) =>
      dropActors(sql`
        select 'job:' || id from (${endedJobs(range)}) j
        where exists (select from actors where id = 'job:' || j.id) limit ${PORTION}`),
  },
  {
    name: 'words of orders',
    days: KEPT_DAYS.orderWords,
    what: 'what people answered in orders that they do not keep as favourites',
    due: (range) => sql`
      select count(*)::int as n from jobs j where id in (${endedJobs(range)}) and input <> '{}'
        and not exists (select from favourites f where f.job_id = j.id and f.saved)`,
    sweep: (range) => sql`
      update jobs set input = '{}' where id in (
        select id from jobs j where id in (${endedJobs(range)}) and input <> '{}'
          and not exists (select from favourites f where f.job_id = j.id and f.saved)
        limit ${PORTION})`,
  },
  {
    name: 'sends of notices',
    days: KEPT_DAYS.notices,
    what: 'what was sent besides results, so that it is not sent twice',
    due: ({ from, before }) => sql`
      select count(*)::int as n from sends
      where started_at >= ${from} and started_at < ${before} and key not like 'job:%'`,
    sweep: ({ from, before }) => sql`
      delete from sends where key in (
        select key from sends where started_at >= ${from} and started_at < ${before}
          and key not like 'job:%' limit ${PORTION})`,
  },
  {
    name: 'sends of results',
    days: KEPT_DAYS.results,
    what: 'by which a result is shown again from the history',
    due: ({ from, before }) => sql`
      select count(*)::int as n from sends
      where started_at >= ${from} and started_at < ${before} and key like 'job:%'`,
    sweep: ({ from, before }) => sql`
      delete from sends where key in (
        select key from sends where started_at >= ${from} and started_at < ${before}
          and key like 'job:%' limit ${PORTION})`,
  },
  {
    name: 'replayed dead letters',
    days: KEPT_DAYS.replayedLetters,
    what: 'what went well the second time',
    due: ({ before }) => sql`
      select count(*)::int as n from dead_letters where replayed_at < ${before}`,
    sweep: ({ before }) => sql`
      delete from dead_letters where id in (
        select id from dead_letters where replayed_at < ${before} limit ${PORTION})`,
  },
  {
    name: 'dead letters',
    days: KEPT_DAYS.letters,
    what: 'what nobody replayed',
    due: ({ before }) => sql`
      select count(*)::int as n from dead_letters
      where replayed_at is null and created_at < ${before}`,
    sweep: ({ before }) => sql`
      delete from dead_letters where id in (
        select id from dead_letters
        where replayed_at is null and created_at < ${before} limit ${PORTION})`,
  },
  {
    name: 'sessions of the console',
    days: KEPT_DAYS.sessions,
    what: 'sessions that ended by themselves',
    due: ({ before }) => sql`
      select count(*)::int as n from console_sessions where expires_at < ${before}`,
    sweep: ({ before }) => sql`
      delete from console_sessions where hash in (
        select hash from console_sessions where expires_at < ${before} limit ${PORTION})`,
  },
  {
    name: 'acts of operators',
    days: KEPT_DAYS.actions,
    what: 'who did what in the console',
    due: ({ before }) => sql`
      select count(*)::int as n from operator_actions where at < ${before}`,
    sweep: ({ before }) => sql`
      delete from operator_actions where id in (
        select id from operator_actions where at < ${before} limit ${PORTION})`,
  },
  {
    name: 'messages of support',
    days: KEPT_DAYS.supportMessages,
    what: 'which message of the staff’s chat belongs to whom, for replies',
    due: ({ before }) => sql`
      select count(*)::int as n from support_messages where sent_at < ${before}`,
    sweep: ({ before }) => sql`
      delete from support_messages where (chat_id, message_id) in (
        select chat_id, message_id from support_messages where sent_at < ${before}
        limit ${PORTION})`,
  },
  {
    name: 'recipients of broadcasts',
    days: KEPT_DAYS.broadcasts,
    what: 'who got a broadcast, which nobody has touched since; its numbers stay',
    due: ({ before }) => sql`
      select count(*)::int as n from broadcast_recipients r join broadcasts b on b.id = broadcast_id
      where b.updated_at < ${before} and not has_turn and changed_at < ${before}`,
    sweep: ({ before }) => sql`
      delete from broadcast_recipients where (broadcast_id, user_id) in (
        select broadcast_id, user_id from broadcast_recipients r
        join broadcasts b on b.id = broadcast_id
        where b.updated_at < ${before} and not has_turn and changed_at < ${before}
        limit ${PORTION})`,
  },
  {
    name: 'alarms',
    days: KEPT_DAYS.alarms,
    what: 'when admins were last told of what; none is held back for as long',
    due: ({ before }) => sql`select count(*)::int as n from alerts where raised_at < ${before}`,
    sweep: ({ before }) => sql`
      delete from alerts where topic in (
        select topic from alerts where raised_at < ${before} limit ${PORTION})`,
  },
  {
    name: 'marks of erased people',
    days: KEPT_DAYS.erasedMarks,
    what: 'by which somebody who comes back gets no second welcome',
    due: ({ before }) => sql`
      select count(*)::int as n from erased_marks where month < ${before}`,
    sweep: ({ before }) => sql`
      delete from erased_marks where mark in (
        select mark from erased_marks where month < ${before} limit ${PORTION})`,
  },
]

/** Events of conversations and other actors that go on, behind their newest checkpoint. */
const JOURNAL_DAYS = KEPT_DAYS.journal

export const RETENTION: readonly RetentionRule[] = [
  {
    name: 'journal',
    days: JOURNAL_DAYS,
    what: 'steps before the newest checkpoint that is as old; further back than any sender repeats',
  },
  ...RULES,
]

export interface RetentionOptions {
  now: number
  /** Statuses of ended orders. */
  ended: readonly string[]
  /** Looks at everything, not only at what became due lately. */
  full?: boolean
  /** No more after this. */
  signal?: AbortSignal
}

const rangeOf = (
  { days }: RetentionRule,
  { now, ended, full = false }: RetentionOptions,
): Range => ({
  from: full ? new Date(0) : new Date(now - (days + WINDOW_DAYS) * DAY_MS),
  before: new Date(now - days * DAY_MS),
  ended,
})

/** How many rows of each rule would go now. Reads all of it: for a person who asks. */
export async function dueForRetention(
  db: Db,
  options: RetentionOptions,
): Promise<Record<string, number>> {
  const before = new Date(options.now - JOURNAL_DAYS * DAY_MS)
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from journal j join (
      select actor_id, max(seq) as seq from journal
      where checkpoint is not null and at < ${before} group by actor_id
    ) c on j.actor_id = c.actor_id and j.seq < c.seq`.execute(db)
  const due: Record<string, number> = { journal: rows[0]?.n ?? 0 }
  for (const rule of RULES) {
    const found = await rule.due(rangeOf(rule, { ...options, full: true })).execute(db)
    due[rule.name] = found.rows[0]?.n ?? 0
  }
  return due
}

/**
 * Removes what has been kept for long enough, in portions that hold nobody up; returns how many rows
 * went, by rule. Safe to run in many instances at once.
 */
export async function retain(db: Db, options: RetentionOptions): Promise<Record<string, number>> {
  const gone: Record<string, number> = {
    journal: await trimJournal(db, new Date(options.now - JOURNAL_DAYS * DAY_MS)),
  }
  for (const rule of RULES) {
    const range = rangeOf(rule, options)
    let hit = 0
    for (let last = 1; last > 0 && !options.signal?.aborted; ) {
      const { numAffectedRows, rows } = await rule.sweep(range).execute(db)
      last = Number(numAffectedRows ?? rows[0]?.n ?? 0)
      hit += last
    }
    gone[rule.name] = hit
  }
  return gone
}
