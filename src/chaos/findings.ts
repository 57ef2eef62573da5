import { conversationId } from '../machines/conversation/actor-id.ts'
import { JOB_STATUSES } from '../machines/job/statuses.ts'
import { markOf } from '../sandbox/kie/media/mark.ts'
import type { Task } from '../sandbox/kie/task.ts'
import { createDb } from '../store/db.ts'
import { reconcile } from '../store/reconcile.ts'
import { BOT_ID, type Stage } from './stage.ts'

/** What may not happen, each a number of the report. */
export type Figure =
  | 'lost'
  | 'double_charged'
  | 'stuck'
  | 'wrong_money'
  | 'duplicates'
  | 'unanswered'

/** One thing that is wrong, and when it must have gone wrong. */
export interface Finding {
  readonly figure: Figure
  readonly what: string
  /** Unix ms. */
  readonly at: number
}

interface JobFacts {
  id: string
  user_id: number
  status: string
  price_kopecks: number
  courtesy: boolean
  error_code: string | null
  task_id: string | null
  updated: number
  kinds: string[]
}

const number = (value: unknown): number => Number(value)

/** Everything that is wrong when the system rests, from the database and from the fakes' own records. */
export async function findWrong(stage: Stage, left: Record<string, number>): Promise<Finding[]> {
  const jobs = await readJobs(stage)
  return [
    ...(await stuck(stage, left)),
    ...(await lostUpdates(stage)),
    ...(await lostMessages(stage)),
    ...lostResults(stage, jobs),
    ...doubleOrders(stage, jobs),
    ...(await wrongMoney(stage, jobs)),
    ...(await wrongStars(stage)),
  ]
}

async function readJobs({ pool }: Stage): Promise<JobFacts[]> {
  const { rows } = await pool.query(
    `select j.id, j.user_id, j.status, j.price_kopecks, j.courtesy, j.error_code, j.task_id,
       extract(epoch from j.updated_at) * 1000 as updated,
       coalesce((select array_agg(e.kind order by e.kind) from ledger_entries e
         where e.ref = j.id and e.kind in ('hold', 'capture', 'release')), '{}') as kinds
     from jobs j`,
  )
  return rows.map((row) => ({
    ...row,
    user_id: number(row.user_id),
    price_kopecks: number(row.price_kopecks),
    updated: number(row.updated),
  }))
}

async function stuck({ pool, incidents }: Stage, left: Record<string, number>): Promise<Finding[]> {
  const { rows } = await pool.query<{ what: string; at: string }>(
    `select 'job ' || id || ' is ' || status as what, extract(epoch from updated_at) * 1000 as at
       from jobs where status <> all ($1::text[])
     union all select 'effect ' || type || ' of ' || actor_id || ', try ' || attempt,
       extract(epoch from added_at) * 1000 from effects
     union all select 'timer ' || id || ' of ' || actor_id, extract(epoch from due_at) * 1000
       from timers where due_at <= now()
     union all select 'dead letter ' || kind || ' of ' || subject || ': ' || left(error, 200),
       extract(epoch from created_at) * 1000 from dead_letters
       where kind in ('event', 'effect', 'snapshot') and replayed_at is null
        and not (kind = 'snapshot' and subject like 'conversation:%' and $2)
     union all select 'payment of ' || user_id || ' is ' || state,
       extract(epoch from updated_at) * 1000 from payments where state = 'refunding'`,
    // Release 0.1 begins a dialogue anew that a newer program has moved: known, and counted apart.
    [JOB_STATUSES.ended, incidents.count('deploy') > 0],
  )
  const named = rows.map(({ what, at }): Finding => ({ figure: 'stuck', what, at: number(at) }))
  const outside = (['updates', 'tasks'] as const).flatMap((name): Finding[] =>
    left[name] === undefined
      ? []
      : [{ figure: 'stuck', what: `${left[name]} ${name} outside`, at: Date.now() }],
  )
  return [...named, ...outside]
}

/** Updates that were answered with 200 and of which nothing is known. */
async function lostUpdates({ pool, front }: Stage): Promise<Finding[]> {
  const ours = [...front.acknowledged].filter(
    ([, { kind, userId }]) =>
      userId !== undefined && (kind === 'message' || kind === 'callback_query'),
  )
  const { rows } = await pool.query<{ key: string }>(
    `select k.key from unnest($1::text[]) as k (key)
     where not exists (select from journal j where j.key = k.key)
       and not exists (select from dead_letters d where d.key = k.key)`,
    [ours.map(([id]) => `tg:${id}`)],
  )
  const missing = new Set(rows.map(({ key }) => key))
  return ours
    .filter(([id]) => missing.has(`tg:${id}`))
    .map(([id, { at, kind, userId }]) => ({
      figure: 'lost',
      what: `${kind} ${id} of ${userId} was acknowledged and is nowhere`,
      at,
    }))
}

