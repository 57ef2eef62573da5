import { sql } from 'kysely'
import type { Db } from '../db.ts'
import type { LedgerEntry } from '../ledger.ts'

export interface LedgerFilter {
  user?: number | undefined
  ref?: string | undefined
  kind?: string | undefined
  before: number | null
  limit: number
}

/** Entries that fit the filter, newest first. */
export async function listEntries(db: Db, filter: LedgerFilter): Promise<LedgerEntry[]> {
  const { user, ref, kind, before, limit } = filter
  let query = db.selectFrom('ledger_entries').selectAll()
  if (user !== undefined) query = query.where('user_id', '=', user)
  if (ref !== undefined) query = query.where('ref', '=', ref)
  if (kind !== undefined) query = query.where('kind', '=', kind)
  if (before !== null) query = query.where('id', '<', before)
  return await query.orderBy('id', 'desc').limit(limit).execute()
}

/** All entries, newest first, read some thousand at a time: memory doesn't grow with the ledger. */
export async function* allEntries(db: Db, pageSize = 2_000): AsyncGenerator<LedgerEntry> {
  for (let before: number | null = null; ; ) {
    const page: LedgerEntry[] = await listEntries(db, { before, limit: pageSize })
    yield* page
    if (page.length < pageSize) return
    before = page.at(-1)?.id ?? null
  }
}

/** What all accounts hold together; `available` is own and given money. */
export async function sumAccounts(
  db: Db,
): Promise<{ accounts: number; available: number; held: number }> {
  const { rows } = await sql<{ accounts: number; available: number; held: number }>`
    select count(*) as accounts, coalesce(sum(available_kopecks + bonus_kopecks), 0) as available,
      coalesce(sum(held_kopecks), 0) as held from accounts`.execute(db)
  return rows[0] as { accounts: number; available: number; held: number }
}

/** Sums of all entries by kind. */
export async function sumEntries(
  db: Db,
): Promise<{ kind: string; count: number; kopecks: number }[]> {
  const { rows } = await sql<{ kind: string; count: number; kopecks: number }>`
    select kind, count(*) as count, sum(amount_kopecks) as kopecks
    from ledger_entries group by kind order by kind`.execute(db)
  return rows
}

export interface OpenHold {
  id: number
  ref: string
  user_id: number
  kopecks: number
  created_at: Date
  job_status: string | null
}

// Only accounts with held money can have an open hold, and there are never many of these.
const openHolds = sql`
  accounts a
  join ledger_entries h on h.user_id = a.user_id and h.kind = 'hold'
  cross join lateral (
    select h.amount_kopecks - coalesce(sum(amount_kopecks), 0) as kopecks from ledger_entries s
    where s.ref = h.ref and s.user_id = h.user_id and s.kind in ('capture', 'remainder', 'release')
  ) rest
  where a.held_kopecks > 0 and rest.kopecks > 0`

/** What is left of every hold that is not settled, oldest first, those after number `after`. */
export async function listHolds(
  db: Db,
  { after, limit }: { after: number | null; limit: number },
): Promise<OpenHold[]> {
  const { rows } = await sql<OpenHold>`
    select h.id, h.ref, h.user_id, rest.kopecks, h.created_at,
      (select status from jobs j where j.id = h.ref) as job_status
    from ${openHolds} and h.id > ${after ?? 0}
    order by h.id limit ${limit}`.execute(db)
  return rows
}

/** How many holds are open, and what they hold. */
export async function countHolds(db: Db): Promise<{ count: number; kopecks: number }> {
  const { rows } = await sql<{ count: number; kopecks: number }>`
    select count(*) as count, coalesce(sum(rest.kopecks), 0) as kopecks
    from ${openHolds}`.execute(db)
  return rows[0] as { count: number; kopecks: number }
}
