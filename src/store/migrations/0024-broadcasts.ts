import { type Kysely, sql } from 'kysely'

/** Messages to many people: what became of each, and who wants no such messages. */
export const broadcasts = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table broadcasts (
        id text primary key,
        made_by bigint not null,
        status text not null,
        words text,
        has_turn boolean not null default false,
        fixed_at timestamptz,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
      )`.execute(db)
    await sql`comment on table broadcasts is 'Mirrors the actors of broadcasts, for lists'`.execute(
      db,
    )
    await sql`
      comment on column broadcasts.has_turn is
        'Only one broadcast is sent at a time, so that together they keep the pace'`.execute(db)
    await sql`create unique index broadcasts_turn on broadcasts (has_turn) where has_turn`.execute(
      db,
    )
    await sql`
      create table broadcast_recipients (
        broadcast_id text not null references broadcasts on delete cascade,
        user_id bigint not null,
        status text not null default 'waiting' check (status in
          ('waiting', 'sending', 'sent', 'blocked', 'failed', 'skipped', 'lost')),
        taker text,
        message_id bigint,
        error_code text,
        changed_at timestamptz not null default now(),
        primary key (broadcast_id, user_id)
      )`.execute(db)
    await sql`
      comment on table broadcast_recipients is
        'Whom a broadcast is for, fixed when it starts; the row is the fence of the message to them'`.execute(
      db,
    )
    await sql`
      create index broadcast_recipients_by_status on broadcast_recipients
        (broadcast_id, status, user_id)`.execute(db)
    await sql`
      create table news_choices (
        user_id bigint primary key,
        choice text not null check (choice in ('on', 'off')),
        chosen_at timestamptz not null default now()
      )`.execute(db)
    await sql`
      comment on table news_choices is
        'Who asked for news, and who wants none; nobody else has said anything'`.execute(db)
  },
}
