import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { JobRow } from './schema.ts'

export type ListedJob = Pick<
  Selectable<JobRow>,
  'id' | 'model_id' | 'status' | 'price_kopecks' | 'created_at' | 'input'
>

interface Page {
  userId: number
  list: 'history' | 'favourites'
  limit: number
  offset: number
  /** Only jobs of these models; absent: of all. */
  modelIds?: readonly string[] | undefined
}

/** Some of a user's jobs, newest first, or those that they keep, last kept first; and how many. */
export async function listUserJobs(
  db: Db,
  { userId, list, limit, offset, modelIds }: Page,
): Promise<{ jobs: ListedJob[]; total: number }> {
  let all = db.selectFrom('jobs').where('jobs.user_id', '=', userId)
  if (modelIds !== undefined) {
    all = all.where(sql<boolean>`jobs.model_id = any (${modelIds}::text[])`)
  }
  const kept = all.innerJoin('favourites', (join) =>
    join
      .onRef('favourites.job_id', '=', 'jobs.id')
      .onRef('favourites.user_id', '=', 'jobs.user_id')
      .on('favourites.saved', '=', true),
  )
  const columns = [
    'jobs.id',
    'jobs.model_id',
    'jobs.status',
    'jobs.price_kopecks',
    'jobs.created_at',
    'jobs.input',
  ] as const
  const page =
    list === 'history'
      ? all.select(columns).orderBy('jobs.created_at', 'desc')
      : kept.select(columns).orderBy('favourites.saved_at', 'desc')
  const count = (list === 'history' ? all : kept).select((eb) => eb.fn.countAll<number>().as('n'))
  const [jobs, { n }] = await Promise.all([
    page.orderBy('jobs.id', 'desc').limit(limit).offset(offset).execute(),
    count.executeTakeFirstOrThrow(),
  ])
  return { jobs, total: n }
}
