import { ERRORS } from '../errors.ts'
import { JOB_STATUSES } from '../machines/job/statuses.ts'
import { whileMoving, workDone } from './patience.ts'
import type { Stage } from './stage.ts'

/** How long the system must have had nothing to do. */
const QUIET_LOOKS = 3
/** Waits that only time ends come to their end in the time of rest; those that decide stay. */
const HURRIED = ['pollPause', 'retryPause', 'answerLimit', 'pollLimit']
/** The last hope of an order whose create call may never have left: after everything else. */
const UNKNOWN = 'unknownLimit'
const UNKNOWN_AFTER_MS = 20_000
/** A busy machine takes long to start a process. */
const READY_MS = 180_000

/** Ends every fault, and starts what is not running or not in order. */
export async function makePeace(stage: Stage): Promise<void> {
  const { fleet, front, telegram, kie, log } = stage
  front.disturb({})
  telegram.control.faults.clear()
  kie.control.faults.clear()
  kie.control.release()
  for (const slot of fleet.slots) {
    slot.proxy.restore()
    if (slot.frozen) fleet.thaw(slot)
  }
  for (const slot of fleet.slots) {
    if (slot.odd) await fleet.terminate(slot)
    if (!fleet.isUp(slot)) await fleet.start(slot)
  }
  const ready = await Promise.all(fleet.slots.map((slot) => fleet.ready(slot, READY_MS)))
  log(`peace: ${ready.filter(Boolean).length} of ${fleet.slots.length} instances are ready`)
}

/** What is still to be done, by what it is; empty: the system rests. */
export async function unfinished(stage: Stage): Promise<Record<string, number>> {
  const { pool, telegram, kie } = stage
  const { rows } = await pool.query<Record<string, number>>(
    `select
       (select count(*)::int from effects) as effects,
       (select count(*)::int from timers where due_at <= now()) as timers,
       (select count(*)::int from jobs where status <> all ($1::text[])) as jobs,
       (select count(*)::int from sends where status = 'sending') as sends,
       (select count(*)::int from dead_letters where kind = 'event' and replayed_at is null
          and strpos(error, $2) > 0) as letters`,
    // What an older program refused is replayed by a newer one, at its start and every 20 s.
    [JOB_STATUSES.ended, ERRORS['actor.unfit'].text],
  )
  const tasks = kie.control.tasks.filter(({ state }) => state !== 'success' && state !== 'fail')
  const left = {
    ...rows[0],
    updates: telegram.control.pendingUpdates().length,
    tasks: tasks.length,
  }
  return Object.fromEntries(Object.entries(left).filter(([, count]) => count > 0))
}

/**
 * Waits until nothing is left to do, or until for so long nothing was done: a slow machine may take
 * its time. Resolves with what was left.
 */
export async function rest(stage: Stage, stillMs: number): Promise<Record<string, number>> {
  const { pool, log } = stage
  const began = Date.now()
  let quiet = 0
  let left: Record<string, number> = {}
  const look = async () => {
    const names = Date.now() - began > UNKNOWN_AFTER_MS ? [...HURRIED, UNKNOWN] : HURRIED
    // A timer is named `xstate.after.<delay>.<state>`.
    await pool.query(
      `update timers set due_at = now()
       where split_part(id, '.', 3) = any ($1::text[]) and due_at > now()`,
      [names],
    )
    await pool.query('update effects set due_at = now() where owner is null and due_at > now()')
    left = await unfinished(stage)
    quiet = Object.keys(left).length === 0 ? quiet + 1 : 0
    return quiet === QUIET_LOOKS ? true : undefined
  }
  const movement = async () => `${JSON.stringify(left)} ${await workDone(stage)}`
  if (await whileMoving(look, movement, { stillMs })) return {}
  log(`no rest: ${JSON.stringify(left)}`)
  return left
}
