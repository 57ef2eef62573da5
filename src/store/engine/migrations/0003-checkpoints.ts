import { type Kysely, sql } from 'kysely'

/** A place for snapshots that no version fits, and a way to the checkpoints. */
export const checkpoints = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table dead_letters drop constraint dead_letters_kind_check,
        add constraint dead_letters_kind_check
          check (kind in ('event', 'effect', 'callback', 'update', 'snapshot'))`.execute(db)

    await sql`
      create index journal_checkpoints on journal (at, actor_id, seq)
        where checkpoint is not null`.execute(db)
  },
}
