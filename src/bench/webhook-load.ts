import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { createInstantProvider } from './instant-provider.ts'
import { median, percentile } from './numbers.ts'

/**
 * A process of its own: an instant Bot API, and people who talk to a bot through its webhook. A person
 * does the next thing when the bot's screen has arrived. Ordered by messages from the parent process.
 */

/** One measurement: so many people at once, for so long. */
export interface LoadOrder {
  id: number
  port: number
  path: string
  secret: string
  clients: number
  ms: number
  /** Instead of dialogues: everybody asks for the menu at this pace; chats are numbered from `first`. */
  paced?: { perSecond: number; chats: number; first: number; says?: string; times?: number }
  /** Instead: so many people, numbered from `first`, order one picture each, all at once or one by one. */
  orders?: { people: number; first: number; atOnce: boolean }
  /** Instead of new chats: those numbered from `first`, so many, scattered. */
  known?: { chats: number; first: number }
}

export interface LoadResult {
  id: number
  /** Updates that were answered by a screen, per second. */
  ups: number
  /** How long it took. */
  seconds: number
  /** Calls to the Bot API per update. */
  calls: number
  /** From the update to the first call, and to the screen, ms. */
  call_p50: number
  call_p99: number
  p50: number
  p99: number
  refused: number
  /** From the provider's callback to the call that sends the result, ms; of orders only. */
  callback_send_p50: number
  callback_send_p90: number
}

interface Key {
  text: string
  callback_data?: string
}

/** What a person does: says something, or taps the button that has these words. */
type Act = { says: string } | { taps: RegExp }

const ACTS: readonly Act[] = [
  { says: '/start' },
  { taps: /Free/ },
  { taps: /Z-Image/ },
  { taps: /Begin/ },
  { says: 'A lighthouse at dusk, storm clouds, oil on canvas, thick brush strokes' },
  { taps: /1:1/ },
]

const RUN = { taps: /Run/ }

/** Chats that take turns, so that no single one talks faster than a person could. */
const CHATS = 4_096
/** From one known chat to the next: a prime, so that nobody's chat comes again before all others did. */
const STRIDE = 7_919
/** A person who hears nothing for so long goes on; it counts as refused. */
const GIVE_UP_MS = 15_000
/** Many orders at once wait for their turn at the provider, which takes 20 in 10 s. */
const RESULT_PATIENCE_MS = 60_000

interface Chat {
  id: number
  message: number
  keys: Key[]
  /** Resolves when the screen after the update has come. */
  seen: ((at: number) => void) | undefined
  /** Set until the first call after the update. */
  firstCall: ((at: number) => void) | undefined
  /** Resolves when the result has come. */
  delivered: ((at: number) => void) | undefined
}

const chats = new Map<number, Chat>()
const queries = new Map<string, number>()
let nextMessage = 1
let nextUpdate = Math.floor(Date.now() / 1_000) % 1_000_000_000
let calls = 0
let turn = 0

const chatOf = (id: number): Chat => {
  let chat = chats.get(id)
  if (chat === undefined) {
    chat = { id, message: 0, keys: [], seen: undefined, firstCall: undefined, delivered: undefined }
    chats.set(id, chat)
  }
  return chat
}

