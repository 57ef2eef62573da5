import { type Kysely, sql } from 'kysely'

/** Which model files and which rates held since when, for whoever runs a journal again. */
export const salesTerms = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table sales_terms (
        since timestamptz primary key default clock_timestamp(),
        files text not null,
        rates jsonb not null
      )`.execute(db)
    await sql`
      comment on table sales_terms is
        'Model files (their hash) and rates by which the bot sold from then on; a row per change'`.execute(
      db,
    )
  },
}
