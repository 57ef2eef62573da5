import { type Kysely, sql } from 'kysely'

/** What was shown and sent in a chat, and what the operator was told. */
export const chats = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table screens (
        actor_id text primary key,
        chat_id bigint not null,
        message_id bigint,
        seq bigint not null,
        floor bigint not null,
        digest text not null,
        transient boolean not null,
        updated_at timestamptz not null default now()
      )`.execute(db)
    await sql`
      comment on column screens.floor is
        'The user sent something at this step: what was shown before it is too far above to edit'`.execute(
      db,
    )

    await sql`
      create table sends (
        key text primary key,
        chat_id bigint not null,
        status text not null check (status in ('sending', 'sent')),
        method text,
        message_ids bigint[] not null default '{}',
        file_ids text[] not null default '{}',
        attempts int not null default 1 check (attempts > 0),
        started_at timestamptz not null default now(),
        sent_at timestamptz,
        check ((status = 'sent') = (sent_at is not null))
      )`.execute(db)

    await sql`
      create table alerts (
        topic text primary key,
        raised_at timestamptz not null
      )`.execute(db)
  },
}
