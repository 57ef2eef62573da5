import { type Kysely, sql } from 'kysely'

/** How often a chat model has improved somebody's words. */
export const words = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table word_uses (
        ref text primary key,
        user_id bigint not null references users (id),
        created_at timestamptz not null default now()
      )`.execute(db)
    await sql`create index word_uses_by_user on word_uses (user_id, created_at)`.execute(db)
    await sql`
      comment on table word_uses is
        'Improvements of words, counted by user and day; what failed is taken out again'`.execute(
      db,
    )
  },
}
