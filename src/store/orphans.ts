import { sql } from 'kysely'
import type { Db } from './db.ts'
import type { DeadLetter } from './engine/dead-letters.ts'

/** Things of one kind that nobody goes on with by themselves, or for longer than they should. */
export interface Orphans {
  readonly what: OrphanKind
  readonly count: number
  readonly oldest: Date
}

export type OrphanKind =
  | 'orders that neither end nor fail'
  | 'effects that fail again and again'
  | 'timers that nobody fires'
  | 'sends without an end'
  | `dead letters: ${DeadLetter['kind']}`

/** Longer than any order may take: its limits are 3 hours at most. */
const ORDER_HOURS = 4
const TRIES = 20

/** What is orphaned, with how much of it there is and since when; in no order. */
export async function findOrphans(
  db: Db,
  { now, ended }: { now: number; ended: readonly string[] },
): Promise<Orphans[]> {
  const at = sql`to_timestamp(${now / 1000})`
  const { rows } = await sql<{ what: OrphanKind; count: number; oldest: Date | null }>`
    select 'orders that neither end nor fail' as what, count(*)::int as count,
        min(created_at) as oldest from jobs
      where status <> all (${ended}::text[])
        and created_at < ${at} - make_interval(hours => ${ORDER_HOURS})
    union all select 'effects that fail again and again', count(*)::int, min(added_at) from effects
      where attempt > ${TRIES} and added_at < ${at} - interval '1 hour'
    union all select 'timers that nobody fires', count(*)::int, min(due_at) from timers
      where due_at < ${at} - interval '10 minutes'
    union all select 'sends without an end', count(*)::int, min(started_at) from sends
      where status = 'sending' and started_at < ${at} - interval '1 hour'
        and started_at > ${at} - interval '60 days'
    union all select 'dead letters: ' || kind, count(*)::int, min(created_at) from dead_letters
      where replayed_at is null group by kind`.execute(db)
  return rows.filter((row): row is Orphans => row.count > 0)
}

/** Dead letters of a kind that nobody replayed, oldest first, without what they hold. */
export const lettersOf = (
  db: Db,
  kind: DeadLetter['kind'],
  most = 10_000,
): Promise<Pick<DeadLetter, 'id' | 'subject' | 'error' | 'created_at'>[]> =>
  db
    .selectFrom('dead_letters')
    .select(['id', 'subject', 'error', 'created_at'])
    .where('replayed_at', 'is', null)
    .where('kind', '=', kind)
    .orderBy('id')
    .limit(most)
    .execute()

/**
 * Has the provider asked about orders now that wait for it for too long; returns how many. What it
 * answers moves them as a late callback would.
 */
export async function askAboutOrders(
  db: Db,
  { now, ended }: { now: number; ended: readonly string[] },
): Promise<number> {
  const { numAffectedRows } = await sql`
    update timers set due_at = to_timestamp(${now / 1000})
    where split_part(id, '.', 3) = 'pollPause' and claimed_until is null
      and actor_id in (select 'job:' || id from jobs where status <> all (${ended}::text[]))`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0)
}

/** An older program may take part in a deploy for about so long. */
const DEPLOY = sql`interval '2 hours'`

/**
 * Dead letters of events that a program refused because a newer one had moved the actor, as release
 * 0.1 does; whoever knows the actor's version can apply them now. A claim is none: it is made again by
 * whoever calls.
 */
export async function lettersOfOlderPrograms(
  db: Db,
  { error, versions }: { error: string; versions: Readonly<Record<string, number>> },
): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select d.id from dead_letters d join actors a on a.id = d.subject
    where d.kind = 'event' and d.replayed_at is null and d.created_at > now() - ${DEPLOY}
      and strpos(d.error, ${error}) > 0
      and d.payload -> 'event' ->> 'type' <> 'create.claimed'
      and a.machine_version <= (${JSON.stringify(versions)}::jsonb ->> a.machine)::int
    order by d.id`.execute(db)
  return rows.map(({ id }) => Number(id))
}
