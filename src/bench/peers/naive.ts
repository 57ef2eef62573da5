import { createServer } from 'node:http'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { KEYBOARDS, NEXT, peerEnvironment, WORDS } from './words.ts'

/**
 * The dialogue by hand, with what one adds first for safety: every update in one transaction of five
 * round trips (begin, dedupe, read, write with a journal row, commit), then the calls by `fetch`.
 */
const { port, apiRoot, token, databaseUrl } = peerEnvironment()
const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 })
await pool.query(`
  create table if not exists naive_updates (id bigint primary key);
  create table if not exists naive_chats (id bigint primary key, state jsonb not null);
  create table if not exists naive_events (id bigint generated always as identity, chat bigint, event jsonb)`)

interface State {
  message?: number
  prompt?: string
}
interface Tables {
  naive_updates: { id: number }
  naive_chats: { id: number; state: string }
  naive_events: { chat: number; event: string }
}
const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })

interface Update {
  update_id: number
  message?: { chat: { id: number }; text: string }
  callback_query?: {
    id: string
    data: string
    message: { message_id: number; chat: { id: number } }
  }
}

async function call(method: string, body: object): Promise<{ message_id: number }> {
  const response = await fetch(`${apiRoot}/bot${token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const { result } = (await response.json()) as { result: { message_id: number } }
  return result
}

const shown = (chat: number, name: keyof typeof KEYBOARDS) => ({
  chat_id: chat,
  text: WORDS[name],
  parse_mode: 'HTML',
  reply_markup: { inline_keyboard: KEYBOARDS[name] },
})

async function handle(update: Update): Promise<void> {
  const { message, callback_query: tap } = update
  const chat = (message?.chat ?? tap?.message.chat)?.id as number
  const state = await db.transaction().execute(async (trx) => {
    const fresh = await trx
      .insertInto('naive_updates')
      .values({ id: update.update_id })
      .onConflict((oc) => oc.doNothing())
      .returning('id')
      .executeTakeFirst()
    if (fresh === undefined) return undefined
    const row = await trx
      .selectFrom('naive_chats')
      .select('state')
      .where('id', '=', chat)
      .forUpdate()
      .executeTakeFirst()
    const next: State = {
      ...((row?.state ?? {}) as State),
      ...(message && { prompt: message.text }),
    }
    await sql`
      with saved as (
        insert into naive_chats values (${chat}, ${JSON.stringify(next)})
        on conflict (id) do update set state = excluded.state
      ) insert into naive_events (chat, event) values (${chat}, ${JSON.stringify(update)})`.execute(
      trx,
    )
    return next
  })
  if (state === undefined) return
  if (tap !== undefined) {
    const screen = NEXT[tap.data]
    await call('answerCallbackQuery', { callback_query_id: tap.id })
    if (screen === undefined) return
    await call('editMessageText', { message_id: tap.message.message_id, ...shown(chat, screen) })
    return
  }
  const isStart = message?.text.startsWith('/start')
  const { message_id } = await call('sendMessage', shown(chat, isStart ? 'menu' : 'shape'))
  if (!isStart) await call('editMessageReplyMarkup', { chat_id: chat, message_id: state.message })
  const text = `update naive_chats set state = state || jsonb_build_object('message', $2::bigint) where id = $1`
  await pool.query({ name: 'note', text, values: [chat, message_id] })
}

createServer((request, response) => {
  if (request.method !== 'POST') return void response.end()
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    handle(JSON.parse(Buffer.concat(chunks).toString('utf8')))
      .then(() => response.end())
      .catch(() => {
        response.statusCode = 500
        response.end()
      })
  })
}).listen(port, '127.0.0.1')
