import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Task, TaskList } from 'graphile-worker'
import { pino } from 'pino'
import { createSession } from '../../../src/actors/engine/session.ts'
import { startWorker, type Worker } from '../../../src/actors/engine/worker.ts'
import { createDb } from '../../../src/store/db.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait.ts'

const log = pino({ level: 'silent' })

interface Settings {
  id: string
  lockKey: number
  tasks: TaskList
  /** One, so that a dead instance, whose queue lives on here, is too busy to take a freed job. */
  slots?: number
}

/** A process in the eyes of the others: a session that holds its lock, and its workers. */
async function startInstance(
  t: TestContext,
  { url, pool }: TestDatabase,
  { id, lockKey, tasks, slots = 1 }: Settings,
) {
  const session = await createSession({ url, log, hold: [lockKey] })
  const reaped: string[] = []
  const worker = await startWorker({
    pool,
    db: createDb(pool),
    instance: { id, lockKey },
    queues: [{ tasks, slots }],
    log,
    reapEveryMs: 150,
    onReap: (ids) => reaped.push(...ids),
  })
  t.after(async () => {
    await worker.stop(200)
    await session.close()
  })
  // Its workers live on here as a dead process's would not; they are busy for good.
  return { worker, reaped, die: () => session.close() }
}

/** Waits until the reaper has looked so often. */
async function rounds(worker: Worker, times: number): Promise<void> {
  const look = () => worker.lastRun().reaper?.lastRun ?? 0
  for (let i = 0; i < times; i += 1) {
    const last = look()
    await waitFor(() => look() > last, { what: 'a round of the reaper' })
  }
}

const addJob = ({ pool }: TestDatabase, task: string) =>
  pool.query('select graphile_worker.add_job($1, $2)', [task, '{}'])

/** A task that notes that it runs and ends only when told. */
function hangingTask() {
  const gate = Promise.withResolvers<void>()
  let runs = 0
  const task: Task = async () => {
    runs += 1
    await gate.promise
  }
  return { task, runs: () => runs, end: () => gate.resolve() }
}

function countingTask() {
  let runs = 0
  const work = () => {
    runs += 1
  }
  return { tasks: { work } satisfies TaskList, runs: () => runs }
}

