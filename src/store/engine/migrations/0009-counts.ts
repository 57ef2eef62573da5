import { type Kysely, sql } from 'kysely'

/**
 * How many actors are in each state, kept by the commits themselves. An index answered that too, but
 * only right after a vacuum; with it every step that changed a state also had to write an index entry.
 */
export const counts = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`drop index actors_by_state`.execute(db)
    await sql`
      create table state_counts (
        machine text not null,
        state text not null,
        slot int not null,
        count bigint not null,
        primary key (machine, state, slot)
      ) with (fillfactor = 50)`.execute(db)
    await sql`
      comment on table state_counts is
        'The sum over the slots counts; each connection has a slot, so that none waits for another'
      `.execute(db)
    await sql`
      insert into state_counts
      select machine, state, -1, count(*) from actors group by machine, state`.execute(db)
  },
}
