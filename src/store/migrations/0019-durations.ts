import { type Kysely, sql } from 'kysely'

/** How long orders took: what a model's next order may take is told by those before. */
export const durations = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table jobs add column took_ms bigint`.execute(db)
    await sql`
      comment on column jobs.took_ms is
        'From the order to its result in the chat, milliseconds; null: no result, or one after a refund'`.execute(
      db,
    )
    await sql`
      create index jobs_by_duration on jobs (model_id, created_at desc) where took_ms is not null`.execute(
      db,
    )
  },
}
