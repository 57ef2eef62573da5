import { sql } from 'kysely'
import { mayBeForgotten } from './lasting.ts'
import type { EngineDb } from './tables.ts'

/** An effect that a committed step asked for and that is not done yet. */
export interface StoredEffect {
  actor_id: string
  /** `<seq>.<index>` of one that is done once; the type of one of which only the newest counts. */
  key: string
  type: string
  /** The step that asked for it, or last asked for it. */
  seq: number
  index: number
  /** The newest step that asked for it to be done afresh. */
  renewed: number
  payload: { at: number; params: Record<string, unknown> }
  attempt: number
}

/** Identity of a row, and the step up to which it is done. */
export interface EffectRef {
  actor: string
  key: string
  seq: number
}

const COLUMNS = sql`actor_id, key, type, seq, index, renewed, payload, attempt`

/** Takes due effects that nobody runs for an instance, oldest first, at most `limit`. */
export async function claimEffects(
  db: EngineDb,
  { owner, now, limit }: { owner: number; now: number; limit: number },
): Promise<StoredEffect[]> {
  const { rows } = await sql<StoredEffect>`
    update effects e set owner = ${owner} from (
      select actor_id, key from effects where owner is null and due_at <= to_timestamp(${now / 1000})
        and ${mayBeForgotten}
        -- An instance that others think dead takes nothing: it would be freed to run twice.
        and exists (select from instances where lock_key = ${owner})
      order by due_at limit ${limit} for update skip locked
    ) free where e.actor_id = free.actor_id and e.key = free.key
    returning e.actor_id, e.key, e.type, e.seq, e.index, e.renewed, e.payload, e.attempt`.execute(
    db,
  )
  return rows
}

/**
 * Removes effects that are done, many in one statement. One that was asked for again meanwhile, by a
 * later step than the one it was done for, stays. Rows are locked in the order in which a commit writes
 * them: both may hold many of the same at once, and else each could wait for the other.
 */
export async function completeEffects(db: EngineDb, done: readonly EffectRef[]): Promise<void> {
  await sql`
    with gone as materialized (
      select e.actor_id, e.key, e.seq from effects e join unnest(
        ${done.map(({ actor }) => actor)}::text[], ${done.map(({ key }) => key)}::text[],
        ${done.map(({ seq }) => seq)}::bigint[]
      ) as d (actor_id, key, seq) on e.actor_id = d.actor_id and e.key = d.key and e.seq <= d.seq
      where ${mayBeForgotten}
      order by e.actor_id collate "C", e.key collate "C" for update of e
    )
    delete from effects e using gone g
    where e.actor_id = g.actor_id and e.key = g.key`.execute(db)
}

/** Puts an effect back for its next try, for whichever instance finds it due then. */
export async function postponeEffect(
  db: EngineDb,
  { actor, key, seq }: EffectRef,
  { attempt, dueAt }: { attempt: number; dueAt: number },
): Promise<void> {
  await sql`
    update effects set owner = null, attempt = ${attempt},
      due_at = to_timestamp(${dueAt / 1000})
    where actor_id = ${actor} and key = ${key} and seq = ${seq}`.execute(db)
}

/** What is stored in the name of this instance, for finding what its memory does not know. */
export async function ownEffects(
  db: EngineDb,
  owner: number,
  olderThanMs: number,
): Promise<StoredEffect[]> {
  const { rows } = await sql<StoredEffect>`
    select ${COLUMNS} from effects
    where owner = ${owner} and added_at < now() - make_interval(secs => ${olderThanMs / 1000})`.execute(
    db,
  )
  return rows
}

/** Gives up what an instance has not done, so that any other may take it at once. */
export async function releaseEffects(db: EngineDb, owner: number): Promise<void> {
  await sql`
    with held as materialized (
      select actor_id, key from effects where owner = ${owner}
      order by actor_id collate "C", key collate "C" for update
    )
    update effects e set owner = null from held h
    where e.actor_id = h.actor_id and e.key = h.key and e.owner = ${owner}`.execute(db)
}

/**
 * Frees the effects of instances that are not registered any more; returns how many there were. What
 * another transaction holds just now is passed over: it is done, or asked for by somebody who lives.
 */
export async function freeOrphanedEffects(db: EngineDb): Promise<number> {
  const { numAffectedRows } = await sql`
    with orphaned as materialized (
      select actor_id, key from effects
      where owner is not null and owner not in (select lock_key from instances)
      for update skip locked
    )
    update effects e set owner = null from orphaned o
    where e.actor_id = o.actor_id and e.key = o.key`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** An effect that no step asks for. */
export interface LooseEffect {
  actor: string
  key: string
  type: string
  seq?: number
  index?: number
  /** When it was asked for, Unix ms. */
  at: number
  params: object
}

/** Adds an effect by hand; steps add theirs in their own statement. Again under one key: nothing. */
export async function addEffect(db: EngineDb, effect: LooseEffect): Promise<void> {
  const { actor, key, type, seq = 0, index = 0, at, params } = effect
  const payload = JSON.stringify({ at, params })
  await sql`
    insert into effects (actor_id, key, type, seq, index, payload)
    values (${actor}, ${key}, ${type}, ${seq}, ${index}, ${payload}::json)
    on conflict (actor_id, key) do nothing`.execute(db)
}
