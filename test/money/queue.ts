import type pg from 'pg'
import { pino } from 'pino'
import { attemptEffect } from '../../src/actors/engine/attempt.ts'
import type { BoundEffect, EffectJob } from '../../src/actors/engine/effect.ts'
import { createDb } from '../../src/store/db.ts'
import { addEffect } from '../../src/store/engine/effects.ts'
import type { Incarnation, Outside } from './life.ts'

interface Row {
  actor_id: string
  /** Of an effect its key, of a timer its id. */
  key: string
  type: string
  seq: number
  index: number
  attempt: number
  payload: { at: number; params: Record<string, unknown> } & { type: string }
  due_at: Date
}

// What is to be done now comes before what is to be done later, whatever the clocks say.
const NEXT = `
  select * from (
    select actor_id, key, type, seq, index, attempt, payload::jsonb as payload, due_at, 0 as later
    from effects
    where owner is null and (actor_id = $1 or type = 'job.start' and actor_id = $2)
    union all
    select actor_id, id, 'timer', seq, 0, 1, event, due_at, 1 from timers where actor_id = $1
  ) w
  order by later, due_at, seq, index limit 1`

const log = pino({ level: 'silent' })

/** Adds an effect, as a step would. */
export const enqueue = (pool: pg.Pool, type: string, job: EffectJob): Promise<void> => {
  const { actor, seq, index, at, params } = job
  return addEffect(createDb(pool), { actor, key: `${seq}.${index}`, type, seq, index, at, params })
}

/** The worker, for one order: does what is next, and lets the time pass until then. */
export function createWorkerOf(pool: pg.Pool, order: { job: string; conversation: string }) {
  return {
    /** Does one effect or timer; false: nothing is left. What a process dies over is there again. */
    async step(world: Outside, process: Incarnation): Promise<boolean> {
      const { rows } = await pool.query<Row>(NEXT, [order.job, order.conversation])
      const [row] = rows
      if (row === undefined) return false
      world.now = Math.max(world.now, row.due_at.getTime())
      const work = row.type === 'timer' ? fire(process, row) : run(process, row)
      await Promise.race([work.catch(() => {}), process.wire.died])
      return true
    },
  }

  async function fire({ runtime }: Incarnation, { actor_id: actor, key: id, seq, payload }: Row) {
    const key = `timer:${id}:${seq}`
    const { outcome } = await runtime.send({ actor, key, event: payload, timer: { id, seq } })
    if (outcome === 'committed') return
    await pool.query('delete from timers where actor_id = $1 and id = $2 and seq = $3', [
      actor,
      id,
      seq,
    ])
  }

  async function run({ effects, runtime, db, now, wire }: Incarnation, row: Row): Promise<void> {
    const { actor_id: actor, key, type, seq, index, attempt, payload } = row
    const { at, params } = payload
    const effect = effects.find(({ declaration }) => declaration.name === type) as BoundEffect
    const job: EffectJob = { actor, seq, index, at, attempt, params, renewed: 0 }
    const deps = { db, send: runtime.send, now, log }
    const done = await Promise.race([
      attemptEffect(effect, job, deps, new AbortController().signal),
      wire.died.then(() => undefined),
    ])
    if (done === undefined) return
    const own = 'where actor_id = $1 and key = $2 and seq = $3'
    if (done.over) await pool.query(`delete from effects ${own}`, [actor, key, seq])
    else {
      await pool.query(
        `update effects set attempt = attempt + 1, due_at = to_timestamp($4::float8 / 1000) ${own}`,
        [actor, key, seq, now() + done.pauseMs],
      )
    }
  }
}
