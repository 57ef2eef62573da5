import type pg from 'pg'
import { waitFor } from './wait.ts'

/** Lets an actor's durable timer come due now; `name` is the delay's name in its machine. */
export async function fireTimer(pool: pg.Pool, actorId: string, name: string): Promise<void> {
  const bring = `
    select count(*) as n from graphile_worker.reschedule_jobs(
      array(select id from graphile_worker.jobs where key like $1 and locked_at is null),
      run_at := now() - interval '1 second')`
  const pattern = `timer:${actorId}:xstate.after.${name}.%`
  const due = async () => (await pool.query(bring, [pattern])).rows[0].n > 0
  await waitFor(due, { what: `a timer ${name} of ${actorId}` })
  // The queue looks by itself only once a second.
  await pool.query(`select pg_notify('jobs:insert', '{"count":1}')`)
}

/** Lets an effect that waits for its next try run now. */
export async function hurryEffect(pool: pg.Pool, actorId: string, type: string): Promise<void> {
  const bring = `
    select count(*) as n from graphile_worker.reschedule_jobs(
      array(select j.id from graphile_worker.jobs j
        join graphile_worker._private_jobs p on p.id = j.id
        where j.task_identifier = $1 and p.payload->>'actor' = $2 and j.run_at > now()),
      run_at := now() - interval '1 second')`
  const due = async () => (await pool.query(bring, [type, actorId])).rows[0].n > 0
  await waitFor(due, { what: `another try of ${type} of ${actorId}` })
  await pool.query(`select pg_notify('jobs:insert', '{"count":1}')`)
}
