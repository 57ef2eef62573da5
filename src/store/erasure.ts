import { type RawBuilder, sql } from 'kysely'
import type { Db } from './db.ts'
import type { Schema } from './schema.ts'
import { readThread } from './support.ts'

/**
 * What an erasure does to a person's rows of each table. `gone`: deleted. `alias`: they stay, in the
 * name of a random number. `redacted`: they are others' rows, in which the number takes the id's place.
 * `nobody`: no row is about a single person.
 */
export const ERASURE = {
  users: 'alias',
  accounts: 'alias',
  ledger_entries: 'alias',
  jobs: 'alias',
  invoices: 'alias',
  payments: 'alias',
  refund_requests: 'alias',
  star_transactions: 'alias',
  free_uses: 'alias',
  free_grants: 'alias',
  referrals: 'alias',
  broadcast_recipients: 'alias',
  promo_uses: 'alias',
  operator_actions: 'alias',
  templates: 'alias',
  template_settings: 'alias',
  actors: 'redacted',
  journal: 'redacted',
  effects: 'redacted',
  timers: 'gone',
  dead_letters: 'gone',
  screens: 'gone',
  sends: 'gone',
  user_names: 'gone',
  user_rules: 'gone',
  free_counters: 'gone',
  favourites: 'gone',
  shares: 'gone',
  word_uses: 'gone',
  reminders: 'gone',
  news_choices: 'gone',
  support_threads: 'gone',
  support_messages: 'gone',
  chat_topics: 'gone',
  overruns: 'nobody',
  erasures: 'nobody',
  erased_marks: 'nobody',
  alerts: 'nobody',
  broadcasts: 'nobody',
  free_budget: 'nobody',
  installation: 'nobody',
  instances: 'nobody',
  model_pauses: 'nobody',
  model_terms: 'nobody',
  sales_terms: 'nobody',
  provider_changes: 'nobody',
  provider_diff: 'nobody',
  pauses: 'nobody',
  promo_codes: 'nobody',
  provider_account: 'nobody',
  star_audits: 'nobody',
  state_counts: 'nobody',
  console_sessions: 'nobody',
} as const satisfies Partial<Record<keyof Schema, 'gone' | 'alias' | 'redacted' | 'nobody'>>

/** What of a person's is still open, and what they would lose. */
export interface OpenBusiness {
  /** Orders that are neither delivered nor given up. */
  running: number
  /** Payments that are being made, reviewed or returned. */
  payments: number
  /** What they owe for Stars that went back after they were spent. */
  debtKopecks: number
  availableKopecks: number
  bonusKopecks: number
  freeLeft: number
}

/** Whether it must end first: somebody else has a part in it. */
export const isOpen = ({ running, payments, debtKopecks }: OpenBusiness): boolean =>
  running > 0 || payments > 0 || debtKopecks > 0

/** Statuses of orders that have ended, and of top-ups that somebody is at. */
export interface OpenStatuses {
  ended: readonly string[]
  inHand: readonly string[]
}

export async function readOpenBusiness(
  db: Db,
  userId: number,
  { ended, inHand }: OpenStatuses,
): Promise<OpenBusiness> {
  const { rows } = await sql<OpenBusiness>`
    select
      (select count(*)::int from jobs
        where user_id = ${userId} and status <> all (${ended}::text[])) as running,
      (select count(*)::int from invoices
        where user_id = ${userId} and status = any (${inHand}::text[]))
      + (select count(*)::int from refund_requests
        where user_id = ${userId} and state = 'open') as payments,
      (select coalesce(sum(debt_kopecks - debt_paid_kopecks), 0)::bigint from payments
        where user_id = ${userId}) as "debtKopecks",
      coalesce((select available_kopecks from accounts where user_id = ${userId}), 0)
        as "availableKopecks",
      coalesce((select bonus_kopecks from accounts where user_id = ${userId}), 0) as "bonusKopecks",
      coalesce((select bonus from free_counters where user_id = ${userId}), 0) as "freeLeft"
  `.execute(db)
  return rows[0] as OpenBusiness
}

