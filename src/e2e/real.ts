import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { createTelegramApi } from '../actors/telegram/api.ts'
import { type Config, parseConfig, secretsOf } from '../config/config.ts'
import { ConfigError, coerceError, TrtError } from '../errors.ts'
import { type BootServer, startBootServer } from '../http/boot.ts'
import { createLogger } from '../log/logger.ts'
import { checkAnswer } from '../machines/catalogue/answers.ts'
import type { Model } from '../machines/catalogue/catalogue.ts'
import type { MediaFile } from '../machines/catalogue/media.ts'
import type { Answers } from '../machines/catalogue/payload.ts'
import { nextRequired, requiredNow } from '../machines/catalogue/questions.ts'
import { conversationId } from '../machines/conversation/actor-id.ts'
import { priceOrder } from '../machines/conversation/order/price.ts'
import { screenViewOf } from '../service/screen-view.ts'
import { startService } from '../service/start-service.ts'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { addEffect } from '../store/engine/effects.ts'
import { type Budget, createBudget } from './budget.ts'
import { countOpenHolds, type JobEvidence, readCounters, readEvidence } from './evidence.ts'
import { samplePicture } from './picture.ts'
import type { ModelReport, PassReport, RunReport } from './report.ts'

export interface RealRunOptions {
  env: NodeJS.ProcessEnv
  runs: number
  models: readonly Model[]
  onModel?: (report: ModelReport) => void
  /** What all orders together may cost at the provider; an order that would exceed it is not made. */
  maxCredits: number
}

const READY_LIMIT_MS = 60_000
const RUN_LIMIT_MS = 180_000
const LOOK_EVERY_MS = 500
const PROMPT = 'тест котик'

interface Admin {
  readonly config: Config
  readonly pool: pg.Pool
  readonly chatId: number
  readonly picture: MediaFile
  readonly budget: Budget
}

/**
 * The same models on the real Telegram and the real provider: starts the production service with
 * the given environment and confirms orders for the first admin, whose chat gets the results. What
 * is delivered is what Telegram has confirmed. Costs provider credits, never more than `maxCredits` by
 * the quotes: what is quoted counts from the moment of the order, and more if more was consumed.
 */
export async function runReal({
  env,
  runs,
  models,
  onModel,
  maxCredits,
}: RealRunOptions): Promise<PassReport> {
  const { config } = parseConfig(env)
  if (config.dryRun) throw new ConfigError(['RUN_E2E=1 contradicts DRY_RUN: unset one of them.'])
  const chatId = config.adminIds[0] as number
  const boot = await bind(config)
  const log = createLogger({
    level: env.LOG_LEVEL ?? 'error',
    secrets: secretsOf(config),
    stream: process.stderr,
  })
  const service = startService({ boot, config, log, instanceId: 'e2e', storageMode: 'external' })
  const pool = createPool({ url: config.databaseUrl, max: 2, name: 'trt-e2e' })
  // Callbacks go to the public address, which may be another process than this one.
  const counted = config.webhookBaseUrl ?? `http://127.0.0.1:${boot.port}`
  try {
    await untilReady(boot)
    if (!(await isKnown(pool, chatId))) {
      throw new ConfigError(['The first ADMIN_ID must have sent /start to the bot before.'])
    }
    const before = await readCounters(counted, config.metricsToken)
    const budget = createBudget(maxCredits)
    const picture = await sendPicture(config, chatId)
    const admin: Admin = { config, pool, chatId, picture, budget }
    const reports: ModelReport[] = []
    for (const model of models) {
      const done: RunReport[] = []
      for (let run = 0; run < runs; run += 1) done.push(await runOnce(admin, model, run))
      const report = { model: model.id, chatId, required: requiredNow(model, {}), runs: done }
      onModel?.(report)
      reports.push(report)
    }
    const after = await readCounters(counted, config.metricsToken)
    return {
      botMode: config.botMode,
      models: reports,
      callback4xx: difference(after.callback4xx, before.callback4xx),
      jobNotFound: difference(after.jobNotFound, before.jobNotFound),
      openHolds: await countOpenHolds(pool, [chatId]),
      credits: budget.spent(),
    }
  } finally {
    await service.stop()
    await pool.end()
  }
}

const difference = (after: number | null, before: number | null) =>
  after === null || before === null ? null : after - before