describe('worker', () => {
  for (const [name, ids] of Object.entries({
    'another process': ['first', 'second'],
    'the same process, started again under its name': ['only', 'only'],
  })) {
    test(`takes over the jobs of a dead instance: ${name}`, async (t) => {
      const database = await createDatabase(t)
      const stuck = hangingTask()
      t.after(stuck.end)
      const [firstId, secondId] = ids as [string, string]
      const first = await startInstance(t, database, {
        id: firstId,
        lockKey: 1,
        tasks: { work: stuck.task },
      })
      await addJob(database, 'work')
      await waitFor(() => stuck.runs() === 1, { what: 'the job to start' })
      await first.die()
      const started = performance.now()
      const { tasks, runs } = countingTask()
      const second = await startInstance(t, database, { id: secondId, lockKey: 2, tasks })
      await waitFor(() => runs() === 1, { what: 'the job to run again' })
      assert.ok(performance.now() - started < 10_000)
      assert.equal(second.reaped.length, 1)
      assert.ok(second.worker.lastRun().reaper?.lastRun)
    })
  }

  test('leaves the jobs of a living instance alone', async (t) => {
    const database = await createDatabase(t)
    const busy = hangingTask()
    t.after(busy.end)
    await startInstance(t, database, { id: 'a', lockKey: 1, tasks: { work: busy.task } })
    await addJob(database, 'work')
    await waitFor(() => busy.runs() === 1, { what: 'the job to start' })
    const { tasks, runs } = countingTask()
    const other = await startInstance(t, database, { id: 'b', lockKey: 2, tasks })
    await rounds(other.worker, 4)
    assert.deepEqual([runs(), other.reaped], [0, []])
  })

  test('leaves an instance alone whose session comes back before the next look', async (t) => {
    const database = await createDatabase(t)
    const busy = hangingTask()
    t.after(busy.end)
    const first = await startInstance(t, database, {
      id: 'a',
      lockKey: 1,
      tasks: { work: busy.task },
    })
    await addJob(database, 'work')
    await waitFor(() => busy.runs() === 1, { what: 'the job to start' })
    const { tasks, runs } = countingTask()
    const other = await startInstance(t, database, { id: 'b', lockKey: 2, tasks })
    await first.die()
    await rounds(other.worker, 1)
    const session = await createSession({ url: database.url, log, hold: [1] })
    t.after(() => session.close())
    await rounds(other.worker, 4)
    assert.deepEqual([runs(), other.reaped], [0, []])
  })

  test('runs a job again that is locked in its name but never reached it', async (t) => {
    const database = await createDatabase(t)
    const { pool } = database
    const { tasks, runs } = countingTask()
    const busy = hangingTask()
    t.after(busy.end)
    const { worker } = await startInstance(t, database, {
      id: 'a',
      lockKey: 1,
      tasks: { ...tasks, busy: busy.task },
      slots: 2,
    })
    await addJob(database, 'busy')
    await waitFor(() => busy.runs() === 1, { what: 'a job that really runs' })
    await rounds(worker, 4)
    // The answer that would have brought this job was lost, and long ago.
    await pool.query(`
      with job as (select (graphile_worker.add_job('work', '{}', run_at => now() + '1 h')).id)
      select 1 from job`)
    const lose = `update graphile_worker._private_jobs j
      set run_at = now(), locked_at = now() - interval '9 s', locked_by = worker_ids[1]
      from instances where j.run_at > now()`
    assert.equal((await pool.query(lose)).rowCount, 1)
    await pool.query(`update graphile_worker._private_jobs set locked_at = now() - interval '9 s'
      where locked_at is not null`)
    await rounds(worker, 2)
    assert.equal(runs(), 0, 'without a sign of trouble nobody looks')
    await pool.query('alter table graphile_worker._private_jobs rename to gone')
    await waitFor(() => worker.lastRun().effects?.lastError, { what: 'a fetch that fails' })
    await pool.query('alter table graphile_worker.gone rename to _private_jobs')
    await waitFor(() => runs() === 1, { what: 'the job to run' })
    assert.equal(busy.runs(), 1, 'what runs is not taken away')
  })

  test('takes no job before others could free it', async (t) => {
    const database = await createDatabase(t)
    await addJob(database, 'work')
    const known: unknown[] = []
    const work: Task = async (_payload, { job }) => {
      const { rows } = await database.pool.query(
        'select $1 = any (worker_ids) as known from instances',
        [job.locked_by],
      )
      known.push(...rows.map((row) => row.known))
    }
    await startInstance(t, database, { id: 'a', lockKey: 1, tasks: { work } })
    await waitFor(() => known.length > 0, { what: 'the job to run' })
    assert.deepEqual(known, [true])
  })

  test('leaves a job that outlives its stop to others', async (t) => {
    const database = await createDatabase(t)
    const slow = hangingTask()
    t.after(slow.end)
    const first = await startInstance(t, database, {
      id: 'a',
      lockKey: 1,
      tasks: { work: slow.task },
    })
    await addJob(database, 'work')
    await waitFor(() => slow.runs() === 1, { what: 'the job to start' })
    await first.worker.stop(50)
    await first.die()
    const { tasks, runs } = countingTask()
    await startInstance(t, database, { id: 'b', lockKey: 2, tasks })
    await waitFor(() => runs() === 1, { what: 'the job to run again' })
  })

  test('frees a job that was taken in the name of nobody', async (t) => {
    const database = await createDatabase(t)
    await addJob(database, 'work')
    await database.pool.query(`update graphile_worker._private_jobs
      set locked_by = 'pool-of-the-dead', locked_at = now() - interval '2 seconds'`)
    const { tasks, runs } = countingTask()
    await startInstance(t, database, { id: 'a', lockKey: 1, tasks })
    await waitFor(() => runs() === 1, { what: 'the job to run' })
  })

  test('gives a job back whose end it could not note, and goes on', async (t) => {
    const database = await createDatabase(t)
    const { pool } = database
    const table = 'alter table if exists graphile_worker'
    let runs = 0
    const work: Task = async () => {
      runs += 1
      if (runs === 1) await pool.query(`${table}._private_jobs rename to gone`)
    }
    const { worker } = await startInstance(t, database, { id: 'a', lockKey: 1, tasks: { work } })
    await addJob(database, 'work')
    await waitFor(() => worker.lastRun().effects?.lastError, { what: 'the queue to stop' })
    await pool.query(`${table}.gone rename to _private_jobs`)
    await waitFor(() => runs === 2, { what: 'the job to run again' })
    const empty = 'select count(*) = 0 as empty from graphile_worker.jobs'
    await waitFor(async () => (await pool.query(empty)).rows[0].empty, { what: 'an empty queue' })
  })
})