export interface Erasure extends OpenStatuses {
  userId: number
  botId: number
  /** Whose number stands in the books from now on: random, 2^52 or more. */
  alias: number
  /** A keyed hash of the id; without the key nobody finds the id by it. */
  mark: string
  askedBy: 'person' | 'admin'
  /** Whose screens may show the person. */
  staffIds: readonly number[]
  now: number
}

export type ErasureOutcome =
  | {
      outcome: 'erased'
      language: 'ru' | 'en'
      /** The message that showed their screen. */
      messageId: number | null
      /** Where the staff read what they asked. */
      topic: { chatId: number; topicId: number } | null
    }
  | { outcome: 'open' }
  | { outcome: 'unknown' }

/**
 * Erases all that says who somebody is or what they wrote, in one transaction; the books stay, in the
 * name of the alias. Nothing is done while something of theirs is open. The database refuses books that
 * would say something else afterwards.
 */
export function erasePerson(db: Db, erasure: Erasure): Promise<ErasureOutcome> {
  return db.transaction().execute(async (tx): Promise<ErasureOutcome> => {
    const { userId, botId } = erasure
    // Whatever is about to begin for this person waits here, and then finds nobody.
    const user = await tx
      .selectFrom('users')
      .select('language')
      .where('id', '=', userId)
      .forUpdate()
      .executeTakeFirst()
    if (user === undefined) return { outcome: 'unknown' }
    if (isOpen(await readOpenBusiness(tx, userId, erasure))) return { outcome: 'open' }
    const own = `conversation:${botId}:${userId}`
    const screen = await tx
      .selectFrom('screens')
      .select('message_id')
      .where('actor_id', '=', own)
      .executeTakeFirst()
    const name = await tx
      .selectFrom('user_names')
      .select(['username', 'first_name'])
      .where('user_id', '=', userId)
      .executeTakeFirst()
    const thread = await readThread(tx, userId)
    const others = await actorsThatKnow(tx, erasure)
    const { alias, askedBy } = erasure
    await tx.insertInto('erasures').values({ alias, asked_by: askedBy }).execute()
    await leaveMark(tx, erasure)
    const words = {
      ...{ id: userId, alias, username: name?.username, firstName: name?.first_name },
      reasons: await reasonsAbout(tx, userId),
    }
    await redactActors(tx, others, words, erasure.now)
    await dropOwnActors(tx, erasure, own)
    for (const statement of statements(erasure, own)) await statement.execute(tx)
    const messageId = screen?.message_id ?? null
    return { outcome: 'erased', language: user.language, messageId, topic: thread?.topic ?? null }
  })
}