function answerCall(method: string, body: Record<string, unknown>): unknown {
  calls += 1
  const chatId = Number(body.chat_id ?? queries.get(String(body.callback_query_id)) ?? 0)
  const chat = chatId === 0 ? undefined : chats.get(chatId)
  const now = performance.now()
  chat?.firstCall?.(now)
  if (chat !== undefined) chat.firstCall = undefined
  const markup = body.reply_markup
  const keyboard = (typeof markup === 'string' ? JSON.parse(markup) : markup)?.inline_keyboard as
    | Key[][]
    | undefined
  const isScreen = method === 'sendMessage' || method === 'editMessageText'
  const messageId = method === 'sendMessage' ? nextMessage++ : Number(body.message_id ?? 0)
  if (chat !== undefined && isScreen && keyboard !== undefined) {
    chat.message = messageId
    chat.keys = keyboard.flat()
    const { seen } = chat
    chat.seen = undefined
    seen?.(now)
  }
  if (method === 'sendPhoto' || method === 'sendDocument') {
    chat?.delivered?.(now)
    if (chat !== undefined) chat.delivered = undefined
    return {
      message_id: nextMessage++,
      date: 1,
      chat: { id: chatId, type: 'private' },
      photo: [{ file_id: 'f', file_unique_id: 'u', width: 512, height: 512 }],
    }
  }
  if (isScreen) {
    return {
      message_id: messageId,
      date: 1,
      chat: { id: chatId, type: 'private' },
      text: body.text,
    }
  }
  if (method === 'getMe') {
    return { id: 700_000_001, is_bot: true, first_name: 'Bench', username: 'trt_bench_bot' }
  }
  return method === 'getUpdates' ? [] : method === 'getWebhookInfo' ? { url: '' } : true
}

/** What `wait` brings, or undefined when it takes too long. */
async function within(
  ms: number,
  wait: (resolve: (at: number) => void) => void,
): Promise<number | undefined> {
  let timer: NodeJS.Timeout | undefined
  const at = await new Promise<number | undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
    wait(resolve)
  })
  clearTimeout(timer)
  return at
}

const ownUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

function listen(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString('utf8')
    if (provider.listen(request, text, response)) return
    const method = request.url?.split('/').at(-1)?.split('?')[0] ?? ''
    const result = answerCall(method, fieldsOf(text))
    const answer = Buffer.from(JSON.stringify({ ok: true, result }))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
    response.end(answer)
  })
}

const keyFor = (chat: Chat, words: RegExp) => chat.keys.find(({ text }) => words.test(text))

/** The fields of a call; of a form only whom it is for. */
function fieldsOf(body: string): Record<string, unknown> {
  if (body.startsWith('{')) return JSON.parse(body)
  const [, chat_id] = /name="chat_id"\r\n\r\n(\d+)/.exec(body) ?? []
  return chat_id === undefined ? {} : { chat_id }
}

function updateOf(chat: Chat, act: Act): object {
  const update_id = nextUpdate++
  const from = { id: chat.id, is_bot: false, first_name: 'P', language_code: 'en' }
  const where = { id: chat.id, type: 'private', first_name: 'P' }
  const date = Math.floor(Date.now() / 1_000)
  if ('says' in act) {
    const entities = act.says.startsWith('/')
      ? { entities: [{ type: 'bot_command', offset: 0, length: act.says.length }] }
      : {}
    const message = {
      message_id: nextMessage++,
      from,
      chat: where,
      date,
      text: act.says,
      ...entities,
    }
    return { update_id, message }
  }
  const key = keyFor(chat, act.taps)
  const id = `q${update_id}`
  queries.set(id, chat.id)
  return {
    update_id,
    callback_query: {
      id,
      from,
      chat_instance: '1',
      data: key?.callback_data ?? 'none',
      message: { message_id: chat.message, chat: where, date, text: 'x' },
    },
  }
}

