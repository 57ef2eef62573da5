import { sql } from 'kysely'
import type { Db } from '../db.ts'

/** An actor without its snapshot. */
export interface ActorHead {
  id: string
  machine: string
  state: string
  status: 'active' | 'done'
  version: number
  created_at: Date
  updated_at: Date
}

const HEAD = [
  'id',
  'machine',
  'state',
  'status',
  'version',
  'created_at',
  'updated_at',
] as const satisfies (keyof ActorHead)[]

/** Actors in one of these states, those that moved longest ago first; `after` is the last one seen. */
export const listActorsInStates = (
  db: Db,
  {
    machine,
    states,
    after,
    limit,
  }: {
    machine: string
    states: readonly string[]
    after: { at: string; id: string } | null
    limit: number
  },
): Promise<(ActorHead & { at: string })[]> =>
  db
    .selectFrom('actors')
    .select(HEAD)
    // A Date holds milliseconds only: two rows of one millisecond would be skipped or come twice.
    .select(sql<string>`updated_at::text`.as('at'))
    .where('machine', '=', machine)
    .where('state', 'in', states)
    .$if(after !== null, (query) =>
      query.where(sql<boolean>`(updated_at, id) > (${after?.at}::timestamptz, ${after?.id ?? ''})`),
    )
    .orderBy('updated_at')
    .orderBy('id')
    .limit(limit)
    .execute()

/** Actors by id, by the beginning of one, by a user's number, or by the provider's task. */
export async function searchActors(db: Db, word: string, limit: number): Promise<ActorHead[]> {
  const user = /^\d{1,15}$/.test(word) ? Number(word) : null
  const escaped = word.replaceAll(/[\\%_]/g, '\\$&')
  const found = await sql<ActorHead>`
    select ${sql.join(HEAD.map((name) => sql.ref(`a.${name}`)))} from actors a where id in (
      select id from actors where id = ${word}
      union all select id from actors where id = ${`job:${word}`}
      union all select 'job:' || id from jobs where task_id = ${word}
      union all select * from (select id from actors where id like ${`${escaped}%`}
        order by id limit ${limit}) p
      union all select * from (select 'job:' || id from jobs where user_id = ${user}
        order by created_at desc limit ${limit}) j
      union all select id from actors where ${user}::bigint is not null
        and machine = 'conversation' and id like ${`conversation:%:${escaped}`}
    ) order by updated_at desc limit ${limit}`.execute(db)
  return found.rows
}

/** Versions of these actors as they are now; for those that other processes may move. */
export const readVersions = (
  db: Db,
  ids: readonly string[],
): Promise<Pick<ActorHead, 'id' | 'version' | 'state'>[]> =>
  db.selectFrom('actors').select(['id', 'version', 'state']).where('id', 'in', ids).execute()