/** Dialogues of staff, of who invited them and whom they invited; top-ups that the books need. */
async function actorsThatKnow(
  tx: Db,
  { userId, botId, staffIds }: Erasure,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select 'conversation:' || ${botId}::bigint || ':' || person as id from (
      select unnest(${staffIds}::bigint[]) as person
      union select referrer_id from referrals where referred_id = ${userId}
      union select referred_id from referrals where referrer_id = ${userId}) p
    where person <> ${userId}
    union select 'topup:' || id from invoices where user_id = ${userId}
    union select 'topup:' || invoice_id from payments where user_id = ${userId}`.execute(tx)
  return rows.map(({ id }) => id)
}

/** What is not given again: the free ones of today, promo codes, and a ban stays a ban. */
async function leaveMark(tx: Db, { userId, mark, now }: Erasure): Promise<void> {
  await sql`
    insert into erased_marks as m
      (mark, month, banned, day, day_used, hour, hour_used, promo_codes)
    select ${mark}, date_trunc('month', to_timestamp(${now}::float8 / 1000))::date,
      exists (select from user_rules where user_id = u.id and banned_at is not null),
      nullif(c.day, '-infinity'), coalesce(c.day_used, 0),
      nullif(c.hour, '-infinity'), coalesce(c.hour_used, 0),
      array(select code from promo_uses where user_id = u.id order by code)
    from users u left join free_counters c on c.user_id = u.id where u.id = ${userId}
    on conflict (mark) do update set month = excluded.month, banned = m.banned or excluded.banned,
      day = coalesce(excluded.day, m.day), day_used = excluded.day_used,
      hour = coalesce(excluded.hour, m.hour), hour_used = excluded.hour_used,
      promo_codes = array(select distinct unnest(m.promo_codes || excluded.promo_codes))`.execute(
    tx,
  )
}

/** Shorter ones are ordinary words, which stand in other places too. */
const SHORTEST_REASON = 4

/** What admins wrote about this person when they decided something. */
async function reasonsAbout(tx: Db, userId: number): Promise<string[]> {
  const { rows } = await sql<{ words: string | null }>`
    select reason as words from ledger_entries where user_id = ${userId}
    union select words from user_rules where user_id = ${userId}
    union select why from operator_actions where target = ${`user:${userId}`}
      or target in (select 'job:' || id from jobs where user_id = ${userId})
      or target in (select 'payment:' || charge_id from payments where user_id = ${userId})`.execute(
    tx,
  )
  return rows.flatMap(({ words }) =>
    words !== null && words.length >= SHORTEST_REASON ? [words] : [],
  )
}

interface Words {
  id: number
  alias: number
  reasons: readonly string[]
  username: string | null | undefined
  firstName: string | null | undefined
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Finds the person in JSON, and puts the alias in their place. */
function createRedaction({ id, alias, username, firstName, reasons }: Words) {
  const numbers = `(?<!\\d)${id}(?!\\d)`
  // Behind a secret, a template or a model, too: `start-links.ts`.
  const link = `(?<![0-9a-z])(ref|[mts]_[a-z0-9-]+)_${id.toString(36)}(?![0-9a-z])`
  const names = username ? `@?(?<!\\w)${escapePattern(username)}(?!\\w)` : undefined
  const said = reasons.map((reason) => escapePattern(reason).replace(/\s+/g, '\\s+'))
  const pattern = [numbers, link, ...(names === undefined ? [] : [names]), ...said].join('|')
  const rules: [RegExp, string][] = [
    [new RegExp(numbers, 'g'), String(alias)],
    [new RegExp(link, 'g'), `$1_${alias.toString(36)}`],
    ...(names === undefined ? [] : [[new RegExp(names, 'gi'), ''] as [RegExp, string]]),
    // As long as the shortest reason that an admin may give.
    ...said.map((reason): [RegExp, string] => [new RegExp(reason, 'g'), '———']),
  ]
  const clean = (text: string) => rules.reduce((t, [what, by]) => t.replace(what, by), text)

  function redact(value: unknown, key = ''): unknown {
    if (value === id) return alias
    if (typeof value === 'string') {
      return key === 'firstName' && value === firstName ? null : clean(value)
    }
    if (Array.isArray(value)) return value.map((item) => redact(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [clean(k), redact(v, k)]))
  }
  return { pattern, clean, redact }
}

/** A receipt of a bank transfer shows who sent it. */
function withoutReceipt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutReceipt)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      ['fileId', 'uniqueId'].includes(key) && typeof inner === 'string'
        ? 'erased'
        : withoutReceipt(inner),
    ]),
  )
}

/**
 * Puts the alias into others' snapshots and journals, consistently, so that a replay still agrees. Each
 * actor makes a step, so that processes which have it in memory read it anew.
 */
async function redactActors(tx: Db, ids: readonly string[], words: Words, now: number) {
  const { pattern, clean, redact } = createRedaction(words)
  const { rows: actors } = await sql<{
    id: string
    version: number
    machine_version: number
    state: string
    snapshot: unknown
    timers: unknown
  }>`
    select id, version, machine_version, state, snapshot, timers from actors
    where id = any (${ids}::text[]) order by id for update`.execute(tx)
  for (const actor of actors) {
    const isTopup = actor.id.startsWith('topup:')
    const change = (value: unknown) => redact(isTopup ? withoutReceipt(value) : value)
    const { rows: entries } = await sql<{
      seq: number
      key: string
      event: unknown
      effects: unknown
      checkpoint: unknown
    }>`
      select seq, key, event, effects, checkpoint from journal
      where actor_id = ${actor.id} and (${isTopup} or key ~* ${pattern}
        or event::text ~* ${pattern} or effects::text ~* ${pattern}
        or checkpoint::text ~* ${pattern})`.execute(tx)
    const snapshot = change(actor.snapshot)
    const before = JSON.stringify(actor.snapshot)
    if (entries.length === 0 && JSON.stringify(snapshot) === before) continue
    for (const { seq, key, event, effects, checkpoint } of entries) {
      await sql`
        update journal set key = ${clean(key)}, event = ${JSON.stringify(change(event))}::jsonb,
          effects = ${JSON.stringify(change(effects))}::jsonb,
          checkpoint = ${checkpoint === null ? null : JSON.stringify(change(checkpoint))}::jsonb
        where actor_id = ${actor.id} and seq = ${seq}`.execute(tx)
    }
    await sql`
      update effects set payload = regexp_replace(payload::text, ${pattern}, ${String(words.alias)},
        'gi')::json where actor_id = ${actor.id} and payload::text ~* ${pattern}`.execute(tx)
    const { machine_version: machineVersion, timers } = actor
    const checkpoint = JSON.stringify({ machineVersion, snapshot, timers })
    await sql`
      insert into journal (actor_id, seq, key, at, event, state, effects, checkpoint)
      values (${actor.id}, ${actor.version + 1}, ${`erased:${words.alias}`},
        to_timestamp(${now}::float8 / 1000),
        ${JSON.stringify({ type: 'person.erased', at: now, rnd: '' })}::jsonb, ${actor.state}, '[]',
        ${checkpoint}::jsonb)`.execute(tx)
    await sql`
      update actors set version = version + 1, snapshot = ${JSON.stringify(snapshot)}::jsonb
      where id = ${actor.id}`.execute(tx)
  }
}

/** The dialogue and the orders, with all that they ever heard. */
async function dropOwnActors(tx: Db, { userId, botId }: Erasure, own: string): Promise<void> {
  const mine = sql`(
    select ${own}::text union all select ${`support:${botId}:${userId}`}::text
    union all select 'job:' || id from jobs where user_id = ${userId})`
  for (const table of ['effects', 'timers', 'journal'] as const) {
    await sql`delete from ${sql.table(table)} where actor_id in ${mine}`.execute(tx)
  }
  // The numbers of actors by state are kept by those who change them.
  await sql`
    with gone as (delete from actors where id in ${mine} returning machine, state)
    insert into state_counts (machine, state, slot, count)
    select machine, state, -2, -count(*) from gone group by 1, 2
    on conflict (machine, state, slot) do update set count = state_counts.count + excluded.count
  `.execute(tx)
}

/** Whose rows are all about one person, and nothing of the books. */
const PERSONAL = [
  ...['user_names', 'user_rules', 'free_counters', 'favourites', 'reminders', 'news_choices'],
  ...['support_threads', 'support_messages', 'shares', 'word_uses'],
]

/** Table by table, in an order that every reference allows. */
function statements({ userId, alias }: Erasure, own: string): RawBuilder<unknown>[] {
  const id = `(?<!\\d)${userId}(?!\\d)`
  const hidden = (column: string) =>
    sql`regexp_replace(${sql.ref(column)}, ${id}, ${String(alias)}, 'g')`
  const jobs = sql`select id from jobs where user_id = ${userId}`
  const renamed = (table: string, column = 'user_id') =>
    sql`update ${sql.table(table)} set ${sql.ref(column)} = ${alias}
      where ${sql.ref(column)} = ${userId}`
  const gone = (table: string, column = 'user_id') =>
    sql`delete from ${sql.table(table)} where ${sql.ref(column)} = ${userId}`
  return [
    sql`insert into users (id, language, blocked_at, created_at, welcomed_at)
      select ${alias}, language, now(), date_trunc('month', created_at), now()
      from users where id = ${userId}`,
    sql`insert into accounts (user_id, available_kopecks, held_kopecks, bonus_kopecks)
      select ${alias}, available_kopecks, held_kopecks, bonus_kopecks
      from accounts where user_id = ${userId}`,
    sql`update operator_actions set target = ${hidden('target')}, why = '—', detail = null
      where target ~ ${id} or target in (select 'job:' || id from (${jobs}) j)
        or target in (select 'payment:' || charge_id from payments where user_id = ${userId})`,
    sql`delete from dead_letters where subject = ${own}
      or subject in (select 'job:' || id from (${jobs}) j)
      or subject ~ ${id} or key ~ ${id} or payload::text ~ ${id} or error ~ ${id}`,
    sql`delete from sends where chat_id = ${userId} or key ~ ${id}`,
    sql`delete from screens where actor_id = ${own} or chat_id = ${userId}`,
    gone('chat_topics', 'chat_id'),
    ...PERSONAL.map((table) => gone(table)),
    renamed('templates', 'made_by'),
    renamed('template_settings', 'decided_by'),
    sql`update ledger_entries set user_id = ${alias}, ref = ${hidden('ref')},
        reason = case when reason is null then null else '—' end
      where user_id = ${userId}`,
    sql`update free_grants set user_id = ${alias}, ref = ${hidden('ref')} where user_id = ${userId}`,
    // What a friend got for bringing them.
    sql`update free_grants set ref = ${String(alias)} where ref = ${String(userId)}`,
    sql`update jobs set user_id = ${alias}, chat_id = ${alias}, input = '{}', result = null,
      task_id = null where user_id = ${userId}`,
    sql`update invoices set user_id = ${alias}, receipt_unique_id = null,
        receipt_file_id = case when receipt_file_id is null then null else 'erased' end
      where user_id = ${userId}`,
    sql`update promo_uses set user_id = ${alias}, ref = ${hidden('ref')} where user_id = ${userId}`,
    ...[
      'payments',
      'refund_requests',
      'star_transactions',
      'free_uses',
      'broadcast_recipients',
    ].map((table) => renamed(table)),
    renamed('referrals', 'referred_id'),
    renamed('referrals', 'referrer_id'),
    gone('accounts'),
    gone('users', 'id'),
  ]
}

/** What somebody who comes back had before; undefined: they are new, or it is long ago. */
export async function findMark(db: Db, marks: readonly string[]): Promise<boolean> {
  const row = await db
    .selectFrom('erased_marks')
    .select('mark')
    .where('mark', 'in', marks)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Puts back what an erasure must not give anew; call it where a first arrival is dealt with. */
export async function applyMark(
  tx: Db,
  { userId, marks }: { userId: number; marks: readonly string[] },
): Promise<void> {
  await sql`
    insert into free_counters (user_id, day, day_used, day_allowed, hour, hour_used, hour_allowed)
    select ${userId}, day, day_used, day_used, coalesce(hour, '-infinity'), hour_used, hour_used
    from erased_marks where mark = any(${marks}::text[]) and day is not null
    order by day desc, day_used desc limit 1
    on conflict (user_id) do nothing`.execute(tx)
  await sql`
    insert into promo_uses (code, user_id, ref)
    select p.code, ${userId}, 'before:' || p.code || ':' || ${userId}::bigint
    from erased_marks m join promo_codes p on p.code = any (m.promo_codes) where m.mark = any(${marks}::text[])
    on conflict do nothing`.execute(tx)
  await sql`
    insert into user_rules (user_id, banned_at, words, decided_by)
    select ${userId}, now(), '', 0 from erased_marks where mark = any(${marks}::text[]) and banned limit 1
    on conflict (user_id) do nothing`.execute(tx)
}
