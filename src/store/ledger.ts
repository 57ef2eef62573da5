import { type Selectable, sql } from 'kysely'
import type { Db } from './database.ts'
import type { AccountRow, LedgerEntryRow } from './schema.ts'

export type Account = Selectable<AccountRow>
export type LedgerEntry = Selectable<LedgerEntryRow>

/** Where the money of each kind of entry comes from and goes to; the database checks the same. */
const SIDES = {
  top_up: ['house', 'available'],
  bonus: ['house', 'available'],
  credit: ['house', 'available'],
  debit: ['available', 'house'],
  refund: ['available', 'house'],
  hold: ['available', 'held'],
  capture: ['held', 'house'],
  remainder: ['held', 'available'],
  release: ['held', 'available'],
} as const

export interface Movement {
  userId: number
  kind: keyof typeof SIDES
  /** What it is for: a job id, an invoice id. Unique per kind, so a repeat changes nothing twice. */
  ref: string
  kopecks: number
}

/** Refused by the database when a hold exceeds the balance. */
export const NOT_ENOUGH_MONEY = 'accounts_available_not_negative'
/** Refused by the database when the same movement was made before. */
export const MOVED_BEFORE = 'ledger_entry_once'

/** Books movements; call it in the transaction of the state change that explains them. */
export async function bookMovements(db: Db, movements: readonly Movement[]): Promise<void> {
  // In order of accounts, so that two writers never wait for each other.
  const sorted = movements.toSorted((a, b) => a.userId - b.userId)
  const values = sorted.map(({ userId, kind, ref, kopecks }) => ({
    user_id: userId,
    kind,
    ref,
    source: SIDES[kind][0],
    target: SIDES[kind][1],
    amount_kopecks: kopecks,
  }))
  if (values.length > 0) await db.insertInto('ledger_entries').values(values).execute()
}

/** A user's balance; zero for one who has no account yet. */
export const readAccount = async (db: Db, userId: number): Promise<Account> =>
  (await db
    .selectFrom('accounts')
    .selectAll()
    .where('user_id', '=', userId)
    .executeTakeFirst()) ?? { user_id: userId, available_kopecks: 0, held_kopecks: 0 }

/** A user's newest entries. */
export const readEntries = (db: Db, userId: number, limit: number): Promise<LedgerEntry[]> =>
  db
    .selectFrom('ledger_entries')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()

/** By how many kopecks each account differs from the sum of its entries. */
const differences = sql<{ user_id: number; kopecks: number }>`
  select a.user_id, abs(a.available_kopecks - coalesce(e.available, 0))
    + abs(a.held_kopecks - coalesce(e.held, 0)) as kopecks
  from accounts a left join (
    select user_id,
      sum(case 'available' when target then amount_kopecks
                           when source then -amount_kopecks else 0 end) as available,
      sum(case 'held' when target then amount_kopecks
                      when source then -amount_kopecks else 0 end) as held
    from ledger_entries group by user_id
  ) e using (user_id)`

/** Accounts whose balances differ from the sum of their entries: always empty, or something is wrong. */
export async function unbalancedAccounts(db: Db): Promise<{ user_id: number }[]> {
  const { rows } = await sql<{ user_id: number }>`
    select user_id from (${differences}) d where kopecks <> 0`.execute(db)
  return rows
}

/** Kopecks by which balances and entries disagree, over all accounts: 0, or something is wrong. */
export async function ledgerDiscrepancy(db: Db): Promise<number> {
  const { rows } = await sql<{ kopecks: number }>`
    select coalesce(sum(kopecks), 0) as kopecks from (${differences}) d`.execute(db)
  return Number(rows[0]?.kopecks ?? 0)
}
