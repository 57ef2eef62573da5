import { type Kysely, sql } from 'kysely'

/** Whose database this is: two bots on one would serve each other's users. */
export const installation = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table installation (
        single boolean primary key default true check (single),
        bot_id bigint not null check (bot_id > 0),
        money text not null check (money in ('real', 'play')),
        since timestamptz not null default now()
      )`.execute(db)
    await sql`
      comment on table installation is
        'The bot that this database belongs to, and whether its users paid for what they have'`.execute(
      db,
    )
  },
}
