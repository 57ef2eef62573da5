import { type Kysely, sql } from 'kysely'

/** Actors and dead letters as people look for them. */
export const lookedUp = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Counts of states by an index alone: the rows themselves hold snapshots of some kilobytes.
    await sql`create index actors_by_state on actors (machine, state)`.execute(db)
    await sql`create index dead_letters_by_subject on dead_letters (subject, key)`.execute(db)
    await sql`
      create index dead_letters_by_time on dead_letters (created_at)`.execute(db)
  },
}
