import { type Kysely, sql } from 'kysely'

/** What is left on the provider's account, so that only orders beyond it are refused. */
export const providerAccount = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table pauses
        add column left_credits numeric(14, 3),
        add column left_at timestamptz`.execute(db)
    await sql`
      comment on column pauses.left_credits is
        'Orders of at most so many credits are still taken; null: none'`.execute(db)
    await sql`
      create table provider_account (
        only_row boolean primary key default true check (only_row),
        asked_at timestamptz,
        credits numeric(14, 3),
        read_at timestamptz
      )`.execute(db)
    await sql`
      comment on table provider_account is
        'The balance of the provider as it was last read; asked_at: by one instance at a time'`.execute(
      db,
    )
  },
}
