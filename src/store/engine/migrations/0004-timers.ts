import { type Kysely, sql } from 'kysely'

/**
 * The job queue drops a job whose key belongs to one that a worker is taking at that very moment:
 * https://github.com/graphile/worker/blob/v0.18.0/sql/000020.sql (`where jobs.locked_at is null`).
 */
export const timers = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create function refuse_lost_job() returns bigint language plpgsql as $$
      begin
        raise exception 'a job was dropped because its key was being taken'
          using errcode = 'serialization_failure';
      end $$`.execute(db)
  },
}
