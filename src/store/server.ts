import { sql } from 'kysely'
import type { Db } from './db.ts'

/** PostgreSQL's major version. */
export async function serverVersion(db: Db): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    select current_setting('server_version_num')::int / 10000 as version`.execute(db)
  return rows[0]?.version ?? 0
}

/** Names of the migrations that this database has had; none before the first start. */
export async function appliedMigrations(db: Db): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select t as name from unnest(array['kysely_migration', 'migrations']) t
    where to_regclass(t) is not null`.execute(db)
  const names = await Promise.all(
    tables.map(async (table) => {
      const { rows } = await sql<{
        name: string
      }>`select name from ${sql.table(table.name)}`.execute(db)
      return rows.map(({ name }) => name)
    }),
  )
  return names.flat().sort()
}
