import { sql } from 'kysely'
import type { Db } from './db.ts'
import { REFUSED_STEP } from './engine/dead-letters.ts'
import type { JobStatuses } from './jobs.ts'
import { ledgerDiscrepancy, sumOfAllAccounts } from './ledger.ts'

/** What must be 0 in the ledger; each number says how far off it is. */
export interface Findings {
  /** Kopecks by which balances differ from the sum of their entries. */
  balances: number
  /** Kopecks that all accounts together are away from nothing. */
  sum: number
  /** Holds whose job has ended, or never was. */
  strayHolds: number
  /** Jobs whose capture is more than what was confirmed. */
  overcharged: number
  /** Jobs that have been neither made nor given up for a day. */
  stuckJobs: number
  /** Free generations that failed and were not given back. */
  keptFree: number
  /** Kopecks by which the debts that were collected differ from their entries. */
  debts: number
  /** Events of jobs that a constraint refused and nobody replayed: their money may be stuck. */
  refusedSteps: number
  /** Models for which the provider takes a fifth more than we reckon with, over 30 days. */
  dearModels: number
}

/** Looks through the whole ledger. Reads everything: for now and then, not for a request. */
export async function reconcile(db: Db, { ended, failed }: JobStatuses): Promise<Findings> {
  const { rows } = await sql<Omit<Findings, 'balances' | 'sum'>>`
    select
      (select count(*)::int from ledger_entries h
        where h.kind = 'hold'
          and not exists (select from ledger_entries s
            where s.ref = h.ref and s.kind in ('capture', 'release'))
          and not exists (select from jobs j
            where j.id = h.ref and j.status <> all (${ended}::text[]))) as "strayHolds",
      (select count(*)::int from ledger_entries c join jobs j on j.id = c.ref
        where c.kind = 'capture' and c.amount_kopecks > j.price_kopecks) as overcharged,
      (select count(*)::int from jobs
        where status <> all (${ended}::text[])
          and created_at < now() - interval '1 day') as "stuckJobs",
      (select count(*)::int from free_uses u join jobs j on j.id = u.job_id
        where j.status = any (${failed}::text[]) and u.returned_at is null) as "keptFree",
      (select abs(
          (select coalesce(sum(debt_paid_kopecks), 0) from payments)
          - (select coalesce(sum(amount_kopecks), 0) from ledger_entries where kind = 'debt'))
        )::float8 as debts,
      (select count(*)::int from dead_letters
        where kind = 'event' and replayed_at is null and subject like 'job:%'
          and error like ${`${REFUSED_STEP}%`}) as "refusedSteps",
      (select count(*)::int from (
        select from jobs
          where credits_consumed > 0 and created_at > now() - interval '30 days'
          group by model_id
          having count(*) >= 3 and sum(credits_consumed) > 1.2 * sum(credits)) m) as "dearModels"
  `.execute(db)
  return {
    balances: await ledgerDiscrepancy(db),
    sum: Math.abs(await sumOfAllAccounts(db)),
    ...(rows[0] as Omit<Findings, 'balances' | 'sum'>),
  }
}

/** The findings that say that something is wrong. */
export const troubles = (findings: Findings): [name: string, size: number][] =>
  Object.entries(findings).filter(([, size]) => size !== 0)
