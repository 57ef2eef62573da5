import { type Kysely, sql } from 'kysely'

/** What admins know and decide about single users: their names, bans and limits of their own. */
export const persons = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table user_names (
        user_id bigint primary key,
        username text,
        first_name text,
        seen_at timestamptz not null default now()
      )`.execute(db)
    await sql`
      comment on table user_names is 'How Telegram names people, so that admins find them'`.execute(
      db,
    )
    await sql`create index user_names_by_name on user_names (lower(username))`.execute(db)
    await sql`
      create table user_rules (
        user_id bigint primary key,
        banned_at timestamptz,
        words text,
        jobs_per_hour integer check (jobs_per_hour > 0),
        decided_by bigint not null,
        decided_at timestamptz not null default now()
      )`.execute(db)
    await sql`
      comment on table user_rules is
        'Who may not use the bot, with the words they read, and who may order less or more an hour'`.execute(
      db,
    )
  },
}
