import { type Kysely, sql } from 'kysely'

/** Orders that a user keeps at hand. */
export const favourites = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table favourites (
        user_id bigint not null references users (id),
        job_id text not null references jobs (id),
        saved boolean not null,
        step bigint not null,
        saved_at timestamptz not null default now(),
        primary key (user_id, job_id)
      )`.execute(db)
    await sql`
      create index favourites_of_user on favourites (user_id, saved_at desc) where saved`.execute(
      db,
    )
    await sql`
      comment on column favourites.step is
        'Step of the conversation that said so last: an older wish that comes late changes nothing'
      `.execute(db)
  },
}
