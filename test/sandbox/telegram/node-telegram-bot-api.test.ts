import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { Bot, InlineKeyboardBuilder, InputFile, MediaGroupBuilder } from 'node-telegram-bot-api'
import { createWebhookServer } from 'node-telegram-bot-api/node'
import { type Started, startFake, TOKEN, until } from './support/fake.ts'
import { pngImage } from './support/images.ts'

function buttonBot({ fake }: Started): Bot {
  const bot = new Bot(TOKEN, { apiRoot: fake.url })
  bot.command('start', (ctx) =>
    ctx.reply('Pick one:', {
      reply_markup: new InlineKeyboardBuilder().text('Up', 'up').text('Album', 'album').build(),
    }),
  )
  bot.on('callback_query', async (ctx) => {
    const query = ctx.callbackQuery
    await ctx.answerCallbackQuery({ text: `You tapped ${query?.data}`, show_alert: true })
    if (query?.data !== 'album') return
    const media = new MediaGroupBuilder()
      .photo({ media: new InputFile(pngImage(20, 20), { filename: 'a.png' }), caption: 'A' })
      .photo({ media: new InputFile(pngImage(30, 30), { filename: 'b.png' }) })
      .build()
    await bot.api.sendMediaGroup({ chat_id: query.from.id, media })
  })
  bot.on('message', (ctx) => ctx.reply(`echo ${ctx.message?.text}`))
  return bot
}

describe('node-telegram-bot-api', () => {
  test('runs a button bot by polling', async (t) => {
    const server = await startFake(t)
    const { control } = server
    const bot = buttonBot(server)
    const running = bot.startPolling()
    server.defer(async () => {
      bot.stop()
      await running
    })
    const user = control.user(1)
    user.sendText('hello')
    await control.waitFor(() => user.chat()[1]?.text === 'echo hello')
    user.sendCommand('start')
    const menu = await control.waitFor(() => user.chat()[3])
    user.tap(menu.id, 'Up')
    await control.waitFor(() => control.answers.length === 1)
    assert.deepEqual([control.answers[0]?.text, control.answers[0]?.alert], ['You tapped up', true])
  })

  test('sends an album whose files are attached', async (t) => {
    const server = await startFake(t)
    const { control } = server
    const bot = buttonBot(server)
    const running = bot.startPolling()
    server.defer(async () => {
      bot.stop()
      await running
    })
    const user = control.user(1)
    user.sendCommand('start')
    const menu = await control.waitFor(() => user.chat()[1])
    user.tap(menu.id, 'album')
    await control.waitFor(() => user.chat().length === 4)
    const [first, second] = user.chat().slice(2)
    assert.deepEqual([first?.caption, second?.caption], ['A', undefined])
    assert.ok(first?.groupId !== undefined && first.groupId === second?.groupId)
    assert.deepEqual(second?.media?.bytes, pngImage(30, 30))
  })

  test('serves a webhook with a secret', async (t) => {
    const server = await startFake(t)
    const { control } = server
    const bot = buttonBot(server)
    const secretToken = 'webhook-secret_1'
    const http = createWebhookServer(bot, { path: '/hook', secretToken })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    server.defer(() => {
      http.closeAllConnections()
      http.close()
    })
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook`
    await bot.api.setWebhook({ url, secret_token: secretToken })
    const user = control.user(1)
    user.sendText('one')
    user.sendText('two')
    await control.waitFor(() => user.chat().length === 4)
    assert.deepEqual(
      user
        .chat()
        .slice(2)
        .map(({ text }) => text),
      ['echo one', 'echo two'],
    )
    await control.waitFor(() => control.pendingUpdates().length === 0)
    const info = await bot.api.getWebhookInfo()
    assert.deepEqual([info.url, info.pending_update_count], [url, 0])
  })

  test('refuses a webhook call with a wrong secret, and the update stays', async (t) => {
    const server = await startFake(t)
    const { control } = server
    const bot = buttonBot(server)
    const http = createWebhookServer(bot, { path: '/hook', secretToken: 'right' })
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    server.defer(() => {
      http.closeAllConnections()
      http.close()
    })
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook`
    await server.ok('setWebhook', { url, secret_token: 'wrong' })
    control.user(1).sendText('one')
    const error = async () => (await server.ok('getWebhookInfo')).last_error_message
    await until(async () => (await error()) !== undefined)
    assert.equal(await error(), 'Wrong response from the webhook: 401 Unauthorized')
    assert.equal(control.pendingUpdates().length, 1)
  })
})