/** What people wrote and what their conversations know of it; Telegram repeats it for a day. */
async function lostMessages({ pool, people }: Stage): Promise<Finding[]> {
  const { rows } = await pool.query<{ actor_id: string; count: string }>(
    `select actor_id, count(*) from journal
     where key like 'tg:%' and event->>'type' <> 'button.tapped' group by 1`,
  )
  const known = new Map(rows.map(({ actor_id, count }) => [actor_id, number(count)]))
  return people.flatMap((person): Finding[] => {
    const missing = person.sent() - (known.get(conversationId(BOT_ID, person.id)) ?? 0)
    if (missing <= 0) return []
    const what = `${missing} of ${person.sent()} messages of ${person.id} never arrived`
    return [{ figure: 'lost', what, at: Date.now() }]
  })
}

/** Pictures of these kinds carry the name of their task; other files can only be counted. */
const MARKED = /\.(png|jpe?g)$/i

/** Delivered orders whose result is not in the chat. */
function lostResults({ telegram, kie }: Stage, jobs: readonly JobFacts[]): Finding[] {
  const tasks = new Map(kie.control.tasks.map((task) => [task.taskId, task]))
  const sentTo = (userId: number) => telegram.control.chat(userId, { deleted: true })
  const delivered = jobs.filter((job) => job.status === 'delivered' && job.error_code === null)
  const uncounted = new Map<number, { due: number; at: number }>()
  const lost = delivered.flatMap((job): Finding[] => {
    const task = tasks.get(job.task_id ?? '')
    const at = job.updated
    if (task?.state !== 'success') {
      const what = `job ${job.id} was delivered, but its task ${job.task_id} did not succeed`
      return [{ figure: 'lost', what, at }]
    }
    const sent = sentTo(job.user_id)
    const missing = (task.result?.urls ?? []).filter(
      (url, i) =>
        !sent.some(
          ({ media, text }) =>
            text?.includes(url) || (media && markOf(media.bytes) === `${task.taskId}/${i}`),
        ),
    )
    const unmarked = missing.filter((url) => !MARKED.test(new URL(url).pathname)).length
    const { due } = uncounted.get(job.user_id) ?? { due: 0 }
    uncounted.set(job.user_id, { due: due + unmarked, at })
    if (missing.length === unmarked) return []
    return [{ figure: 'lost', what: `the result of job ${job.id} is not in its chat`, at }]
  })
  const fewer = [...uncounted].flatMap(([userId, { due, at }]): Finding[] => {
    const there = sentTo(userId).filter(
      ({ from, media }) => from === 'bot' && media && markOf(media.bytes) === undefined,
    ).length
    if (there >= due) return []
    const what = `${due - there} of ${due} films, sounds or other files of ${userId} are not there`
    return [{ figure: 'lost', what, at }]
  })
  return [...lost, ...fewer]
}

/** Jobs that were ordered from the provider more than once. */
function doubleOrders({ kie, people }: Stage, jobs: readonly JobFacts[]): Finding[] {
  const byJob = Map.groupBy(kie.control.tasks, jobOf)
  const twice = [...byJob].flatMap(([job, tasks]): Finding[] =>
    job === null || tasks.length < 2
      ? []
      : [
          {
            figure: 'double_charged',
            what: `job ${job} was ordered ${tasks.length} times`,
            at: tasks[1]?.createTime ?? 0,
          },
        ],
  )
  const more = people.flatMap((person): Finding[] => {
    const own = jobs.filter(({ user_id }) => user_id === person.id).length
    if (own <= person.confirmed()) return []
    const what = `${person.id} confirmed ${person.confirmed()} orders and got ${own}`
    return [{ figure: 'double_charged', what, at: Date.now() }]
  })
  return [...twice, ...more]
}

const jobOf = ({ callBackUrl, taskId }: Task): string | null =>
  callBackUrl === undefined ? taskId : new URL(callBackUrl).searchParams.get('job')

/** Ledger against jobs, and the ledger against itself. */
async function wrongMoney(stage: Stage, jobs: readonly JobFacts[]): Promise<Finding[]> {
  const findings = await reconcile(createDb(stage.pool), JOB_STATUSES)
  const { stuckJobs, refusedSteps, dearModels, ...money } = findings
  const unbalanced = Object.entries(money)
    .filter(([, size]) => size !== 0)
    .map(
      ([name, size]): Finding => ({
        figure: 'wrong_money',
        what: `the ledger does not balance: ${name} ${size}`,
        at: Date.now(),
      }),
    )
  const twice = jobs.flatMap((job): Finding[] => {
    const captures = job.kinds.filter((kind) => kind === 'capture').length
    if (captures < 2) return []
    const what = `job ${job.id} was paid ${captures} times`
    return [{ figure: 'double_charged', what, at: job.updated }]
  })
  const unpaid = jobs.flatMap((job): Finding[] => {
    const { status, courtesy, price_kopecks, kinds } = job
    if (price_kopecks === 0) return []
    const paid = status === 'delivered' && !courtesy
    const want = paid ? 'capture,hold' : 'hold,release'
    if (!JOB_STATUSES.ended.includes(status) || kinds.join() === want) return []
    const what = `job ${job.id} is ${status}, and its money went: ${kinds.join(', ')}`
    return [{ figure: 'wrong_money', what, at: job.updated }]
  })
  return [...unbalanced, ...twice, ...unpaid]
}

