import Router from '@koa/router'
import type { Context } from 'koa'
import { toHistory } from '../../actors/engine/replay.ts'
import { searchActors } from '../../store/console/actors.ts'
import { listJobs } from '../../store/console/jobs.ts'
import { firstStep } from '../../store/console/journal.ts'
import { loadActor, type StoredActor } from '../../store/engine/actors.ts'
import { readJournal } from '../../store/engine/journal.ts'
import { type ConsoleDeps, visitorIn } from './console-deps.ts'
import { ConsoleError } from './console-error.ts'
import type { ActorDetail, JobItem, StepDetail, StepPage } from './contract.ts'
import { readHistory } from './history.ts'
import { toActorSummary, toJobItem } from './items.ts'
import { limitParam, numberParam, textParam } from './params.ts'
import { revealedUntil } from './reveal.ts'

const MAX_STEPS = 256
const DEFAULT_STEPS = 64
const FOUND = 30
const JOBS_SHOWN = 10

/** One actor: where it is, every step of its life, and its history as a file. */
export function createActorsRouter(deps: ConsoleDeps): Router {
  const { db, registry, assets, now, actions } = deps
  const router = new Router()
  const may = (name: (typeof actions)[number]) => actions.includes(name)

  async function rowOf({ params }: Context & { params: Record<string, string> }) {
    const row = await loadActor(db, params.actor ?? '')
    if (row === undefined) throw new ConsoleError(404, 'actor.unknown')
    return row
  }
  const untilOf = (context: Context, actor: string) =>
    revealedUntil(db, visitorIn(context), actor, now())

  async function jobsOf({ id, machine }: StoredActor): Promise<JobItem[]> {
    const page = { after: null, limit: JOBS_SHOWN }
    const user = Number(id.split(':')[2])
    const rows =
      machine === 'job'
        ? await listJobs(db, { ...page, ids: [id.slice('job:'.length)] })
        : machine === 'conversation' && Number.isSafeInteger(user)
          ? await listJobs(db, { ...page, user })
          : []
    return rows.map((row) => toJobItem(row, may))
  }

  // `?q=`: an actor id, a job id, a user id, a task id, or the beginning of an actor id.
  router.get('/actors', async (context) => {
    const word = textParam(context, 'q')
    const found = word === undefined ? [] : await searchActors(db, word, FOUND)
    context.body = found.map((row) => toActorSummary(registry, row))
  })

  // Ids hold colons: encode them with `encodeURIComponent`.
  router.get('/actors/:actor', async (context) => {
    const row = await rowOf(context)
    const until = await untilOf(context, row.id)
    const jobs = await jobsOf(row)
    const timers = row.timers as Record<string, { seq: number; dueAt: number }>
    const [job] = row.machine === 'job' ? jobs : []
    context.body = {
      ...toActorSummary(registry, row),
      machineVersion: row.machine_version,
      firstSeq: await firstStep(db, row.id),
      timers: Object.entries(timers)
        .map(([id, timer]) => ({ id, ...timer }))
        .sort((a, b) => a.dueAt - b.dueAt),
      job: job ?? null,
      jobs: row.machine === 'conversation' ? jobs : [],
      revealed: until !== null,
      revealedUntil: until,
      actions: [
        ...(job?.actions ?? []),
        ...(may('user.reveal') && until === null ? (['user.reveal'] as const) : []),
      ],
      chart: assets.chartUrl(row.machine),
    } satisfies ActorDetail
  })

  // `?from=<seq>&limit=` ascending from there; without `from` the newest `limit` (at most 256).
  router.get('/actors/:actor/steps', async (context) => {
    const row = await rowOf(context)
    const limit =
      numberParam(context, 'limit') === undefined ? DEFAULT_STEPS : limitParam(context, MAX_STEPS)
    const firstSeq = await firstStep(db, row.id)
    const newest = row.version - limit + 1
    const from = Math.max(firstSeq, numberParam(context, 'from') ?? newest)
    const to = Math.min(row.version, from + limit - 1)
    const revealed = (await untilOf(context, row.id)) !== null
    const steps = to < from ? [] : await readHistory(deps, row.id, { from, to, revealed })
    context.body = {
      steps: steps.map(({ context: _, timers: __, ...step }) => step),
      firstSeq,
      lastSeq: row.version,
      revealed,
    } satisfies StepPage
  })

  router.get('/actors/:actor/steps/:seq', async (context) => {
    const row = await rowOf(context)
    const seq = Number(context.params.seq)
    if (!Number.isSafeInteger(seq)) throw new ConsoleError(404, 'not-found')
    const revealed = (await untilOf(context, row.id)) !== null
    const [step] = await readHistory(deps, row.id, { from: seq, to: seq, revealed })
    if (step === undefined) throw new ConsoleError(404, 'not-found')
    context.body = { ...step, logs: deps.logsOf(row.id, seq) } satisfies StepDetail
  })

  // A file for `npm run replay`.
  router.get('/actors/:actor/history.json', async (context) => {
    const row = await rowOf(context)
    // It would not replay with anything left out, so it holds what people wrote.
    if ((await untilOf(context, row.id)) === null) throw new ConsoleError(403, 'console.hidden')
    const history = toHistory(row, await readJournal(db, row.id))
    context.set(
      'Content-Disposition',
      `attachment; filename="${row.id.replaceAll(/[^\w-]/g, '_')}.json"`,
    )
    context.type = 'json'
    context.body = `${JSON.stringify(history, null, 2)}\n`
  })

  return router
}
