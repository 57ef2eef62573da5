import type { JobHelpers } from 'graphile-worker'
import type pg from 'pg'
import type { Incarnation, Outside } from './life.ts'

interface Row {
  id: number
  task: string
  payload: unknown
  run_at: Date
}

// What is to be done now comes before what is to be done later, whatever the clocks say.
const NEXT = `
  update graphile_worker._private_jobs set locked_at = now(), locked_by = 'test'
  where id = (
    select j.id from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id
    where j.locked_at is null
      and (j.payload->>'actor' = $1 or t.identifier = 'job.start' and j.payload->>'actor' = $2)
    order by j.run_at <> j.created_at, j.run_at, j.id limit 1 for update of j skip locked)
  returning id, payload, run_at,
    (select identifier from graphile_worker._private_tasks where id = task_id) as task`

/** Puts an effect into the queue, as a step would. */
export async function enqueue(pool: pg.Pool, task: string, payload: unknown): Promise<void> {
  await pool.query('select graphile_worker.add_job($1, $2::json)', [task, JSON.stringify(payload)])
}

/** The queue's worker, for one order: takes what is next, and lets the time pass until then. */
export function createWorkerOf(pool: pg.Pool, order: { job: string; conversation: string }) {
  return {
    /** Works off one job; false: nothing is left. A job whose process dies is there again. */
    async step(world: Outside, { tasks, wire }: Incarnation): Promise<boolean> {
      const { rows } = await pool.query<Row>(NEXT, [order.job, order.conversation])
      const [row] = rows
      if (row === undefined) return false
      world.now = Math.max(world.now, row.run_at.getTime())
      const addJob = (task: string, payload: unknown, { runAt, jobKey }: Added) =>
        pool.query('select graphile_worker.add_job($1, $2::json, run_at := $3, job_key := $4)', [
          task,
          JSON.stringify(payload),
          runAt,
          jobKey,
        ])
      const helpers = { addJob } as unknown as JobHelpers
      const done = Promise.resolve(tasks[row.task]?.(row.payload, helpers)).then(
        () => true,
        () => false,
      )
      const isDone = await Promise.race([done, wire.died.then(() => false)])
      const end = isDone
        ? 'delete from graphile_worker._private_jobs where id = $1'
        : 'update graphile_worker._private_jobs set locked_at = null, locked_by = null where id = $1'
      await pool.query(end, [row.id])
      return true
    },
  }
}

interface Added {
  runAt: Date
  jobKey: string
}
