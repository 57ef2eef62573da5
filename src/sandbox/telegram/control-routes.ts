import { PassThrough } from 'node:stream'
import Router from '@koa/router'
import { z } from 'zod'
import { BotApiError } from './api-error.ts'
import { createAsked } from './asked.ts'
import { chatRoutes } from './chat-routes.ts'
import { chatMessage } from './chat-view.ts'
import { bodyOf } from './control-body.ts'
import { FAULT_KINDS } from './faults.ts'
import { groupRoutes } from './group-routes.ts'
import type { LongPolls } from './long-poll.ts'
import type { ChatEvent, FakeUser, StoredMessage } from './model.ts'
import { isNews, newsOf } from './news.ts'
import type { PaymentActions } from './payment-actions.ts'
import type { PeopleActions } from './speaker.ts'
import { UserActionError } from './user-action-error.ts'
import type { WebhookRegistry } from './webhook-registry.ts'
import { chatOf, putUser } from './world.ts'

interface ControlRoutesDeps extends PeopleActions {
  readonly payments: PaymentActions
  readonly webhooks: WebhookRegistry
  readonly polls: LongPolls
  readonly closing: AbortSignal
}

const FIRST_USER_ID = 1001

const bodies = {
  user: z.object({ firstName: z.string().min(1), languageCode: z.string().default('en') }),
  stars: z.object({ add: z.number().int() }),
  fault: z.object({
    kind: z.enum(FAULT_KINDS),
    method: z.string().optional(),
    chatId: z.number().optional(),
    times: z.number().int().min(0).optional(),
    ms: z.number().min(0).optional(),
    retryAfter: z.number().int().min(0).optional(),
  }),
}

const withoutUndefined = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

const userView = ({ id, firstName, languageCode, stars }: FakeUser) => ({
  id,
  firstName,
  languageCode,
  stars,
})

const isMessage = (data: ChatEvent['data']): data is StoredMessage => 'edits' in data

/** `/sandbox/…`: what the browser chat page and people with curl use. */
export function controlRoutes(deps: ControlRoutesDeps): Router {
  const { world, webhooks, polls, closing } = deps
  const router = new Router({ prefix: '/sandbox' })
  const asked = createAsked(world)

  router.use(async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      // What a real app or server would refuse is the caller's mistake, not a failure of the fake.
      if (error instanceof UserActionError) ctx.throw(409, error.message)
      if (error instanceof BotApiError) ctx.throw(error.status, error.message)
      throw error
    }
  })

  router.get('/users', (ctx) => {
    ctx.body = [...world.users.values()].map(userView)
  })
  router.post('/users', async (ctx) => {
    const options = await bodyOf(ctx, bodies.user)
    const taken = Math.max(FIRST_USER_ID - 1, ...world.users.keys())
    const user = putUser(world, taken + 1, options)
    // Nobody has pressed Start for them yet.
    for (const one of world.bots.values()) chatOf(one, user, false)
    ctx.body = userView(user)
  })
  router.post('/users/:chatId/stars', async (ctx) => {
    const { add } = await bodyOf(ctx, bodies.stars)
    const user = asked.user(ctx)
    user.stars = Math.max(0, user.stars + add)
    ctx.body = userView(user)
  })

  router.get('/chats/:chatId', (ctx) => {
    const bot = asked.bot(ctx)
    const chat = asked.chat(ctx)
    const messages = [...chat.messages.values()].filter(({ deleted }) => !deleted)
    const action = chat.action && chat.action.until > world.now() ? chat.action.name : null
    ctx.body = { messages: messages.map((message) => chatMessage(bot, chat, message)), action }
  })
  /** With `?news=1` also what comes into other chats, in one line each. */
  router.get('/chats/:chatId/events', (ctx) => {
    const bot = asked.bot(ctx)
    const chat = asked.chat(ctx)
    const reader = ctx.URL.searchParams.get('news') === '1' ? asked.user(ctx) : undefined
    const stream = new PassThrough()
    const write = (type: string, data: unknown) =>
      stream.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)
    const onEvent = (event: ChatEvent) => {
      if (event.bot !== bot) return
      const { type, data } = event
      if (event.chatId === chat.id)
        write(type, isMessage(data) ? chatMessage(bot, chat, data) : data)
      else if (reader && isNews(event, reader)) write('news', newsOf(event))
    }
    const stop = () => {
      world.events.off('chat', onEvent)
      stream.end()
    }
    world.events.on('chat', onEvent)
    ctx.res.on('close', stop)
    closing.addEventListener('abort', stop, { once: true })
    ctx.type = 'text/event-stream'
    ctx.set('Cache-Control', 'no-store')
    ctx.body = stream
    stream.write(': connected\n\n')
  })
  chatRoutes(router, deps, asked)
  groupRoutes(router, deps, asked)

  router.get('/faults', (ctx) => {
    ctx.body = world.faults.list()
  })
  router.post('/faults', async (ctx) => {
    ctx.body = world.faults.add(withoutUndefined(await bodyOf(ctx, bodies.fault)) as never)
  })
  router.delete('/faults', (ctx) => {
    world.faults.clear()
    ctx.body = []
  })

  router.get('/calls', (ctx) => {
    const since = Number(ctx.URL.searchParams.get('since') ?? 0)
    ctx.body = world.calls.filter(({ seq }) => seq > since)
  })
  router.get('/files/:id', (ctx) => {
    const file = world.files.get(ctx.params.id ?? '') ?? ctx.throw(404, 'no such file')
    ctx.type = file.mime
    // A bot's document must not run as a page of the sandbox.
    ctx.set('Content-Security-Policy', "sandbox; default-src 'none'")
    ctx.set('X-Content-Type-Options', 'nosniff')
    ctx.body = file.bytes
  })
  router.get('/bots', (ctx) => {
    ctx.body = [...world.bots.values()].map((one) => ({
      id: one.id,
      username: one.username,
      inline: one.abilities.inline,
      polling: polls.isWaiting(one),
      webhook: webhooks.info(one),
    }))
  })
  return router
}
