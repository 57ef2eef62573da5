import { z } from 'zod'
import { allModels } from '../../machines/catalogue/catalogue.ts'
import type { MediaFile } from '../../machines/catalogue/media.ts'
import type { Answers } from '../../machines/catalogue/payload.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { firstWords } from '../../machines/conversation/results/first-words.ts'
import {
  FILTERS,
  type Filter,
  LINES_PER_PAGE,
  type ResultCard,
  type ResultLine,
} from '../../machines/conversation/results/results.ts'
import { isJob } from '../../machines/job/statuses.ts'
import { setFavourite } from '../../store/favourites.ts'
import { type ListedJob, listUserJobs } from '../../store/history.ts'
import { type KeptJob, readKeptJob, type StoredJob } from '../../store/jobs.ts'
import type { EffectAnswer, EffectHandler } from '../engine/effect.ts'
import { ASKED, declareEffect, declareQuestion, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'
import { readSentFiles } from './sent-files.ts'

/** How long the provider keeps its tasks: https://docs.kie.ai/1973359m0.md, section 6. */
const TASK_LIFE_MS = 14 * 86_400_000

const pageSchema = z.object({
  userId: z.int(),
  list: z.enum(['history', 'favourites']),
  page: z.int(),
  /** Absent in requests that were queued by older versions: all. */
  filter: z.enum(FILTERS).optional(),
})
const resultSchema = z.object({ userId: z.int(), jobId: z.string() })
const favouriteSchema = resultSchema.extend({ saved: z.boolean() })

/** Tells the conversation one page of the user's orders. */
export const createHistoryAnswer =
  ({ db }: EffectDeps): EffectAnswer<z.infer<typeof pageSchema>> =>
  async ({ params: { userId, list, page, filter = 'all' } }): Promise<ConversationEvent> => {
    const limit = LINES_PER_PAGE
    const wanted = { userId, list, limit, offset: page * limit, modelIds: modelsOfKind(filter) }
    const { jobs, total } = await listUserJobs(db, wanted)
    return {
      type: 'history.read',
      list,
      filter,
      page,
      lines: jobs.map((row) => ({
        ...lineOf(row),
        words: firstWords(row.model_id, row.input as Answers),
      })),
      total,
    }
  }

/** Tells the conversation all about one of the user's orders; null for anybody else's. */
export const createResultAnswer =
  (deps: EffectDeps): EffectAnswer<z.infer<typeof resultSchema>> =>
  async ({ params: { userId, jobId } }): Promise<ConversationEvent> => {
    const row = await readKeptJob(deps.db, jobId)
    const card = row?.user_id === userId ? await cardOf(deps, row) : null
    return { type: 'result.read', jobId, card }
  }

/** Keeps an order at hand, or no longer; the last wish counts, in whatever order they run. */
export const createFavouriteHandler =
  ({ db }: EffectDeps): EffectHandler<z.infer<typeof favouriteSchema>> =>
  ({ params, seq }) =>
    setFavourite(db, { ...params, step: seq })

/** Models whose results are of this kind; undefined: of any. */
const modelsOfKind = (filter: Filter): readonly string[] | undefined =>
  filter === 'all'
    ? undefined
    : allModels.filter(({ output }) => output === filter).map(({ id }) => id)

const lineOf = (row: Omit<ListedJob, 'input'>): ResultLine => ({
  jobId: row.id,
  modelId: row.model_id,
  status: row.status,
  priceKopecks: row.price_kopecks,
  at: row.created_at.getTime(),
})

async function cardOf({ db, now }: EffectDeps, row: KeptJob): Promise<ResultCard> {
  const isDone = isJob(row.status, 'succeeded')
  return {
    ...lineOf(row),
    error: row.error_code,
    courtesy: row.courtesy,
    answers: row.input as Answers,
    taskId: isDone && now() - row.created_at.getTime() < TASK_LIFE_MS ? row.task_id : null,
    files: isDone ? await filesOf(db, row) : [],
    saved: row.saved,
  }
}

/** What was delivered, by Telegram's ids, in the provider's order. */
async function filesOf(db: EffectDeps['db'], row: StoredJob): Promise<MediaFile[]> {
  const { urls = [] } = (row.result ?? {}) as { urls?: string[] }
  return (await readSentFiles(db, row.id, urls.length)).flatMap(({ files }) => files)
}

export const historyEffects = [
  declareQuestion({
    name: 'history.request',
    params: pageSchema,
    delivery: 'once',
    queue: 'account',
    patience: ASKED,
    exhausted: null,
    answer: createHistoryAnswer,
  }),
  declareQuestion({
    name: 'result.request',
    params: resultSchema,
    delivery: 'once',
    queue: 'account',
    patience: ASKED,
    exhausted: null,
    answer: createResultAnswer,
  }),
  declareEffect({
    name: 'favourite.set',
    params: favouriteSchema,
    delivery: 'once',
    queue: 'account',
    patience: { attempts: 200, maxPauseMs: 30 * SECOND },
    exhausted: null,
    handler: createFavouriteHandler,
  }),
] as const
