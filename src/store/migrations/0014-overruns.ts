import { type Kysely, sql } from 'kysely'

/** Orders for which the provider consumed more than was quoted, and models that are paused. */
export const overruns = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table model_pauses (
        model_id text primary key,
        code text not null,
        since timestamptz not null default now(),
        until timestamptz
      )`.execute(db)
    await sql`
      comment on table model_pauses is
        'Models that no instance sells for now, and until when; null: until somebody ends it'`.execute(
      db,
    )
    await sql`
      create table overruns (
        job_id text primary key references jobs on delete cascade,
        model_id text not null,
        quoted_credits numeric(12, 3) not null,
        consumed_credits numeric(12, 3) not null,
        is_rounding boolean not null,
        found_at timestamptz not null default now(),
        told_at timestamptz
      )`.execute(db)
    await sql`
      comment on table overruns is
        'Orders for which the provider consumed more than was quoted; told_at: the admins know'`.execute(
      db,
    )
    await sql`create index overruns_of_model on overruns (model_id, found_at)`.execute(db)
    await sql`create index overruns_untold on overruns (found_at) where told_at is null`.execute(db)
    await sql`
      create index jobs_overrun on jobs (updated_at) where credits_consumed > credits`.execute(db)
  },
}
