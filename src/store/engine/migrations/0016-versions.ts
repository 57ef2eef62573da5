import { type Kysely, sql } from 'kysely'

/** Which machines an instance knows, so that an older one leaves it what only it understands. */
export const versions = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table instances add column versions jsonb not null default '{}'`.execute(db)
    await sql`
      comment on column instances.versions is
        'Versions of the machines that the process knows, by machine'`.execute(db)
  },
}
