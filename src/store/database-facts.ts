import { sql } from 'kysely'
import type { Db } from './db.ts'

/** What kind of server and session this is; milliseconds are of the database's clock. */
export interface ServerFacts {
  readonly version: number
  readonly now: number
  readonly encrypted: boolean
  readonly superuser: boolean
  /** The role may make tables in the schema that it uses. */
  readonly canCreate: boolean
  readonly maxConnections: number
  readonly connections: number
  readonly readOnly: boolean
}

export async function readServerFacts(db: Db): Promise<ServerFacts> {
  const { rows } = await sql<ServerFacts>`
    select current_setting('server_version_num')::int / 10000 as version,
      extract(epoch from clock_timestamp())::float8 * 1000 as now,
      coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as encrypted,
      (select rolsuper from pg_roles where rolname = current_user) as superuser,
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as "canCreate",
      current_setting('max_connections')::int as "maxConnections",
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as connections,
      pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool as "readOnly"`.execute(
    db,
  )
  return rows[0] as ServerFacts
}

/** What waits in the tables of the engine, and since when, in seconds; null: nothing waits. */
export interface WaitingFacts {
  readonly deadLetters: number
  readonly oldestDeadLetterS: number | null
  readonly timerOverdueS: number | null
  readonly effectOverdueS: number | null
}

export async function readWaiting(db: Db): Promise<WaitingFacts> {
  const { rows } = await sql<WaitingFacts>`
    select
      (select count(*)::int from dead_letters where replayed_at is null) as "deadLetters",
      (select extract(epoch from now() - min(created_at))::float8 from dead_letters
        where replayed_at is null) as "oldestDeadLetterS",
      (select extract(epoch from now() - min(due_at))::float8 from timers
        where due_at < now()) as "timerOverdueS",
      (select extract(epoch from now() - min(greatest(due_at, added_at)))::float8 from effects
        where due_at < now()) as "effectOverdueS"`.execute(db)
  return rows[0] as WaitingFacts
}

/** The size of this database in bytes, and of its largest tables with their indexes. */
export interface SizeFacts {
  readonly bytes: number
  readonly tables: readonly { readonly name: string; readonly bytes: number }[]
}

export async function readSizes(db: Db): Promise<SizeFacts> {
  const { rows: whole } = await sql<{ bytes: number }>`
    select pg_database_size(current_database()) as bytes`.execute(db)
  const { rows } = await sql<{ name: string; bytes: number }>`
    select relname as name, pg_total_relation_size(oid) as bytes from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r'
    order by 2 desc limit 3`.execute(db)
  return { bytes: whole[0]?.bytes ?? 0, tables: rows }
}

/** Whether somebody holds the advisory lock of this key in this database. */
export async function isLockHeld(db: Db, key: bigint): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select exists (select from pg_locks
      where locktype = 'advisory' and granted and objsubid = 1
        and database = (select oid from pg_database where datname = current_database())
        and (classid::bigint << 32 | objid::bigint) = ${String(key)}::bigint) as held`.execute(db)
  return rows[0]?.held === true
}
