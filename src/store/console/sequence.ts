import { sql } from 'kysely'
import type { Db } from '../db.ts'

/** A journal row, with what a sequence diagram needs of it. */
export interface SequenceRow {
  actor_id: string
  seq: number
  at: Date
  key: string
  type: string
  state: string
  /** Types of the effects that the step asked for. */
  effects: string[]
}

export interface OrderRows {
  /** Of the job itself. */
  job: SequenceRow[]
  /** Of the dialogue: the steps that asked for the order, and those that heard of it. */
  conversation: SequenceRow[]
}

/** A dialogue may have asked for an order before its row was there, and hear of it after it ended. */
const AROUND = '1 day'

/** Every step that has to do with one order, each list in its own order. */
export async function readOrderRows(db: Db, jobId: string): Promise<OrderRows> {
  const actor = `job:${jobId}`
  const effects = sql`coalesce((select jsonb_agg(e->>'type' order by n)
    from jsonb_array_elements(j.effects) with ordinality as _(e, n)), '[]'::jsonb)`
  const { rows: job } = await sql<SequenceRow>`
    select actor_id, seq, at, key, event->>'type' as type, state, ${effects} as effects
    from journal j where actor_id = ${actor} order by seq`.execute(db)
  const first = job[0]
  const last = job.at(-1)
  if (first === undefined || last === undefined) return { job, conversation: [] }
  // Copies are asked for together, by the id of the first.
  const ordered = jobId.replace(/-\d+$/, '')
  const asks = JSON.stringify([{ type: 'job.start', params: { jobId: ordered } }])
  const mentions = JSON.stringify([{ params: { jobId } }])
  const { rows: conversation } = await sql<SequenceRow>`
    select j.actor_id, j.seq, j.at, j.key, j.event->>'type' as type, j.state, ${effects} as effects
    from journal j, actors a
    where a.id = ${actor} and j.actor_id = a.snapshot #>> '{context,conversation}'
      and j.at between ${first.at}::timestamptz - ${AROUND}::interval
        and ${last.at}::timestamptz + ${AROUND}::interval
      and (j.event->>'jobId' = ${jobId} or j.effects @> ${asks}::jsonb or j.effects @> ${mentions}::jsonb)
    order by j.seq`.execute(db)
  return { job, conversation }
}
