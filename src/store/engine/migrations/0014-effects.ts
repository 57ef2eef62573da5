import { type Kysely, sql } from 'kysely'

/**
 * Effects and timers in tables of the engine. An effect is run by the instance that committed it; its
 * row is the net from which any other instance takes it over. A timer costs nothing until it is due.
 *
 * Only adds: the release before goes on beside this one with the job queue that it knows.
 */
export const effects = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table effects (
        actor_id text not null,
        key text not null,
        type text not null,
        seq bigint not null check (seq >= 0),
        index smallint not null check (index >= 0),
        renewed bigint not null default 0,
        payload json not null,
        attempt int not null default 1 check (attempt > 0),
        owner bigint,
        due_at timestamptz not null default 'epoch',
        added_at timestamptz not null default now(),
        primary key (actor_id, key)
      ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_cost_delay = 0)`.execute(db)
    await sql`
      comment on table effects is
        'What committed steps want done and is not done yet; a row goes when its effect is done'`.execute(
      db,
    )
    await sql`
      comment on column effects.key is
        '<seq>.<index> of an effect that is done once; the type of one of which only the newest counts'`.execute(
      db,
    )
    await sql`
      comment on column effects.owner is
        'Lock key of the instance that runs it; null: whoever finds it due may take it'`.execute(db)
    await sql`
      comment on column effects.due_at is
        'Not before then, by the clock of the instances; 1970: at once'`.execute(db)
    await sql`create index effects_free on effects (due_at) where owner is null`.execute(db)
    await sql`
      create table timers (
        actor_id text not null,
        id text not null,
        seq bigint not null check (seq > 0),
        due_at timestamptz not null,
        event jsonb not null,
        claimed_until timestamptz,
        primary key (actor_id, id)
      ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_cost_delay = 0)`.execute(db)
    await sql`
      comment on column timers.claimed_until is
        'An instance is delivering it; when that has not ended it by then, any may deliver it again'`.execute(
      db,
    )
    await sql`create index timers_due on timers (due_at)`.execute(db)
  },
}
