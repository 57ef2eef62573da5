import { sql } from 'kysely'
import type { Db } from '../database.ts'

/** Adds a job to the effect queue by hand; steps add theirs in their own statement. */
export async function addJob(db: Db, task: string, payload: object): Promise<void> {
  const json = JSON.stringify(payload)
  await sql`select graphile_worker.add_job(${task}, ${json}::json, max_attempts => 100)`.execute(db)
}
