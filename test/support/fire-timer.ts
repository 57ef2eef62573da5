import type pg from 'pg'
import { waitFor } from './wait.ts'

/** Lets an actor's durable timer come due now; `name` is the delay's name in its machine. */
export async function fireTimer(pool: pg.Pool, actorId: string, name: string): Promise<void> {
  const bring = `update timers set due_at = now() - interval '1 second'
    where actor_id = $1 and id like $2 and claimed_until is null`
  const pattern = `xstate.after.${name}.%`
  const due = async () => ((await pool.query(bring, [actorId, pattern])).rowCount ?? 0) > 0
  await waitFor(due, { what: `a timer ${name} of ${actorId}` })
}

/** Lets an effect that waits for its next try run now. */
export async function hurryEffect(pool: pg.Pool, actorId: string, type: string): Promise<void> {
  const bring = `update effects set due_at = now() - interval '1 second'
    where type = $1 and actor_id = $2 and owner is null and due_at > now()`
  const due = async () => ((await pool.query(bring, [type, actorId])).rowCount ?? 0) > 0
  await waitFor(due, { what: `another try of ${type} of ${actorId}` })
}
