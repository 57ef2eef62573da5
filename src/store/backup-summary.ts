import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from './db.ts'
import type { JobStatuses } from './jobs.ts'

/** What a backup holds, in numbers that a restored database must have again. */
export const backupSummary = z.object({
  takenAt: z.iso.datetime(),
  version: z.string(),
  serverMajor: z.int(),
  migrations: z.array(z.string()),
  /** Rows by table. */
  rows: z.record(z.string(), z.int()),
  /** Kopecks of the ledger by kind of entry. */
  ledger: z.record(z.string(), z.int()),
  accounts: z.object({ available: z.int(), held: z.int(), bonus: z.int() }),
  /** Orders that go on after a restore. */
  runningJobs: z.array(z.string()),
})
export type BackupSummary = z.infer<typeof backupSummary>

/** Counts everything as this connection's transaction sees it. */
export async function readSummary(
  db: Db,
  { ended }: Pick<JobStatuses, 'ended'>,
  about: Pick<BackupSummary, 'takenAt' | 'version' | 'serverMajor' | 'migrations'>,
): Promise<BackupSummary> {
  const { rows: tables } = await sql<{ name: string }>`
    select relname::text as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r' order by 1`.execute(db)
  const rows: Record<string, number> = {}
  for (const { name } of tables) {
    const counted = await sql<{
      n: number
    }>`select count(*)::int as n from ${sql.table(name)}`.execute(db)
    rows[name] = counted.rows[0]?.n ?? 0
  }
  const { rows: kinds } = await sql<{ kind: string; kopecks: number }>`
    select kind, sum(amount_kopecks)::float8 as kopecks from ledger_entries group by kind order by kind`.execute(
    db,
  )
  const { rows: sums } = await sql<BackupSummary['accounts']>`
    select coalesce(sum(available_kopecks), 0)::float8 as available,
      coalesce(sum(held_kopecks), 0)::float8 as held,
      coalesce(sum(bonus_kopecks), 0)::float8 as bonus
    from accounts where user_id > 0`.execute(db)
  const { rows: jobs } = await sql<{ id: string }>`
    select id from jobs where status <> all (${ended}::text[]) order by id`.execute(db)
  return {
    ...about,
    rows,
    ledger: Object.fromEntries(kinds.map(({ kind, kopecks }) => [kind, kopecks])),
    accounts: sums[0] ?? { available: 0, held: 0, bonus: 0 },
    runningJobs: jobs.map(({ id }) => id),
  }
}

/** What one summary has otherwise than the other, one line each. */
export function summaryDifferences(should: BackupSummary, is: BackupSummary): string[] {
  const flat = ({ rows, ledger, accounts, runningJobs, migrations }: BackupSummary) => ({
    ...prefixed('rows of ', rows),
    ...prefixed('kopecks of ', ledger),
    ...prefixed('kopecks ', accounts),
    'running orders': runningJobs.join(' '),
    migrations: migrations.join(' '),
  })
  const [a, b] = [flat(should) as Record<string, unknown>, flat(is) as Record<string, unknown>]
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((name) =>
    a[name] === b[name] ? [] : [`${name}: ${b[name] ?? 'none'} instead of ${a[name] ?? 'none'}`],
  )
}

const prefixed = (prefix: string, values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]))
