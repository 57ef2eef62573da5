import { PassThrough } from 'node:stream'
import Router from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'
import { BotApiError } from './api-error.ts'
import { chatMessage } from './chat-view.ts'

import { FAULT_KINDS } from './faults.ts'
import { LIMITS } from './limits.ts'
import type { LongPolls } from './long-poll.ts'
import type { ChatEvent, FakeUser, StoredMessage, World } from './model.ts'
import type { PaymentActions } from './payment-actions.ts'
import { readBody } from './request-body.ts'
import { UserActionError } from './user-action-error.ts'
import type { UserActions } from './user-actions.ts'
import type { WebhookRegistry } from './webhook-registry.ts'
import { chatOf, findBot, putUser } from './world.ts'

interface Deps {
  readonly world: World
  readonly actions: UserActions
  readonly payments: PaymentActions
  readonly webhooks: WebhookRegistry
  readonly polls: LongPolls
  readonly closing: AbortSignal
}

const FIRST_USER_ID = 1001

const bodies = {
  user: z.object({ firstName: z.string().min(1), languageCode: z.string().default('en') }),
  text: z.object({ text: z.string().min(1) }),
  tap: z.object({ messageId: z.number().int(), data: z.string() }),
  pay: z.object({ messageId: z.number().int() }),
  block: z.object({ blocked: z.boolean() }),
  fault: z.object({
    kind: z.enum(FAULT_KINDS),
    method: z.string().optional(),
    chatId: z.number().optional(),
    times: z.number().int().min(0).optional(),
    ms: z.number().min(0).optional(),
    retryAfter: z.number().int().min(0).optional(),
  }),
  as: z.enum(['photo', 'document', 'video', 'audio', 'voice', 'animation']),
}

async function bodyOf<T>(ctx: Context, schema: z.ZodType<T>): Promise<T> {
  const raw = await readBody(ctx.req, 1 << 20)
  let parsed: unknown
  try {
    parsed = JSON.parse(raw.toString('utf8') || '{}')
  } catch {
    return ctx.throw(400, 'the body is no JSON')
  }
  const result = schema.safeParse(parsed)
  return result.success ? result.data : ctx.throw(400, z.prettifyError(result.error))
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
export function controlRoutes({
  world,
  actions,
  payments,
  webhooks,
  polls,
  closing,
}: Deps): Router {
  const router = new Router({ prefix: '/sandbox' })
  const bot = (ctx: Context) => {
    const name = ctx.URL.searchParams.get('bot')
    return findBot(world, name ?? undefined)
  }
  const userOf = (ctx: Context): FakeUser =>
    world.users.get(Number(ctx.params.userId)) ?? ctx.throw(404, 'no such user')

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
    for (const one of world.bots.values()) chatOf(one, user)
    ctx.body = userView(user)
  })

  router.get('/chats/:userId', (ctx) => {
    const chat = bot(ctx).chats.get(userOf(ctx).id)
    const messages = [...(chat?.messages.values() ?? [])].filter(({ deleted }) => !deleted)
    const action = chat?.action && chat.action.until > world.now() ? chat.action.name : null
    ctx.body = { messages: messages.map(chatMessage), action }
  })
  router.get('/chats/:userId/events', (ctx) => {
    const user = userOf(ctx)
    const wanted = bot(ctx)
    const stream = new PassThrough()
    const onEvent = (event: ChatEvent) => {
      if (event.userId !== user.id || event.bot !== wanted) return
      const data = isMessage(event.data) ? chatMessage(event.data) : event.data
      stream.write(`event: ${event.type}\ndata: ${JSON.stringify(data)}\n\n`)
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
  router.post('/chats/:userId/text', async (ctx) => {
    const { text } = await bodyOf(ctx, bodies.text)
    ctx.body = chatMessage(actions.sendText(bot(ctx), userOf(ctx), text))
  })
  router.post('/chats/:userId/tap', async (ctx) => {
    const { messageId, data } = await bodyOf(ctx, bodies.tap)
    ctx.body = { queryId: actions.tap(bot(ctx), userOf(ctx), messageId, data).id }
  })
  router.post('/chats/:userId/pay', async (ctx) => {
    const { messageId } = await bodyOf(ctx, bodies.pay)
    ctx.body = await payments.pay(bot(ctx), userOf(ctx), messageId)
  })
  router.post('/chats/:userId/file', async (ctx) => {
    const as = bodies.as.safeParse(ctx.URL.searchParams.get('as') ?? 'photo')
    if (!as.success) return ctx.throw(400, 'unknown kind of file')
    const bytes = await readBody(ctx.req, LIMITS.uploadBytes)
    const fileName = decodeURIComponent(ctx.get('x-file-name'))
    const caption = ctx.URL.searchParams.get('caption') ?? ''
    // The browser's word for the type, as a phone's app would say it.
    const mime = ctx.get('content-type')
    const options = { kind: as.data, fileName, caption, ...(mime !== '' && { mime }) }
    ctx.body = chatMessage(await actions.sendFile(bot(ctx), userOf(ctx), bytes, options))
  })
  router.post('/chats/:userId/block', async (ctx) => {
    const { blocked } = await bodyOf(ctx, bodies.block)
    actions.setBlocked(bot(ctx), userOf(ctx), blocked)
    ctx.body = { blocked }
  })

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
      polling: polls.isWaiting(one),
      webhook: webhooks.info(one),
    }))
  })
  return router
}
