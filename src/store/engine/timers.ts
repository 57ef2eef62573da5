import { sql } from 'kysely'
import { mayBeForgotten } from './lasting.ts'
import type { EngineDb } from './tables.ts'

/** A timer that is due. */
export interface DueTimer {
  actor_id: string
  id: string
  seq: number
  event: { type: string }
}

/**
 * Claims due timers for `claimMs`, oldest first, at most `limit`. The step that a timer causes removes
 * it; a claim that runs out (its instance died) lets any instance deliver it again.
 */
export async function claimTimers(
  db: EngineDb,
  { now, limit, claimMs }: { now: number; limit: number; claimMs: number },
): Promise<DueTimer[]> {
  const { rows } = await sql<DueTimer>`
    update timers t set claimed_until = now() + make_interval(secs => ${claimMs / 1000}) from (
      select actor_id, id from timers
      where due_at <= to_timestamp(${now / 1000}) and (claimed_until is null or claimed_until <= now())
        and ${mayBeForgotten}
      order by due_at limit ${limit} for update skip locked
    ) due where t.actor_id = due.actor_id and t.id = due.id
    returning t.actor_id, t.id, t.seq, t.event`.execute(db)
  return rows
}

/**
 * Removes timers that caused no step because they were superseded; a newer one of the name stays. One
 * that a step is changing just now is passed over, so that neither waits for the other: should the step
 * fail, its claim runs out, and it is delivered and removed again.
 */
export async function dropTimers(
  db: EngineDb,
  timers: readonly { actor: string; id: string; seq: number }[],
): Promise<void> {
  await sql`
    with gone as materialized (
      select t.actor_id, t.id from timers t join unnest(
        ${timers.map(({ actor }) => actor)}::text[], ${timers.map(({ id }) => id)}::text[],
        ${timers.map(({ seq }) => seq)}::bigint[]
      ) as d (actor_id, id, seq) on t.actor_id = d.actor_id and t.id = d.id and t.seq = d.seq
      for update of t skip locked
    )
    delete from timers t using gone g
    where t.actor_id = g.actor_id and t.id = g.id`.execute(db)
}
