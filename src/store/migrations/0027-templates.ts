import { type Kysely, sql } from 'kysely'

/** Orders that others fill in: templates made by admins, and results that people share. */
export const templates = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table templates (
        id text primary key,
        title text not null,
        task text,
        model_id text not null,
        answers jsonb not null,
        words text,
        files jsonb not null,
        made_by bigint not null,
        created_at timestamptz not null default now()
      )`.execute(db)
    await sql`
      comment on table templates is
        'Templates that admins made of results; those that ship with the program are not here'`.execute(
      db,
    )
    await sql`
      create table template_settings (
        template_id text primary key,
        is_on boolean not null,
        example jsonb,
        decided_by bigint not null,
        decided_at timestamptz not null default now()
      )`.execute(db)
    await sql`
      comment on table template_settings is
        'Which templates are on offer, and the files of their examples by Telegram''s ids; without a row: on, none'
      `.execute(db)
    await sql`
      create table shares (
        secret text primary key,
        job_id text not null unique references jobs (id),
        user_id bigint not null references users (id),
        with_words boolean not null,
        step bigint not null,
        created_at timestamptz not null default now()
      )`.execute(db)
    await sql`
      comment on column shares.with_words is
        'Whether whoever has the link reads what the owner wrote'`.execute(db)
  },
}
