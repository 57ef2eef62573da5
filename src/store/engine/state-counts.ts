import { sql } from 'kysely'
import type { EngineDb } from './tables.ts'

export interface StateCount {
  machine: string
  state: string
  count: number
}

/** How many actors are in each state, as the commits keep count; reads no actor. */
export async function countStates(db: EngineDb): Promise<StateCount[]> {
  const { rows } = await sql<StateCount>`
    select machine, state, sum(count)::bigint as count from state_counts
    group by machine, state having sum(count) > 0`.execute(db)
  return rows
}

/**
 * Counts all actors anew. While it does, commits wait; afterwards nothing is left of what a program
 * of an older version, or a hand in the database, had changed without counting.
 */
export async function recountStates(db: EngineDb): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // Whoever has counted already but not committed is waited for.
    await sql`lock table state_counts in share row exclusive mode`.execute(trx)
    await sql`delete from state_counts`.execute(trx)
    await sql`
      insert into state_counts
      select machine, state, -1, count(*) from actors group by machine, state`.execute(trx)
  })
}
