import { type Kysely, sql } from 'kysely'

/** Tables that every step changes: cleaned often and in small bites, however large they are. */
const HOT = ['actors', 'screens', 'sends', 'state_counts', 'jobs', 'accounts', 'instances']

/** What retention looks for by time, and how often the hot tables are cleaned. */
export const retention = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index sends_by_time on sends (started_at)`.execute(db)
    for (const table of HOT) {
      await sql`
        alter table ${sql.table(table)} set (autovacuum_vacuum_scale_factor = 0.02,
          autovacuum_vacuum_threshold = 500, autovacuum_analyze_scale_factor = 0.05)`.execute(db)
    }
    // Only grows and shrinks: by far the largest, so by a number instead of a part of it.
    await sql`
      alter table journal set (autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_insert_scale_factor = 0,
        autovacuum_vacuum_insert_threshold = 100000)`.execute(db)
  },
}
