import type Router from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'
import type { Asked } from './asked.ts'
import { chatMessage } from './chat-view.ts'
import { bodyOf } from './control-body.ts'
import { LIMITS } from './limits.ts'
import type { StoredMessage } from './model.ts'
import type { PaymentActions } from './payment-actions.ts'
import { readArgs, readBody } from './request-body.ts'
import type { PeopleActions } from './speaker.ts'
import type { Place } from './user-actions.ts'
import { waitForChange } from './wait-for-change.ts'

const KINDS = [
  'photo',
  'document',
  'video',
  'audio',
  'voice',
  'animation',
  'video_note',
  'sticker',
] as const

const messageId = z.number().int()
const bodies = {
  text: z.object({ text: z.string().min(1), replyTo: messageId.optional() }),
  tap: z.object({ messageId, data: z.string() }),
  message: z.object({ messageId }),
  edit: z.object({ messageId, text: z.string() }),
  react: z.object({ messageId, emoji: z.array(z.string()).max(3) }),
  forward: z.object({ chatId: z.number().int(), messageId }),
  block: z.object({ blocked: z.boolean() }),
  inline: z.object({ query: z.string() }),
  chosen: z.object({ queryId: z.string(), resultId: z.string() }),
  kind: z.enum(KINDS),
  kinds: z.array(z.enum(KINDS)).min(1),
}

/** An app shows nothing when the bot has not answered by then. */
const INLINE_WAIT_MS = 10_000

/** Where the request acts: the chat of its path, a topic by `thread`, unnamed by `anonymous`. */
function placeOf(ctx: Context): Place {
  const query = ctx.URL.searchParams
  const thread = Number(query.get('thread') ?? 0)
  return {
    chatId: Number(ctx.params.chatId),
    ...(thread > 0 && { threadId: thread }),
    ...(query.get('anonymous') === '1' && { as: 'anonymous' as const }),
  }
}

/** A number of the query string, undefined when it is absent. */
function numberOf(ctx: Context, name: string): number | undefined {
  const raw = ctx.URL.searchParams.get(name)
  return raw === null ? undefined : Number(raw)
}

interface ChatRoutesDeps extends PeopleActions {
  readonly payments: PaymentActions
}

/** What a person does in a chat: `/sandbox/chats/:chatId/…`. */
export function chatRoutes(
  router: Router,
  { world, actions, buttons, inline, payments }: ChatRoutesDeps,
  asked: Asked,
): void {
  const post = (name: string, handle: (ctx: Context) => Promise<unknown> | unknown) =>
    router.post(`/chats/:chatId/${name}`, async (ctx) => {
      asked.chat(ctx)
      ctx.body = await handle(ctx)
    })
  const view = (ctx: Context, message: StoredMessage) =>
    chatMessage(asked.bot(ctx), asked.chat(ctx), message)

  post('text', async (ctx) => {
    const { text, replyTo } = await bodyOf(ctx, bodies.text)
    return view(ctx, actions.sendText(asked.bot(ctx), asked.user(ctx), text, replyTo, placeOf(ctx)))
  })
  post('tap', async (ctx) => {
    const { messageId: id, data } = await bodyOf(ctx, bodies.tap)
    return { queryId: buttons.tap(asked.bot(ctx), asked.user(ctx), id, data, placeOf(ctx)).id }
  })
  post('pay', async (ctx) => {
    const { messageId: id } = await bodyOf(ctx, bodies.message)
    return payments.pay(asked.bot(ctx), asked.user(ctx), id)
  })
  post('file', async (ctx) => {
    const query = ctx.URL.searchParams
    const kind = bodies.kind.safeParse(query.get('as') ?? 'photo')
    if (!kind.success) return ctx.throw(400, 'unknown kind of file')
    const bytes = await readBody(ctx.req, LIMITS.uploadBytes)
    const replyTo = numberOf(ctx, 'replyTo')
    // The browser's word for the type, as a phone's app would say it.
    const mime = ctx.get('content-type')
    const options = {
      kind: kind.data,
      fileName: decodeURIComponent(ctx.get('x-file-name')),
      caption: query.get('caption') ?? '',
      duration: numberOf(ctx, 'duration') ?? 0,
      ...(mime !== '' && { mime }),
      ...(replyTo !== undefined && { replyTo }),
    }
    return view(
      ctx,
      await actions.sendFile(asked.bot(ctx), asked.user(ctx), bytes, options, placeOf(ctx)),
    )
  })
  /** Multipart: the files in their order, and `as`, a JSON list of their kinds. */
  post('album', async (ctx) => {
    const { values, files } = await readArgs(ctx.req, ctx.URL.searchParams)
    const kinds = bodies.kinds.safeParse(JSON.parse(values.get('as') ?? '[]'))
    if (!kinds.success || kinds.data.length !== files.size)
      return ctx.throw(400, 'as many kinds as files, please')
    const items = [...files.values()].map(({ bytes, fileName, mime }, index) => ({
      bytes,
      fileName,
      ...(mime !== '' && { mime }),
      kind: kinds.data[index] ?? 'document',
    }))
    const replyTo = numberOf(ctx, 'replyTo')
    const options = {
      caption: values.get('caption') ?? '',
      ...(replyTo !== undefined && { replyTo }),
    }
    const sent = await actions.sendAlbum(
      asked.bot(ctx),
      asked.user(ctx),
      items,
      options,
      placeOf(ctx),
    )
    return sent.map((message) => view(ctx, message))
  })
  post('edit', async (ctx) => {
    const { messageId: id, text } = await bodyOf(ctx, bodies.edit)
    return view(ctx, actions.edit(asked.bot(ctx), asked.user(ctx), id, text, placeOf(ctx)))
  })
  post('delete', async (ctx) => {
    const { messageId: id } = await bodyOf(ctx, bodies.message)
    actions.remove(asked.bot(ctx), asked.user(ctx), id, placeOf(ctx))
    return { deleted: id }
  })
  post('react', async (ctx) => {
    const { messageId: id, emoji } = await bodyOf(ctx, bodies.react)
    actions.react(asked.bot(ctx), asked.user(ctx), id, emoji, placeOf(ctx))
    return { reactions: emoji }
  })
  post('forward', async (ctx) => {
    const source = await bodyOf(ctx, bodies.forward)
    return view(ctx, actions.forward(asked.bot(ctx), asked.user(ctx), source, placeOf(ctx)))
  })
  post('block', async (ctx) => {
    const { blocked } = await bodyOf(ctx, bodies.block)
    actions.setBlocked(asked.bot(ctx), asked.user(ctx), blocked)
    return { blocked }
  })
  post('inline', async (ctx) => {
    const { query } = await bodyOf(ctx, bodies.inline)
    const question = inline.ask(asked.bot(ctx), asked.user(ctx), query, placeOf(ctx))
    const wait = { timeoutMs: INLINE_WAIT_MS }
    const results = await waitForChange(world, () => question.results, wait).catch(() => [])
    const shown = results.map(({ id, title, description }) => ({ id, title, description }))
    return { queryId: question.id, results: shown }
  })
  post('inline/choose', async (ctx) => {
    const { queryId, resultId } = await bodyOf(ctx, bodies.chosen)
    const place = placeOf(ctx)
    return view(ctx, inline.choose(asked.bot(ctx), asked.user(ctx), queryId, resultId, place))
  })
}
