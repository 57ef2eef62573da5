import type { TestContext } from 'node:test'
import type { StepRules } from '../../../src/actors/engine/booking.ts'
import type { Envelope, Receipt } from '../../../src/actors/engine/envelope.ts'
import {
  createRuntime,
  type Runtime,
  type RuntimeDeps,
} from '../../../src/actors/engine/runtime.ts'
import { stepRules } from '../../../src/actors/step-rules.ts'
import type { Definition } from '../../../src/machines/engine/definition.ts'
import { createRegistry } from '../../../src/machines/engine/registry.ts'
import { createWriters } from '../../../src/store/database.ts'
import { createDb, type Db } from '../../../src/store/db.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { lamp, person, purse } from './machines.ts'

export interface Engine extends TestDatabase {
  db: Db
  runtime: Runtime
  /** Another process on the same database. */
  another(overrides?: Partial<RuntimeDeps>, definitions?: readonly Definition[]): Runtime
  jobs(): Promise<QueuedJob[]>
  count(table: string): Promise<number>
}

export interface QueuedJob {
  id: number
  task: string
  key: string | null
  payload: Record<string, unknown>
  run_at: Date
}

const QUEUE = `select j.id, t.identifier as task, j.key, j.payload, j.run_at
  from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
  order by j.id`

/** Books and mirrors as the bot does; whatever else is asked for goes to the queue. */
const rules: StepRules = { ...stepRules, priorityOf: () => 0 }

/** A runtime of the test machines on a database of its own. */
export async function createEngine(
  t: TestContext,
  overrides: Partial<RuntimeDeps> = {},
): Promise<Engine> {
  const database = await createDatabase(t)
  const { url, pool } = database
  const db = createDb(pool)
  const another: Engine['another'] = (more = {}, definitions = [lamp, purse, person]) => {
    const writers = more.writers ?? createWriters(url)
    t.after(() => (writers.ended ? undefined : writers.end()))
    return createRuntime({
      registry: createRegistry(definitions),
      rules,
      db,
      now: Date.now,
      ...overrides,
      ...more,
      writers,
    })
  }
  return {
    ...database,
    db,
    runtime: another(),
    another,
    jobs: async () => (await pool.query<QueuedJob>(QUEUE)).rows,
    count: async (table) => (await pool.query(`select count(*)::int as n from ${table}`)).rows[0].n,
  }
}

let serial = 0

/** An envelope; without a key of its own it is a new happening. */
export const envelope = (
  actor: string,
  type: string,
  more: Partial<Envelope> & { text?: string; language?: string } = {},
): Envelope => {
  const { text, language, ...rest } = more
  serial += 1
  const event = {
    type,
    ...(text === undefined ? {} : { text }),
    ...(language === undefined ? {} : { language }),
  }
  return { actor, key: `e${serial}`, event, ...rest }
}

/** What is left of a send that was refused. */
export const outcomeOf = (sent: Promise<Receipt>): Promise<string> =>
  sent.then(
    (receipt) => receipt.outcome,
    (error: Error & { code?: string }) => error.code ?? error.message,
  )
