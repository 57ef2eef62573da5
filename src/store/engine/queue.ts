import { sql } from 'kysely'
import type { EngineDb } from './tables.ts'

/** Adds a job to the effect queue by hand; steps add theirs in their own statement. */
export async function addJob(db: EngineDb, task: string, payload: object): Promise<void> {
  const json = JSON.stringify(payload)
  await sql`select graphile_worker.add_job(${task}, ${json}::json, max_attempts => 100)`.execute(db)
}
