import { type Kysely, sql } from 'kysely'

/** Invitations are rewarded for what the friend does, and people are reminded of what is free again. */
export const invitations = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table referrals
        add column earned_at timestamptz,
        add column outcome text check (outcome in ('rewarded', 'capped')),
        add column settled_at timestamptz`.execute(db)
    await sql`
      comment on column referrals.earned_at is
        'When the friend got their first order that they paid for; settled_at: both sides know'`.execute(
      db,
    )
    await sql`
      create index referrals_due on referrals (earned_at)
        where earned_at is not null and settled_at is null`.execute(db)
    await sql`
      create table reminders (
        user_id bigint not null references users,
        kind text not null check (kind in ('free')),
        due_at timestamptz not null,
        primary key (user_id, kind)
      )`.execute(db)
    await sql`comment on table reminders is 'What people asked to be told, and when'`.execute(db)
    await sql`create index reminders_due on reminders (due_at)`.execute(db)
  },
}
