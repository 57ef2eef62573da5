import { createServer } from 'node:http'
import pg from 'pg'
import { type Context, Scenes, session, Telegraf } from 'telegraf'
import { KEYBOARDS, NEXT, peerEnvironment, WORDS } from './words.ts'

/**
 * The dialogue as one writes it with Telegraf: a scene, its session in Postgres, the webhook answered
 * when the handler is done. No dedupe, no journal, no outbox.
 */
const { port, apiRoot, token, databaseUrl } = peerEnvironment()
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 })
await pool.query(
  'create table if not exists telegraf_sessions (key text primary key, session jsonb)',
)

type Chat = Scenes.SceneContext & { session: { prompt?: string; message?: number } }

const store = {
  async get(key: string) {
    const text = 'select session from telegraf_sessions where key = $1'
    return (await pool.query({ name: 'get', text, values: [key] })).rows[0]?.session
  },
  async set(key: string, value: object) {
    const text =
      'insert into telegraf_sessions values ($1, $2) on conflict (key) do update set session = excluded.session'
    await pool.query({ name: 'set', text, values: [key, JSON.stringify(value)] })
  },
  async delete(key: string) {
    await pool.query('delete from telegraf_sessions where key = $1', [key])
  },
}

const show = (name: keyof typeof KEYBOARDS) => ({
  parse_mode: 'HTML' as const,
  reply_markup: { inline_keyboard: KEYBOARDS[name] },
})

const order = new Scenes.BaseScene<Chat>('order')
order.enter(async (ctx) => {
  const { message_id } = await ctx.reply(WORDS.menu, show('menu'))
  ctx.session.message = message_id
})
order.start((ctx) => ctx.scene.reenter())
for (const [data, screen] of Object.entries(NEXT)) {
  order.action(data, async (ctx) => {
    await ctx.answerCbQuery()
    await ctx.editMessageText(WORDS[screen], show(screen))
  })
}
order.on('text', async (ctx) => {
  ctx.session.prompt = ctx.message.text
  const before = ctx.session.message
  const { message_id } = await ctx.reply(WORDS.shape, show('shape'))
  ctx.session.message = message_id
  await ctx.telegram
    .editMessageReplyMarkup(ctx.chat.id, before, undefined, undefined)
    .catch(() => {})
})

const bot = new Telegraf<Chat>(token, { telegram: { apiRoot, webhookReply: false } })
bot.botInfo = { id: 1, is_bot: true, first_name: 'b', username: 'b' } as Context['botInfo']
bot.use(session({ store }) as never)
bot.use(new Scenes.Stage<Chat>([order]).middleware())
bot.start((ctx) => ctx.scene.enter('order'))
createServer(bot.webhookCallback('/webhook')).listen(port, '127.0.0.1')
