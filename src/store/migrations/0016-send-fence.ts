import { type Kysely, sql } from 'kysely'

/** Which process is sending, so that no other one sends the same meanwhile. */
export const sendFence = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table sends add column sender text, add column doubted_at timestamptz`.execute(db)
    await sql`
      comment on column sends.sender is
        'The process that is sending it; null: none, or one of release 0.1'`.execute(db)
    await sql`
      comment on column sends.doubted_at is
        'Since when another process waits for a sign of life of the sender'`.execute(db)
  },
}
