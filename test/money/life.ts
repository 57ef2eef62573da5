import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { pino } from 'pino'
import { alertEffect, createAlert } from '../../src/actors/effects/alert.ts'
import { deliverEffect } from '../../src/actors/effects/deliver.ts'
import type { EffectDeps } from '../../src/actors/effects/deps.ts'
import { kieCreateEffect } from '../../src/actors/effects/kie-create.ts'
import { kiePollEffect } from '../../src/actors/effects/kie-poll.ts'
import { kieUploadEffect } from '../../src/actors/effects/kie-upload.ts'
import { pauseEffect } from '../../src/actors/effects/provider-pause.ts'
import { startJobEffect } from '../../src/actors/effects/start-job.ts'
import { tellEffects } from '../../src/actors/effects/tell.ts'
import { type BoundEffect, createEffects } from '../../src/actors/engine/effect.ts'
import { createRuntime, type Runtime } from '../../src/actors/engine/runtime.ts'
import type { KieClient } from '../../src/actors/kie/client.ts'
import type { TaskStatus } from '../../src/actors/kie/status.ts'
import { stepRules } from '../../src/actors/step-rules.ts'
import type { TelegramApi } from '../../src/actors/telegram/api.ts'
import { conversationId } from '../../src/machines/conversation/actor-id.ts'
import { createDefinitions } from '../../src/machines/definitions.ts'
import { createRegistry } from '../../src/machines/engine/registry.ts'
import { createDb } from '../../src/store/db.ts'
import { openGate, VIEW } from '../actors/effects/bench.ts'
import type { Tripwire } from './tripwire.ts'

export const PRICE = 79
const MODEL = 'recraft/remove-background'
const FILE = { kind: 'photo', fileId: 'f', mime: 'image/png', size: 3, width: 300, height: 300 }

/** What the world outside saw of a job. */
export interface Outside {
  now: number
  /** Whether the provider's work ends well. */
  succeeds: boolean
  /** The id of its task there. */
  task: string
  tasks: number
  sent: number
}

/** A process of the bot as far as a job needs it; every call out of it goes over the tripwire. */
export interface Incarnation {
  runtime: Runtime
  effects: readonly BoundEffect[]
  wire: Tripwire
  db: EffectDeps['db']
  now: () => number
}

export const outside = (succeeds = true): Outside => ({
  now: Date.now(),
  succeeds,
  task: randomUUID(),
  tasks: 0,
  sent: 0,
})

const log = pino({ level: 'silent' })

/** What a job and its conversation ask for until it has ended, but for screens. */
const EFFECTS = [
  startJobEffect,
  kieUploadEffect,
  kieCreateEffect,
  kiePollEffect,
  deliverEffect,
  ...tellEffects,
  alertEffect,
  pauseEffect,
] as const

/** Starts a process of its own on the database: nothing in it is shared with another one. */
export function incarnate(
  pools: { pool: pg.Pool; writers: pg.Pool },
  world: Outside,
  wire: Tripwire,
): Incarnation {
  const db = createDb(wire.pool(pools.pool))
  const now = () => world.now
  const registry = createRegistry(createDefinitions(VIEW))
  const runtime = createRuntime({
    registry,
    rules: stepRules,
    db,
    writers: wire.pool(pools.writers),
    now,
  })
  const deps: EffectDeps = { runtime, registry, db, now, log, crashAt: () => {} }
  const api = {
    call: () =>
      wire.through('telegram', async () => {
        world.sent += 1
        return { message_id: world.sent }
      }),
  } as unknown as TelegramApi
  // A result in words: how files are sent is another story.
  const status = (): TaskStatus => ({
    ...{ taskId: world.task, urls: [], times: {} },
    ...(world.succeeds
      ? { phase: 'succeeded', stage: 'success', text: 'a poem' }
      : { phase: 'failed', stage: 'fail', failCode: '500' }),
  })
  const kie = {
    createTask: () =>
      wire.through('provider', async () => {
        world.tasks += 1
        return { taskId: world.task }
      }),
    readTask: () => wire.through('provider', async () => status()),
    upload: () => wire.through('provider', async () => 'https://provider.test/f.png'),
  } as unknown as KieClient
  const fetchGiven = () =>
    wire.through('files', async () => ({
      media: {
        ...{ kind: 'image', mime: 'image/png', ext: 'png', size: 3, width: 300, height: 300 },
        content: { stream: () => undefined },
      },
      dispose: async () => {},
    })) as never
  const effects = createEffects(EFFECTS, {
    ...{ ...deps, api, kie, fetchGiven, rates: VIEW.rates, view: VIEW, flood: openGate() },
    // Time passes here by steps, which the database's clock does not see.
    ...{ doubtMs: 0 },
    alert: createAlert({ ...deps, api, adminIds: [1] }),
    staff: { adminIds: [1] },
    tellWaiting: async () => {},
    limits: {
      ...{ perMinute: 99, perHour: 99, adminIds: [] },
      free: { daily: 5, hourly: 2, budgetCredits: 100 },
    },
    callbacks: false,
    createGate: async () => {},
    readGate: async () => {},
    callbackUrl: () => undefined,
    download: () => Promise.reject(new Error('no files here')),
  })
  return { runtime, wire, effects, db, now }
}

/** The confirmed order, as the conversation asks the checkout for it. */
export const orderOf = (userId: number, jobId: string) => ({
  actor: conversationId(7, userId),
  seq: 1,
  index: 0,
  at: 0,
  attempt: 1,
  renewed: 0,
  params: {
    ...{ jobId, userId, chatId: userId, language: 'ru', modelId: MODEL, priceKopecks: PRICE },
    answers: { image: FILE },
  },
})
