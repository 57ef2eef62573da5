import Router from '@koa/router'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { hasBearer, isFromHere } from './peer.ts'

/** A step commits in milliseconds; more than a second means trouble. */
const STEP_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Effects talk to other servers: from a tenth of a second to minutes for large files. */
const EFFECT_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

/** Each look wakes the process: every 10 ms, as prom-client has it, that was a third of its CPU at rest. */
const LAG_PRECISION_MS = 20

export type Metrics = ReturnType<typeof createMetrics>

/**
 * Every instrument of one process, in a registry of its own. Labels hold names from the code
 * (machines, effect types, outcomes), never ids of users, chats or jobs.
 */
export const createMetrics = ({ processMetrics = false } = {}) => {
  const registry = new Registry()
  const registers = [registry]
  if (processMetrics)
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS })
  return {
    registry,
    steps: new Counter({
      name: 'steps_total',
      help: 'Events answered, by machine and outcome (committed, duplicate, refused, poisoned, unknown-actor).',
      labelNames: ['machine', 'outcome'],
      registers,
    }),
    stepSeconds: new Histogram({
      name: 'step_seconds',
      help: 'How long one batch of steps took to load, decide and commit.',
      buckets: STEP_BUCKETS,
      registers,
    }),
    commitSteps: new Histogram({
      name: 'commit_steps',
      help: 'Actors that went to the database in one batch.',
      buckets: BATCH_BUCKETS,
      registers,
    }),
    effects: new Counter({
      name: 'effects_total',
      help: 'Effects that ran, by type and outcome (done, repeated, exhausted).',
      labelNames: ['type', 'outcome'],
      registers,
    }),
    effectSeconds: new Histogram({
      name: 'effect_seconds',
      help: 'How long one run of an effect took.',
      labelNames: ['type'],
      buckets: EFFECT_BUCKETS,
      registers,
    }),
    deliveries: new Counter({
      name: 'deliveries_total',
      help: 'Runs of a delivery into a chat, by outcome (done, repeated, exhausted).',
      labelNames: ['outcome'],
      registers,
    }),
    deliverySeconds: new Histogram({
      name: 'delivery_seconds',
      help: 'From the confirmed order to the result in the chat.',
      buckets: [1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1_800],
      registers,
    }),
    orders: new Counter({
      name: 'orders_total',
      help: 'Steps of orders, by model and outcome (confirmed, created, reported, delivered, failed, refunded).',
      labelNames: ['model', 'outcome'],
      registers,
    }),
    createSeconds: new Histogram({
      name: 'kie_create_seconds',
      help: 'From the confirmed order to the task of the provider (the founding documents call it TTFB).',
      buckets: [0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 300],
      registers,
    }),
    deliveryLagSeconds: new Histogram({
      name: 'delivery_lag_seconds',
      help: 'From the report of the provider that a task is done to the result in the chat.',
      buckets: [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 300],
      registers,
    }),
    leader: new Gauge({
      name: 'leader',
      help: '1 while this instance leads, else 0; the sum over all instances should be 1.',
      registers,
    }),
    mode: new Gauge({
      name: 'mode',
      help: '1 for the mode that this instance is in (booting, active, passive, draining), 0 for the others.',
      labelNames: ['mode'],
      registers,
    }),
    providerCredits: new Gauge({
      name: 'provider_credits',
      help: "Credits on the provider's account, as last read.",
      registers,
    }),
    providerRunway: new Gauge({
      name: 'provider_runway_hours',
      help: 'How long they last at the use of late, in hours; 10000: nothing is used, or nobody has asked yet.',
      registers,
    }),
    pendingUpdates: new Gauge({
      name: 'telegram_pending_updates',
      help: 'Updates that Telegram holds for us, read once a minute.',
      registers,
    }),
    timerOverdue: new Gauge({
      name: 'timer_overdue_seconds',
      help: 'For how long the oldest timer has been due; 0: none is.',
      registers,
    }),
    effectOverdue: new Gauge({
      name: 'effect_overdue_seconds',
      help: 'For how long the oldest effect has waited; 0: none does.',
      registers,
    }),
    deadLettersOpen: new Gauge({
      name: 'dead_letters_open',
      help: 'Dead letters that nobody has replayed.',
      registers,
    }),
    callback4xx: new Counter({
      name: 'callback_4xx',
      help: 'Callbacks refused because nothing proved that they are genuine.',
      registers,
    }),
    callbackJobNotFound: new Counter({
      name: 'callback_job_not_found_count',
      help: 'Genuine callbacks for a job that nobody knows; they are kept for replay.',
      registers,
    }),
    deadLetters: new Counter({
      name: 'dead_letters_total',
      help: 'What was put aside, by reason (poisoned, refused, exhausted, unreadable, callback).',
      labelNames: ['reason'],
      registers,
    }),
    queue: new Gauge({
      name: 'queue_depth',
      help: 'What waits in this process: actors (mailboxes) and their events (waiting).',
      labelNames: ['queue'],
      registers,
    }),
    effectQueue: new Gauge({
      name: 'effect_queue',
      help: 'Effects of this process by queue and state (running, waiting, gated: now; ended: since the start). Waiting without an end of any: the queue stands still.',
      labelNames: ['queue', 'state'],
      registers,
    }),
    problem: new Gauge({
      name: 'problem',
      help: 'What /health says is wrong, by name (start, database, queue, commits, telegram, provider, disk, clock): 1 while it is.',
      labelNames: ['name'],
      registers,
    }),
    clockAhead: new Gauge({
      name: 'clock_ahead_seconds',
      help: 'How far the clock of this machine is ahead of that of the database; beyond 5 either way is a problem.',
      registers,
    }),
    reconcileFindings: new Gauge({
      name: 'reconcile_findings',
      help: 'What is wrong in the ledger, by check, every 10 minutes; anything but 0 is a defect.',
      labelNames: ['check'],
      registers,
    }),
    starFindings: new Gauge({
      name: 'star_audit_findings',
      help: 'What the last comparison with the list of Telegram found, by kind (payment, refund: booked; unexplained: look into it).',
      labelNames: ['kind'],
      registers,
    }),
    starAuditTime: new Gauge({
      name: 'star_audit_timestamp_seconds',
      help: 'When Stars were last compared with the list of Telegram, Unix time; 0: never.',
      registers,
    }),
    owed: new Gauge({
      name: 'owed_kopecks',
      help: 'What users owe for Stars that went back after they were spent; kept from later top-ups.',
      registers,
    }),
    ledgerDiscrepancy: new Gauge({
      name: 'ledger_discrepancy_kopecks',
      help: 'Balances against the sum of the ledger, every 10 minutes; not 0 is a defect.',
      registers,
    }),
  }
}

/**
 * `GET /metrics` in Prometheus text, for who comes from this machine or brings the token: it tells of
 * money. `refresh` sets the gauges first and must be quick.
 */
export const createMetricsRouter = (
  { registry }: Pick<Metrics, 'registry'>,
  refresh: () => void = () => undefined,
  token?: string,
): Router => {
  const router = new Router()
  router.get('/metrics', async (context) => {
    if (!isFromHere(context) && !(token !== undefined && hasBearer(context, token))) {
      context.set('WWW-Authenticate', 'Bearer')
      context.status = 401
      return
    }
    refresh()
    context.set('Content-Type', registry.contentType)
    context.body = await registry.metrics()
  })
  return router
}