/** PORT, or any free one where the deployed bot already has it. */
async function bind({ port, host, botMode }: Config): Promise<BootServer> {
  const options = { host, botMode, version: 'e2e', instanceId: 'e2e' }
  return startBootServer({ ...options, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    return startBootServer({ ...options, port: 0 })
  })
}

/** Leading or not: the service's workers run as soon as the schema is there. */
async function untilReady(boot: BootServer): Promise<void> {
  const signal = AbortSignal.timeout(READY_LIMIT_MS)
  while (!boot.health().schemaReady) {
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => {
      throw new TrtError('database.unavailable')
    })
  }
}

const isKnown = async (pool: pg.Pool, userId: number): Promise<boolean> =>
  (await pool.query('select from users where id = $1', [userId])).rowCount === 1

/** The photo that the models with an input get, as Telegram knows it. */
async function sendPicture(config: Config, chatId: number): Promise<MediaFile> {
  const api = createTelegramApi({ token: config.botToken, apiRoot: config.telegramApiRoot })
  try {
    const photo = { source: samplePicture(), filename: 'e2e.png' }
    const sent = await api.call('sendPhoto', { chat_id: chatId, photo, caption: 'E2E' })
    const largest = sent.photo.at(-1)
    if (largest === undefined) throw new TrtError('media.unusable')
    const { file_id: fileId, file_unique_id: uniqueId, width, height, file_size: size } = largest
    return { kind: 'photo', fileId, uniqueId, width, height, size }
  } finally {
    api.close()
  }
}

async function runOnce(admin: Admin, model: Model, run: number): Promise<RunReport> {
  const jobId = randomBytes(12).toString('hex')
  const startedAt = Date.now()
  let evidence: JobEvidence | undefined
  let error: string | null = null
  try {
    await order(admin, model, run, jobId)
    evidence = await waitForEnd(admin.pool, jobId, startedAt + RUN_LIMIT_MS)
    admin.budget.consume(jobId, evidence.creditsConsumed)
    error = evidence.error
  } catch (thrown) {
    error = coerceError(thrown).message
  }
  const stored = evidence?.status === 'delivered'
  const delivered = evidence?.sent === 1
  return {
    ok: error === null && stored && delivered,
    jobId,
    taskId: evidence?.taskId ?? null,
    ttfbMs: evidence?.createdTaskAt == null ? null : evidence.createdTaskAt - startedAt,
    totalMs: Date.now() - startedAt,
    via: evidence?.via ?? null,
    stored,
    delivered,
    error,
  }
}

/** Puts the same effect into the queue as a tap on the preview's button does. */
async function order(
  { config, pool, chatId, picture, budget }: Admin,
  model: Model,
  run: number,
  jobId: string,
): Promise<void> {
  const answers = answersFor(model, picture, run)
  const { rates } = screenViewOf(config).view
  const priced = priceOrder({ modelId: model.id, answers }, rates)
  if ('refusal' in priced) throw new Error(`it cannot be ordered: ${priced.refusal}`)
  const { priceKopecks, houseCredits } = priced
  budget.reserve(jobId, houseCredits)
  await addEffect(createDb(pool), {
    actor: conversationId(config.botId, chatId),
    key: `order:${jobId}`,
    type: 'job.start',
    at: Date.now(),
    params: {
      jobId,
      userId: chatId,
      chatId,
      language: 'ru',
      modelId: model.id,
      answers,
      priceKopecks,
    },
  })
}

function answersFor(model: Model, picture: MediaFile, run: number): Answers {
  const answers: Record<string, Answers[string]> = {}
  for (;;) {
    const question = nextRequired(model, answers)
    if (question === undefined) return answers
    const { field, kind, options = [] } = question
    const given = kind === 'media' ? picture : PROMPT
    const checked = options.length > 0 ? undefined : checkAnswer(question, given)
    if (checked?.ok === false) throw new Error(`${field}: ${checked.problem.code}`)
    answers[field] = checked?.value ?? options[run % options.length]?.value
  }
}

async function waitForEnd(pool: pg.Pool, jobId: string, deadline: number): Promise<JobEvidence> {
  for (;;) {
    const evidence = await readEvidence(pool, jobId)
    if (evidence?.status === 'delivered' || evidence?.status === 'failed') return evidence
    if (Date.now() > deadline) throw new Error('no result in time')
    await delay(LOOK_EVERY_MS)
  }
}
