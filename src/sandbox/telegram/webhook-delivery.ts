import type { Args } from './args.ts'
import { TIMES } from './limits.ts'
import type { Bot, Webhook, World } from './model.ts'
import { argsOfReply } from './request-body.ts'
import { type PendingUpdate, updateJson } from './updates.ts'
import {
  createAgents,
  postUpdate,
  type WebhookAgents,
  type WebhookReply,
} from './webhook-request.ts'

interface Queue {
  readonly key: string
  readonly updates: PendingUpdate[]
  failures: number
  delayMs: number
}

interface Session {
  readonly webhook: Webhook
  readonly agents: WebhookAgents
  readonly ended: AbortController
  readonly queues: Map<string, Queue>
  readonly ready: Queue[]
  readonly stopListening: () => void
  active: number
  goneSince: number | undefined
}

export interface DeliveryDeps {
  readonly world: World
  /** Performs a method that came as the reply to an update; its result is lost. */
  readonly perform: (bot: Bot, method: string, args: Args) => Promise<void>
}

/** Methods that are ignored in a reply (tdlib WebhookActor.cpp). */
const NOT_IN_REPLY = /^(?:get|setwebhook$|deletewebhook$|close$|logout$)/i

/**
 * Posts updates to webhooks: per queue strictly one after another, queues in parallel up to
 * max_connections; an update is repeated until 2xx or until it expires.
 */
export function createWebhookDelivery({ world, perform }: DeliveryDeps) {
  const sessions = new Map<Bot, Session>()

  function performReply(bot: Bot, reply: WebhookReply): void {
    if (!reply.ok) return
    const args = argsOfReply(reply.type, reply.body)
    const method = args.values.get('method') ?? ''
    if (method !== '' && !NOT_IN_REPLY.test(method)) void perform(bot, method, args)
  }

  /** First retry at once, then 2, 4, 8 … s; Retry-After of the webhook wins. */
  function nextDelayMs(queue: Queue, retryAfterSeconds: number): number {
    queue.failures += 1
    if (retryAfterSeconds > 0) return retryAfterSeconds * 1000
    if (queue.failures === 1) return 0
    queue.delayMs = Math.min(TIMES.webhookRetryCapMs, queue.delayMs * 2)
    return queue.delayMs
  }

  function next(bot: Bot, session: Session, queue: Queue): void {
    queue.updates.shift()
    queue.failures = 0
    queue.delayMs = 1000
    if (queue.updates.length > 0) session.ready.push(queue)
    else session.queues.delete(queue.key)
    pump(bot, session)
  }

  function fail(bot: Bot, session: Session, queue: Queue, reply: WebhookReply & { ok: false }) {
    const update = queue.updates[0] as PendingUpdate
    session.webhook.lastError = { at: world.now(), message: reply.error }
    world.events.emit('change')
    if (reply.status !== 410) session.goneSince = undefined
    else session.goneSince ??= world.now()
    if (world.now() - (session.goneSince ?? world.now()) > TIMES.webhookGoneMs) {
      stop(bot)
      bot.webhook = undefined
      return
    }
    const delayMs = nextDelayMs(queue, reply.retryAfterSeconds)
    if (world.now() + delayMs > update.expiresAt) {
      bot.updates.forget(update.id)
      next(bot, session, queue)
      return
    }
    const again = () => {
      session.ready.push(queue)
      pump(bot, session)
    }
    if (delayMs === 0) again()
    else world.sleep(delayMs, session.ended.signal).then(again, () => undefined)
  }

  async function attempt(bot: Bot, session: Session, queue: Queue): Promise<void> {
    const update = queue.updates[0] as PendingUpdate
    const gone = !bot.updates.has(update.id) || update.expiresAt <= world.now()
    if (gone) {
      bot.updates.forget(update.id)
      session.active -= 1
      next(bot, session, queue)
      return
    }
    const reply = await postUpdate(world, {
      webhook: session.webhook,
      agents: session.agents,
      body: JSON.stringify(updateJson(update)),
      signal: session.ended.signal,
    })
    session.active -= 1
    if (session.ended.signal.aborted) return
    if (!reply.ok) {
      fail(bot, session, queue, reply)
      return
    }
    session.goneSince = undefined
    bot.updates.forget(update.id)
    world.events.emit('change')
    performReply(bot, reply)
    next(bot, session, queue)
  }

  function pump(bot: Bot, session: Session): void {
    while (session.active < session.webhook.maxConnections) {
      const queue = session.ready.shift()
      if (!queue) return
      session.active += 1
      void attempt(bot, session, queue)
    }
  }

  function accept(bot: Bot, session: Session, update: PendingUpdate): void {
    const known = session.queues.get(update.queueKey)
    if (known) {
      known.updates.push(update)
      return
    }
    const queue: Queue = { key: update.queueKey, updates: [update], failures: 0, delayMs: 1000 }
    session.queues.set(queue.key, queue)
    session.ready.push(queue)
    pump(bot, session)
  }

  function start(bot: Bot): void {
    if (!bot.webhook) return
    const session: Session = {
      webhook: bot.webhook,
      agents: createAgents(),
      ended: new AbortController(),
      queues: new Map(),
      ready: [],
      stopListening: bot.updates.onPush((update) => accept(bot, session, update)),
      active: 0,
      goneSince: undefined,
    }
    sessions.set(bot, session)
    for (const update of bot.updates.all()) accept(bot, session, update)
  }

  function stop(bot: Bot): void {
    const session = sessions.get(bot)
    sessions.delete(bot)
    session?.stopListening()
    session?.ended.abort()
    session?.agents.http.destroy()
    session?.agents.https.destroy()
  }

  return {
    start,
    /** Ends deliveries; what was not confirmed stays pending. */
    stop,
    close: (): void => {
      for (const bot of [...sessions.keys()]) stop(bot)
    },
  }
}

export type WebhookDelivery = ReturnType<typeof createWebhookDelivery>
