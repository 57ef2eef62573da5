import { type Kysely, sql } from 'kysely'

/** The topic of a private chat that its person speaks in; only bots with topics fill it. */
export const chatTopics = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table chat_topics (
        chat_id bigint primary key,
        thread_id bigint
      )`.execute(db)
    await sql`
      comment on table chat_topics is
        'Where a person last spoke, so that answers show there; null: outside of all topics'`.execute(
      db,
    )
  },
}