async function measure(order: LoadOrder): Promise<LoadResult> {
  const { id, port, path, secret, clients, ms, paced, orders, known } = order
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: Math.min(clients, 64) })
  const screens: number[] = []
  const firsts: number[] = []
  const deliveries: number[] = []
  let refused = 0
  const until = performance.now() + ms
  const begun = performance.now()
  calls = 0

  async function act(chat: Chat, what: Act): Promise<void> {
    const started = performance.now()
    const screen = new Promise<number>((resolve) => {
      chat.seen = resolve
    })
    chat.firstCall = (at) => firsts.push(at - started)
    const body = JSON.stringify(updateOf(chat, what))
    const headers = {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': secret,
    }
    const answered = pool
      .request({ path, method: 'POST', headers, body })
      .then(async ({ statusCode, body: answer }) => {
        const text = await answer.text()
        if (statusCode !== 200) refused += 1
        // A call may come as the answer to the webhook: https://core.telegram.org/bots/api#making-requests-when-getting-updates
        else if (text.includes('"method"')) {
          const { method, ...fields } = JSON.parse(text)
          answerCall(method, fields)
        }
      })
      // The bot may be killed meanwhile.
      .catch(() => {
        refused += 1
      })
    const at = await within(GIVE_UP_MS, (seen) => screen.then(seen))
    if (at === undefined) refused += 1
    else screens.push(at - started)
    await answered
  }

  async function person(): Promise<void> {
    while (performance.now() < until) {
      const chat = chatOf(
        known === undefined
          ? 1_000_000 + (turn++ % CHATS)
          : known.first + ((turn++ * STRIDE) % known.chats),
      )
      for (const what of ACTS) {
        if (performance.now() >= until) return
        if ('taps' in what) await hasKey(chat, what.taps)
        await act(chat, what)
      }
    }
  }

  /** Says the same over and over, at the pace or as fast as it is answered. */
  async function pacedPerson(
    chatId: number,
    { perSecond, chats, first, says = '/menu', times }: NonNullable<LoadOrder['paced']>,
  ): Promise<void> {
    const chat = chatOf(chatId)
    // People don't talk in chorus: they are spread evenly over the time from one update to the next.
    const offset = (chatId - first) / chats
    for (let n = 0; times === undefined ? performance.now() < until : n < times; n += 1) {
      const pause = begun + (n + offset) * (1_000 / perSecond) - performance.now()
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
      await act(chat, { says })
    }
  }

  /** A screen may come in two parts: what is being asked for, and what was found. */
  async function hasKey(chat: Chat, words: RegExp): Promise<void> {
    const late = performance.now() + GIVE_UP_MS
    while (keyFor(chat, words) === undefined) {
      const left = late - performance.now()
      const shown = chat.keys.map(({ text }) => text).join(' | ')
      if (left <= 0) throw new Error(`no button ${words} for chat ${chat.id}, but: ${shown}`)
      await within(left, (seen) => {
        chat.seen = seen
      })
    }
  }

  /** From the first message to the result. */
  async function customer(chatId: number): Promise<void> {
    const chat = chatOf(chatId)
    for (const what of ACTS) {
      if ('taps' in what) await hasKey(chat, what.taps)
      await act(
        chat,
        'says' in what && what.says[0] !== '/' ? { says: `${what.says} #${chatId}` } : what,
      )
    }
    await hasKey(chat, RUN.taps)
    const delivered = within(RESULT_PATIENCE_MS, (resolve) => {
      chat.delivered = resolve
    })
    await act(chat, RUN)
    const at = await delivered
    if (at === undefined) throw new Error(`the result did not reach chat ${chatId}`)
    deliveries.push(at - (reported.get(chatId) ?? at))
  }

  async function sell({ people, first, atOnce }: NonNullable<LoadOrder['orders']>): Promise<void> {
    const all = Array.from({ length: people }, (_, i) => first + i)
    if (atOnce) await Promise.all(all.map(customer))
    else for (const chatId of all) await customer(chatId)
  }

  if (orders !== undefined) await sell(orders)
  else
    await (paced === undefined
      ? Promise.all(Array.from({ length: clients }, person))
      : Promise.all(
          Array.from({ length: paced.chats }, (_, i) => pacedPerson(paced.first + i, paced)),
        ))
  const seconds = (performance.now() - begun) / 1_000
  await pool.close()
  const total = screens.length
  return {
    id,
    ups: total / seconds,
    seconds,
    calls: calls / Math.max(1, total),
    call_p50: median(firsts),
    call_p99: percentile(firsts, 0.99),
    p50: median(screens),
    p99: percentile(screens, 0.99),
    refused,
    callback_send_p50: median(deliveries),
    callback_send_p90: percentile(deliveries, 0.9),
  }
}

const reported = new Map<number, number>()
const provider = await createInstantProvider(ownUrl, ({ chatId, at }) => reported.set(chatId, at))
const server = createServer(listen)
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.on('message', (order: LoadOrder) => {
  void measure(order).then(
    (result) => process.send?.(result),
    (error: Error) => process.send?.({ id: order.id, error: error.message }),
  )
})
process.on('disconnect', () => process.exit())