/** The fake Telegram's own book of Stars against the payments that the bot knows. */
async function wrongStars({ pool, telegram }: Stage): Promise<Finding[]> {
  const { transactions } = telegram.control.payments.book()
  const { rows } = await pool.query<{ charge_id: string; state: string; stars: string }>(
    'select charge_id, state, stars from payments',
  )
  const known = new Map(rows.map((row) => [row.charge_id, row]))
  const back = new Set(transactions.filter((t) => t.direction === 'out').map(({ id }) => id))
  const taken = transactions.filter(({ direction }) => direction === 'in')
  const of = (figure: Figure, at: number, what: string): Finding => ({ figure, what, at })
  return taken.flatMap(({ id, stars, userId, date }) => {
    const row = known.get(id)
    if (row === undefined) return [of('lost', date, `${stars} Stars of ${userId} are not known`)]
    if (number(row.stars) !== stars) {
      return [of('wrong_money', date, `${stars} Stars of ${userId} are booked as ${row.stars}`)]
    }
    const isBack = back.has(id)
    if (isBack === (row.state === 'refunded')) return []
    return [of('wrong_money', date, `Stars of ${userId} are ${row.state}, given back: ${isBack}`)]
  })
}

/** Results that stand in a chat more often than once, and those of them that a fault excuses. */
export interface Duplicates {
  readonly findings: readonly Finding[]
  readonly count: number
  readonly allowed: number
}

/** A send may come twice when its answer was lost: the process died in it, or the network did. */
const EXCUSES = new Set(['kill', 'killed at a crash point', 'killed while ending'])

/**
 * Counts uploads of one marked result, beyond those that were asked for. A second one is allowed when
 * a process was killed while the first was on its way, or Telegram took it without an answer that
 * could be heard.
 */
export async function findDuplicates(stage: Stage): Promise<Duplicates> {
  const { people, pool, incidents, telegram } = stage
  const { rows } = await pool.query<{ key: string; began: string; ended: string }>(
    `select key, extract(epoch from started_at) * 1000 as began,
       extract(epoch from coalesce(sent_at, now())) * 1000 as ended from sends`,
  )
  const { rows: jobs } = await pool.query<{ id: string; task_id: string }>(
    'select id, task_id from jobs where task_id is not null',
  )
  const jobOfTask = new Map(jobs.map(({ id, task_id }) => [task_id, id]))
  /** Records of one result: of the delivery, and of each that an operator asked for besides. */
  const sendsOf = (task: string) => {
    const name = `job:${jobOfTask.get(task)}:`
    return rows.filter(({ key }) => key.startsWith(name))
  }
  const findings: Finding[] = []
  let allowed = 0
  let count = 0
  for (const { id } of people) {
    const uploads = new Map<string, number>()
    for (const { media } of telegram.control.chat(id, { deleted: true })) {
      if (!media || media.isById || media.kind === 'document') continue
      const mark = markOf(media.bytes)
      if (mark !== undefined) uploads.set(mark, (uploads.get(mark) ?? 0) + 1)
    }
    for (const [mark, copies] of uploads) {
      const [task = '', index = ''] = mark.split('/')
      const sends = sendsOf(task)
      const again = new Set(sends.flatMap(({ key }) => key.match(/:again-\d+:/)?.[0] ?? [])).size
      const twice = copies - 1 - again
      if (twice < 1) continue
      count += twice
      const first = sends.find(({ key }) => key.endsWith(`:${index}`)) ?? sends[0]
      const within = (at: number) =>
        sends.some((send) => at >= number(send.began) - 1_000 && at <= number(send.ended) + 1_000)
      const died = incidents.all.some(({ kind, at }) => EXCUSES.has(kind) && within(at))
      const unheard = telegram.control.calls.some(
        ({ chatId, unheard: isUnheard, time }) => chatId === id && isUnheard && within(time),
      )
      if (died || unheard) allowed += twice
      else {
        const what = `result ${mark} was sent ${copies} times to ${id}`
        // The second one came at about the time at which the send ended.
        findings.push({ figure: 'duplicates', what, at: number(first?.ended ?? Date.now()) })
      }
    }
  }
  return { findings, count, allowed }
}
