import { type Kysely, sql } from 'kysely'

/** What the console needs: who is logged in, what operators did, and orders by their time. */
export const operators = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table console_sessions (
        hash text primary key,
        who text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null
      )`.execute(db)
    await sql`
      comment on table console_sessions is
        'hash is a MAC of the cookie under a key of the token: a new token ends every session'
      `.execute(db)

    await sql`
      create table operator_actions (
        id bigint generated always as identity primary key,
        name text not null,
        target text not null,
        who text not null check (who <> ''),
        why text not null check (why <> ''),
        session text not null,
        at timestamptz not null default now(),
        outcome text not null default 'asked' check (outcome in ('asked', 'done', 'refused')),
        detail text,
        seq bigint
      )`.execute(db)
    await sql`create index operator_actions_by_target on operator_actions (target, id desc)`.execute(
      db,
    )

    await sql`create index jobs_by_time on jobs (created_at desc, id desc)`.execute(db)
  },
}
