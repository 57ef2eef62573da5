import { sql } from 'kysely'
import type { Db } from './db.ts'

/** PostgreSQL's major version. */
export async function serverVersion(db: Db): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    select current_setting('server_version_num')::int / 10000 as version`.execute(db)
  return rows[0]?.version ?? 0
}

/** The server's clock, Unix ms, and whether it would refuse to write. */
export async function readClock(db: Db): Promise<{ time: number; readOnly: boolean }> {
  const { rows } = await sql<{ time: number; readOnly: boolean }>`
    select extract(epoch from clock_timestamp()) * 1000 as time,
      current_setting('transaction_read_only') = 'on' as "readOnly"`.execute(db)
  return rows[0] as { time: number; readOnly: boolean }
}

/** Names of the migrations that this database has had; none before the first start. */
export async function appliedMigrations(db: Db): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string | null }>`
    select to_regclass('schema_migrations')::text as name`.execute(db)
  if (tables[0]?.name == null) return []
  const { rows } = await sql<{ name: string }>`
    select name from kysely_migration union all select name from schema_migrations order by name`.execute(
    db,
  )
  return rows.map(({ name }) => name)
}
