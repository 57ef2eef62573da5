import { type Kysely, sql } from 'kysely'

/** What a process that died has asked a chat model, so that it is booked all the same. */
export const wordAsks = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table word_uses
        add column asks integer not null default 0,
        add column booked_asks integer not null default 0`.execute(db)
    await sql`
      comment on column word_uses.asks is
        'Requests that the provider may have charged for; a process that died leaves some unbooked'`.execute(
      db,
    )
  },
}
