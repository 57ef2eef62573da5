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

/** Accounts whose balances differ from the sum of their entries: always empty, or something is wrong. */
export const unbalancedAccounts = (db: Db): Promise<{ user_id: number }[]> =>
  db
    .selectFrom('accounts as a')
    .leftJoin('ledger_entries as e', 'e.user_id', 'a.user_id')
    .select('a.user_id')
    .groupBy(['a.user_id', 'a.available_kopecks', 'a.held_kopecks'])
    .having((eb) => {
      const sumOf = (side: string) =>
        eb.fn.coalesce(
          eb.fn.sum<number>(
            eb
              .case()
              .when('e.target', '=', side)
              .then(eb.ref('e.amount_kopecks'))
              .when('e.source', '=', side)
              .then(eb.neg(eb.ref('e.amount_kopecks')))
              .else(0)
              .end(),
          ),
          eb.val(0),
        )
      return eb.or([
        eb(sumOf('available'), '!=', eb.ref('a.available_kopecks')),
        eb(sumOf('held'), '!=', eb.ref('a.held_kopecks')),
      ])
    })
    .execute()

/** Kopecks by which balances and entries disagree, over all accounts: 0, or something is wrong. */
export async function ledgerDiscrepancy(db: Db): Promise<number> {
  const { rows } = await sql<{ kopecks: number }>`
    select coalesce(sum(abs(a.available_kopecks - coalesce(e.available, 0))
      + abs(a.held_kopecks - coalesce(e.held, 0))), 0) as kopecks
    from accounts a left join (
      select user_id,
        sum(case 'available' when target then amount_kopecks
                             when source then -amount_kopecks else 0 end) as available,
        sum(case 'held' when target then amount_kopecks
                        when source then -amount_kopecks else 0 end) as held
      from ledger_entries group by user_id
    ) e using (user_id)`.execute(db)
  return Number(rows[0]?.kopecks ?? 0)
}
