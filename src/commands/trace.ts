import { defineCommand } from 'citty'
import { orderSteps } from '../actors/order-steps.ts'
import { coerceError } from '../errors.ts'
import type { JobContext } from '../machines/job/context.ts'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { type OrderTrace, readOrderTrace } from '../store/order-trace.ts'

/** The life of one order, from the database alone: the lines of the log, and what is around them. */
export const traceCommand = defineCommand({
  meta: { name: 'trace', description: 'The life of an order, from the database of DATABASE_URL.' },
  args: {
    job: { type: 'positional', required: true, description: 'The id of an order' },
    all: { type: 'boolean', default: false, description: 'Every step of its journal' },
    json: { type: 'boolean', default: false, description: 'One JSON object instead of text' },
  },
  async run({ args: { job, all, json } }) {
    try {
      const { DATABASE_URL: url } = process.env
      if (!url) throw new Error('DATABASE_URL is missing: the database with the order')
      const pool = createPool({ url, max: 1, name: 'trt-trace' })
      try {
        const trace = await readOrderTrace(createDb(pool), job)
        if (trace === undefined) throw new Error(`no order has the id ${job}`)
        const told = json
          ? [JSON.stringify({ ...trace, steps: stepsOf(trace) })]
          : lines(trace, all)
        console.log(told.join('\n'))
      } finally {
        await pool.end()
      }
    } catch (error) {
      console.error(`trace: ${coerceError(error).message}`)
      process.exitCode = 1
    }
  },
})

/** The same steps that the log told, in order. */
export function stepsOf({ context, journal }: Pick<OrderTrace, 'context' | 'journal'>) {
  if (context === undefined) return []
  return journal.flatMap(({ seq, at, state, event }, i) => {
    const before = journal[i - 1]?.state ?? null
    const step = { seq, at: at.getTime(), state, before, event }
    return orderSteps(context as unknown as JobContext, step).map((told) => ({ at, seq, ...told }))
  })
}

function lines(trace: OrderTrace, all: boolean): string[] {
  const { job, origin, journal, entries, sends, waiting, letters } = trace
  const began = journal[0]?.at.getTime() ?? job.created_at.getTime()
  const since = (at: Date) => `+${((at.getTime() - began) / 1000).toFixed(3)}s`.padStart(11)
  const at = (when: Date) => `${when.toISOString()} ${since(when)}`
  const factsOf = (facts: Readonly<Record<string, unknown>>) =>
    Object.entries(facts)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')
  const rouble = (kopecks: number) => `${(kopecks / 100).toFixed(2)} RUB`
  const steps = stepsOf(trace).map(({ at: when, seq, step, facts }) => ({
    ...{ when, seq },
    line: `${at(when)}  order ${step}  job=${job.id} user=${job.user_id} seq=${seq} ${factsOf(facts)}`,
  }))
  const rest = all
    ? journal.map(({ seq, key, at: when, event, state }) => ({
        ...{ when, seq: seq - 0.5 },
        line: `${at(when)}  ${event.type} → ${state}  key=${key} seq=${seq}`,
      }))
    : []
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : ['', `${title}:`, ...items.map((item) => `  ${item}`)]
  return [
    `order ${job.id}: ${job.model_id}, user ${job.user_id}, ${rouble(job.price_kopecks)}, ${job.status}`,
    ...(origin === undefined
      ? []
      : [`asked for by ${origin.key} (${origin.actor_id}, step ${origin.seq})`]),
    ...[...steps, ...rest].sort((a, b) => a.seq - b.seq).map(({ line }) => line),
    ...list(
      'ledger',
      entries.map((entry) => `${at(entry.at)}  ${entry.kind} ${rouble(entry.amount_kopecks)}`),
    ),
    ...list(
      'messages',
      sends.map(
        ({ key, status, message_ids }) => `${key}  ${status} ${(message_ids ?? []).join(', ')}`,
      ),
    ),
    ...list(
      'still to do',
      waiting.map(
        ({ type, attempt, due_at }) => `${type}, try ${attempt}, from ${due_at.toISOString()}`,
      ),
    ),
    ...list(
      'dead letters',
      letters.map(({ id, kind, error }) => `${id}  ${kind}: ${error}`),
    ),
  ]
}
