import { type Kysely, sql } from 'kysely'

/** What admins decide about single models while the bot runs, and what the provider changed. */
export const shelf = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table model_pauses add column decided_by bigint, add column why text`.execute(db)
    await sql`
      comment on column model_pauses.decided_by is 'The admin; null: the bot itself'`.execute(db)
    await sql`
      create table model_terms (
        model_id text primary key,
        markup numeric(10, 4) check (markup >= 1),
        free_until timestamptz,
        decided_by bigint not null,
        why text not null,
        decided_at timestamptz not null default now()
      )`.execute(db)
    await sql`
      comment on table model_terms is
        'Prices and free periods of single models, over what their files say'`.execute(db)
    await sql`
      create table provider_changes (
        id bigint generated always as identity primary key,
        key text not null unique,
        kind text not null,
        model_id text not null,
        what text not null,
        found_at timestamptz not null default now(),
        told_at timestamptz,
        decision text check (decision in ('accepted', 'paused', 'ignored')),
        decided_by bigint,
        decided_at timestamptz,
        constraint provider_changes_decided check ((decision is null) = (decided_at is null))
      )`.execute(db)
    await sql`
      comment on table provider_changes is
        'In what the provider’s catalogue differs from the model files, and what admins decided'`.execute(
      db,
    )
    await sql`
      create table provider_diff (
        is_one boolean primary key default true check (is_one),
        begun_at timestamptz not null,
        ended_at timestamptz,
        changes integer
      )`.execute(db)
    await sql`
      comment on table provider_diff is 'The newest comparison with the provider’s catalogue'`.execute(
      db,
    )
    await sql`
      create index jobs_ended_of_model on jobs (model_id, updated_at desc)
        where status in ('delivered', 'failed')`.execute(db)
  },
}
