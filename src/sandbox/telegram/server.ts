import { setTimeout as delay } from 'node:timers/promises'
import Koa from 'koa'
import { listen } from '../listen.ts'
import { botRoutes } from './bot-routes.ts'
import { createButtonActions } from './button-actions.ts'
import { createControl } from './control.ts'
import { controlRoutes } from './control-routes.ts'
import type { Control } from './control-types.ts'
import { createDispatch, type Dispatch } from './dispatch.ts'
import { createFaults } from './faults.ts'
import { createGroupActions } from './group-actions.ts'
import { createInlineActions } from './inline-actions.ts'
import { createLongPolls } from './long-poll.ts'
import { allMethods } from './methods/all.ts'
import { createPaymentActions } from './payment-actions.ts'
import { createUserActions } from './user-actions.ts'
import { createWebhookDelivery } from './webhook-delivery.ts'
import { createWebhookRegistry } from './webhook-registry.ts'
import { addBot, createWorld, type NewBot } from './world.ts'

export interface FakeTelegramOptions {
  readonly port?: number
  readonly host?: string
  readonly now?: () => number
  /** Replaces every wait of the server: poll timeouts, webhook retries, fault delays. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
}

export interface FakeTelegram {
  /** Without a trailing slash; API calls go to `${url}/bot<token>/<method>`. */
  readonly url: string
  addBot(bot: NewBot): void
  close(): Promise<void>
  readonly control: Control
}

const realSleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
  await delay(ms, undefined, signal ? { signal } : {})
}

/**
 * A Bot API server in this process, strict like the real one, which calls nothing but loopback.
 * Everything is in memory and gone after `close`.
 */
export async function startFakeTelegram(options: FakeTelegramOptions = {}): Promise<FakeTelegram> {
  const { port = 0, host = '127.0.0.1', now = Date.now, sleep = realSleep } = options
  const closing = new AbortController()
  const world = createWorld({ now, sleep, faults: createFaults() })
  const polls = createLongPolls(world)
  const delivery = createWebhookDelivery({
    world,
    perform: async (bot, method, args) => {
      const { signal } = closing
      await dispatch({ bot, botName: bot.username, method, args, signal, via: 'webhook' })
    },
  })
  const webhooks = createWebhookRegistry({ world, polls, delivery })
  const dispatch: Dispatch = createDispatch({ world, methods: allMethods({ polls, webhooks }) })
  const actions = createUserActions(world)
  const people = {
    world,
    actions,
    buttons: createButtonActions(world, actions),
    inline: createInlineActions(world, actions),
    groups: createGroupActions(world),
  }
  const payments = createPaymentActions(world)

  const app = new Koa()
  // Connections that a fault or a client cut are no errors of the server.
  app.silent = true
  app.use(botRoutes({ world, dispatch, closing: closing.signal }).routes())
  const control = { ...people, payments, webhooks, polls, closing: closing.signal }
  app.use(controlRoutes(control).routes())

  const listening = await listen(app.callback(), { host, port })
  return {
    url: listening.url,
    addBot: (bot) => void addBot(world, bot),
    control: createControl({ ...people, payments, polls, stopWebhook: delivery.stop }),
    close: async () => {
      closing.abort()
      delivery.close()
      await listening.close()
    },
  }
}
