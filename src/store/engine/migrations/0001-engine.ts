import { type Kysely, sql } from 'kysely'

/** Actors, their journal, and what the engine keeps beside them. */
export const engine = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table actors (
        id text primary key,
        machine text not null,
        machine_version int not null check (machine_version > 0),
        version bigint not null check (version > 0),
        status text not null check (status in ('active', 'done')),
        state text not null,
        snapshot jsonb not null,
        timers jsonb not null default '{}',
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      ) with (fillfactor = 80)`.execute(db)
    await sql`
      comment on table actors is
        'One row per statechart; version is the fence: it grows by one per journal row'`.execute(db)

    await sql`
      create table journal (
        actor_id text not null,
        seq bigint not null check (seq > 0),
        key text not null,
        at timestamptz not null,
        event jsonb not null,
        state text not null,
        effects jsonb not null,
        checkpoint jsonb,
        primary key (actor_id, seq),
        unique (actor_id, key)
      )`.execute(db)
    await sql`create index journal_at on journal using brin (at)`.execute(db)
    await sql`
      comment on table journal is
        'Append-only: every event of every actor; (actor_id, key) makes a happening count once'`.execute(
      db,
    )
    await sql`
      create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
      end $$`.execute(db)
    await sql`
      create trigger journal_append_only before update on journal
        for each row execute function refuse_change()`.execute(db)

    await sql`
      create table dead_letters (
        id bigint generated always as identity primary key,
        kind text not null check (kind in ('event', 'effect', 'callback', 'update')),
        subject text not null,
        key text not null,
        payload jsonb not null,
        error text not null,
        created_at timestamptz not null default now(),
        replayed_at timestamptz,
        unique (kind, subject, key)
      )`.execute(db)

    await sql`
      create table instances (
        id text primary key,
        lock_key bigint not null unique,
        worker_ids text[] not null default '{}',
        started_at timestamptz not null default now()
      )`.execute(db)
  },
}
