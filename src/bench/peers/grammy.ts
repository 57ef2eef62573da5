import { createServer } from 'node:http'
import {
  type Conversation,
  type ConversationFlavor,
  conversations,
  createConversation,
} from '@grammyjs/conversations'
import { PsqlAdapter } from '@grammyjs/storage-psql'
import { Bot, type Context, webhookCallback } from 'grammy'
import pg from 'pg'
import { KEYBOARDS, NEXT, peerEnvironment, WORDS } from './words.ts'

/**
 * The dialogue as one writes it with grammY: a conversation, its state in Postgres by the storage
 * adapter of that project (one connection, as it wants it).
 */
const { port, apiRoot, token, databaseUrl } = peerEnvironment()
const client = new pg.Client({ connectionString: databaseUrl })
await client.connect()
const storage = await PsqlAdapter.create({ tableName: 'grammy_sessions', client: client as never })

const show = (name: keyof typeof KEYBOARDS) => ({
  parse_mode: 'HTML' as const,
  reply_markup: { inline_keyboard: KEYBOARDS[name] },
})

type Chat = ConversationFlavor<Context>

async function order(conversation: Conversation<Context, Context>, ctx: Context): Promise<void> {
  let { message_id: shown } = await ctx.reply(WORDS.menu, show('menu'))
  for (const data of ['free', 'model', 'begin']) {
    const tap = await conversation.waitForCallbackQuery(data)
    await tap.answerCallbackQuery()
    const screen = NEXT[data] as keyof typeof KEYBOARDS
    await tap.editMessageText(WORDS[screen], show(screen))
  }
  const said = await conversation.waitFor('message:text')
  const before = shown
  shown = (await said.reply(WORDS.shape, show('shape'))).message_id
  await said.api.editMessageReplyMarkup(said.chat.id, before)
  const tap = await conversation.waitForCallbackQuery('shape')
  await tap.answerCallbackQuery()
  await tap.editMessageText(WORDS.preview, show('preview'))
}

const bot = new Bot<Chat>(token, {
  client: { apiRoot },
  botInfo: { id: 1, is_bot: true, first_name: 'b', username: 'b' } as never,
})
bot.use(conversations({ storage: storage as never }))
bot.command('start', async (ctx, next) => {
  await ctx.conversation.exitAll()
  return next()
})
bot.use(createConversation(order))
bot.command('start', (ctx) => ctx.conversation.enter('order'))
const webhook = webhookCallback(bot, 'http')
createServer((request, response) => {
  // Asked whether it is up; its own server stumbles over a request without a body.
  if (request.method === 'POST') void webhook(request, response)
  else response.end()
}).listen(port, '127.0.0.1')
