import { type Kysely, sql } from 'kysely'

/** Support threads, and which message of the staff's chat belongs to which of them. */
export const support = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table support_threads (
        user_id bigint primary key,
        state text not null check (state in ('quiet', 'waiting', 'answered', 'solved')),
        chat_id bigint,
        topic_id bigint,
        answered_by text,
        updated_at timestamptz not null default now()
      )`.execute(db)
    await sql`
      comment on table support_threads is 'Mirrors the actors of support; chat and topic of the staff'`.execute(
      db,
    )
    await sql`
      create unique index support_threads_by_topic on support_threads (chat_id, topic_id)
        where topic_id is not null`.execute(db)
    await sql`
      create table support_messages (
        chat_id bigint not null,
        message_id bigint not null,
        user_id bigint not null,
        sent_at timestamptz not null default now(),
        primary key (chat_id, message_id)
      )`.execute(db)
    await sql`
      comment on table support_messages is
        'Messages in the chat of the staff: a reply to one goes to its user'`.execute(db)
    await sql`create index support_messages_by_user on support_messages (user_id)`.execute(db)
    await sql`create index support_messages_by_time on support_messages (sent_at)`.execute(db)
  },
}
