import { sql } from 'kysely'
import type { Db } from './db.ts'

/** Rows that are read at once: no file is ever whole in memory. */
const PORTION = 500

/** What is kept about a person, by what it is; each query gives rows of JSON in a stable order. */
const SECTIONS: Record<string, (who: Exported) => Section> = {
  profile: ({ userId }) => ({
    from: sql`(select u.created_at as since, u.language, u.blocked_at, n.username, n.first_name,
        r.banned_at, r.words as ban_words, r.jobs_per_hour, t.thread_id as topic
      from users u left join user_names n on n.user_id = u.id
        left join user_rules r on r.user_id = u.id left join chat_topics t on t.chat_id = u.id
      where u.id = ${userId})`,
    order: 'since',
  }),
  balance: ({ userId }) => ({
    from: sql`(select available_kopecks, bonus_kopecks, held_kopecks from accounts
      where user_id = ${userId})`,
    order: 'available_kopecks',
  }),
  movements: ({ userId }) => ({
    from: sql`(select id, created_at, kind, ref, amount_kopecks, bonus_kopecks, reason
      from ledger_entries where user_id = ${userId} and kind <> 'cost')`,
    order: 'id',
  }),
  orders: ({ userId }) => ({
    from: sql`(select id, created_at, updated_at, model_id, status, price_kopecks, input, result,
        error_code, exists (select from favourites f where f.job_id = jobs.id and f.saved) as favourite
      from jobs where user_id = ${userId})`,
    order: 'id',
  }),
  sent_messages: ({ userId }) => ({
    from: sql`(select key, started_at, sent_at, method, message_ids, file_ids from sends
      where chat_id = ${userId})`,
    order: 'key',
  }),
  top_ups: ({ userId }) => ({
    from: sql`(select id, created_at, way, status, kopecks, stars, receipt_kind, receipt_file_id
      from invoices where user_id = ${userId})`,
    order: 'id',
  }),
  payments: ({ userId }) => ({
    from: sql`(select p.charge_id, p.created_at, p.stars, p.kopecks, p.state, p.debt_kopecks,
        r.state as refund_request from payments p
      left join refund_requests r using (charge_id) where p.user_id = ${userId})`,
    order: 'charge_id',
  }),
  gifts: ({ userId }) => ({
    from: sql`(select id, created_at, kind, amount from free_grants where user_id = ${userId})`,
    order: 'id',
  }),
  free_generations: ({ userId }) => ({
    from: sql`(select bonus, day, day_used, hour, hour_used from free_counters
      where user_id = ${userId})`,
    order: 'day',
  }),
  promo_codes: ({ userId }) => ({
    from: sql`(select code, created_at from promo_uses where user_id = ${userId})`,
    order: 'code',
  }),
  // Who they are is their own business.
  invited_friends: ({ userId }) => ({
    from: sql`(select count(*) as friends, count(earned_at) as ordered from referrals
      where referrer_id = ${userId})`,
    order: 'friends',
  }),
  shares: ({ userId }) => ({
    from: sql`(select secret, job_id, with_words, created_at from shares where user_id = ${userId})`,
    order: 'secret',
  }),
  broadcasts: ({ userId }) => ({
    from: sql`(select broadcast_id, status, message_id, changed_at from broadcast_recipients
      where user_id = ${userId})`,
    order: 'broadcast_id',
  }),
  improved_words: ({ userId }) => ({
    from: sql`(select created_at from word_uses where user_id = ${userId})`,
    order: 'created_at',
  }),
  reminders: ({ userId }) => ({
    from: sql`(select kind, due_at from reminders where user_id = ${userId})`,
    order: 'kind',
  }),
  news: ({ userId }) => ({
    from: sql`(select choice, chosen_at from news_choices where user_id = ${userId})`,
    order: 'chosen_at',
  }),
  dialogue_now: ({ actor }) => ({
    from: sql`(select state, updated_at, snapshot -> 'context' as facts from actors
      where id = ${actor})`,
    order: 'updated_at',
  }),
  support: ({ support }) => ({
    from: sql`(select seq, at, event from journal where actor_id = ${support})`,
    order: 'seq',
  }),
  dialogue: ({ actor }) => ({
    from: sql`(select seq, at, event from journal where actor_id = ${actor})`,
    order: 'seq',
  }),
}

/** Whose data, and the actors of their dialogue and of their thread with support. */
export interface Exported {
  userId: number
  actor: string
  support: string
}

interface Section {
  from: ReturnType<typeof sql>
  order: string
}

/** Tables that the export reads, for a test that looks whether one is left out. */
export const exportedTables = (db: Db): Set<string> =>
  new Set(
    Object.values(SECTIONS).flatMap((sectionOf) =>
      [
        ...sectionOf({ userId: 0, actor: '', support: '' })
          .from.compile(db)
          .sql.matchAll(/\b(?:from|join) (\w+)/g),
      ].map(([, table = '']) => table),
    ),
  )

/** All that is kept about a person as one JSON text, piece by piece. */
export async function* exportPerson(db: Db, who: Exported): AsyncGenerator<string> {
  yield `{\n"exported_at": ${JSON.stringify(new Date())}`
  for (const [name, sectionOf] of Object.entries(SECTIONS)) {
    const { from, order } = sectionOf(who)
    yield `,\n${JSON.stringify(name)}: [`
    let separator = ''
    for (let offset = 0; ; offset += PORTION) {
      const { rows } = await sql<{ row: string }>`
        select to_jsonb(s)::text as row from ${from} s order by ${sql.ref(order)}
        limit ${PORTION} offset ${offset}`.execute(db)
      for (const { row } of rows) {
        yield `${separator}\n${row}`
        separator = ','
      }
      if (rows.length < PORTION) break
    }
    yield ']'
  }
  yield '\n}\n'
}
