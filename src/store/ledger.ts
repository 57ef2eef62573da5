import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { AccountRow, LedgerEntryRow } from './schema.ts'

export type Account = Selectable<AccountRow>
export type LedgerEntry = Selectable<LedgerEntryRow>

/** Where the money of each kind of entry comes from and goes to; the database checks the same. */
const SIDES = {
  top_up: ['house', 'available'],
  bonus: ['house', 'available'],
  credit: ['house', 'available'],
  debit: ['available', 'house'],
  /** Kept from a top-up for Stars that went back after they were spent. */
  debt: ['available', 'house'],
  refund: ['available', 'house'],
  /** Telegram would not give the Stars back. */
  refund_undone: ['house', 'available'],
  hold: ['available', 'held'],
  capture: ['held', 'house'],
  remainder: ['held', 'available'],
  release: ['held', 'available'],
  /** A captured job is paid back, as the given and own money that it took. */
  sale_undone: ['house', 'available'],
  /** What the provider took for a job; between two accounts of the house. */
  cost: ['house', 'costs'],
} as const

export interface Movement {
  userId: number
  kind: keyof typeof SIDES
  /** What it is for: a job id, an invoice id. Unique per kind, so a repeat changes nothing twice. */
  ref: string
  kopecks: number
  /** Who moved it by hand and why; a `credit`, `debit` or `sale_undone` without is refused. */
  madeBy?: number
  reason?: string
}

/** Refused by the database when a hold exceeds the balance. */
export const NOT_ENOUGH_MONEY = 'accounts_available_not_negative'
/** Refused by the database when the same movement was made before. */
export const MOVED_BEFORE = 'ledger_entry_once'

/** Books movements; call it in the transaction of the state change that explains them. */
export async function bookMovements(db: Db, movements: readonly Movement[]): Promise<void> {
  // In order of accounts, so that two writers never wait for each other.
  const sorted = movements.toSorted((a, b) => a.userId - b.userId)
  const values = sorted.map(({ userId, kind, ref, kopecks, madeBy, reason }) => ({
    user_id: userId,
    kind,
    ref,
    source: SIDES[kind][0],
    target: SIDES[kind][1],
    amount_kopecks: kopecks,
    made_by: madeBy ?? null,
    reason: reason ?? null,
  }))
  if (values.length > 0) await db.insertInto('ledger_entries').values(values).execute()
}

/** A user's balance; zero for one who has no account yet. */
export const readAccount = async (db: Db, userId: number): Promise<Account> =>
  (await db
    .selectFrom('accounts')
    .selectAll()
    .where('user_id', '=', userId)
    .executeTakeFirst()) ?? {
    user_id: userId,
    available_kopecks: 0,
    held_kopecks: 0,
    bonus_kopecks: 0,
  }

/** What a user can spend on an order: own and given money. */
export const spendable = ({
  available_kopecks,
  bonus_kopecks,
}: Pick<Account, 'available_kopecks' | 'bonus_kopecks'>): number =>
  available_kopecks + bonus_kopecks

/** A user's entries, newest first; what the house pays for a job is not theirs. */
export const readEntries = (
  db: Db,
  userId: number,
  limit: number,
  offset = 0,
): Promise<(LedgerEntry & { model_id: string | null })[]> =>
  db
    .selectFrom('ledger_entries')
    .leftJoin('jobs', 'jobs.id', 'ledger_entries.ref')
    .selectAll('ledger_entries')
    .select('jobs.model_id')
    .where('ledger_entries.user_id', '=', userId)
    .where('kind', '<>', 'cost')
    .orderBy('ledger_entries.id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()

/** By how many kopecks each account differs from the sum of its entries. */
const differences = sql<{ user_id: number; kopecks: number }>`
  select a.user_id, abs(a.available_kopecks - coalesce(e.available, 0))
    + abs(a.bonus_kopecks - coalesce(e.bonus, 0))
    + abs(a.held_kopecks - coalesce(e.held, 0)) as kopecks
  from accounts a left join (
    select user_id,
      sum(kopecks) filter (where account = 'available') as available,
      sum(kopecks) filter (where account = 'bonus') as bonus,
      sum(kopecks) filter (where account = 'held') as held
    from ledger_postings group by user_id
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

/** Everybody's balances and those of the house together: 0, or something is wrong. */
export async function sumOfAllAccounts(db: Db): Promise<number> {
  const { rows } = await sql<{ kopecks: number }>`
    select (select coalesce(sum(available_kopecks + bonus_kopecks + held_kopecks), 0) from accounts)
      + (select coalesce(sum(kopecks), 0) from ledger_postings where account like 'house:%')
      as kopecks`.execute(db)
  return Number(rows[0]?.kopecks ?? 0)
}

/** Balances of the house, e.g. `house:sales`; what it gave is positive, what it took negative. */
export async function houseAccounts(db: Db): Promise<Record<string, number>> {
  const { rows } = await sql<{ account: string; kopecks: number }>`
    select account, sum(kopecks) as kopecks from ledger_postings
    where account like 'house:%' group by account`.execute(db)
  return Object.fromEntries(rows.map(({ account, kopecks }) => [account, Number(kopecks)]))
}
