import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Bot, GrammyError, InlineKeyboard, InputFile } from 'grammy'
import { type Started, startFake, TOKEN } from './support/fake.ts'
import { pngImage } from './support/images.ts'

function echoBot({ fake }: Started): Bot {
  const bot = new Bot(TOKEN, { client: { apiRoot: fake.url } })
  const keyboard = new InlineKeyboard().text('Photo', 'photo').text('Edit', 'edit')
  bot.command('start', (ctx) => ctx.reply(`Hello ${ctx.match}`, { reply_markup: keyboard }))
  bot.callbackQuery('photo', async (ctx) => {
    await ctx.answerCallbackQuery({ text: 'coming' })
    await ctx.replyWithPhoto(new InputFile(pngImage(640, 480), 'picture.png'), {
      caption: '<b>Done</b>',
      parse_mode: 'HTML',
    })
  })
  bot.callbackQuery('edit', async (ctx) => {
    await ctx.editMessageText('Edited')
    await ctx.answerCallbackQuery()
  })
  bot.on('message:photo', async (ctx) => {
    const file = await ctx.getFile()
    const response = await fetch(`${fake.url}/file/bot${TOKEN}/${file.file_path}`)
    const bytes = await response.arrayBuffer()
    await ctx.reply(`${ctx.message.photo.length} sizes, ${bytes.byteLength} bytes`)
  })
  bot.on('message:text', (ctx) => ctx.reply(ctx.message.text))
  return bot
}

async function started(t: TestContext) {
  const server = await startFake(t)
  const bot = echoBot(server)
  const running = bot.start()
  server.defer(async () => {
    await bot.stop()
    await running
  })
  return { ...server, bot, user: server.control.user(1, { firstName: 'Ann' }) }
}

describe('grammY', () => {
  test('echoes a text by long polling', async (t) => {
    const { control, user } = await started(t)
    user.sendText('привет 🎨')
    const echo = await control.waitFor(() => user.chat()[1])
    assert.equal(echo.text, 'привет 🎨')
  })

  test('answers a command with buttons, edits on a tap', async (t) => {
    const { control, user } = await started(t)
    user.sendCommand('start', 'ref_7')
    const menu = await control.waitFor(() => user.chat()[1])
    assert.equal(menu.text, 'Hello ref_7')
    assert.deepEqual(
      menu.keyboard[0]?.map(({ text }) => text),
      ['Photo', 'Edit'],
    )
    user.tap(menu.id, 'Edit')
    await control.waitFor(() => control.answers.length === 1)
    assert.deepEqual([user.chat()[1]?.text, user.chat()[1]?.edits], ['Edited', 1])
  })

  test('uploads a photo and answers the tap', async (t) => {
    const { control, user } = await started(t)
    user.sendCommand('/start')
    const menu = await control.waitFor(() => user.chat()[1])
    const queryId = user.tap(menu.id, 'photo')
    const photo = await control.waitFor(() => user.chat()[2])
    assert.deepEqual(photo.media?.bytes, pngImage(640, 480))
    assert.equal(photo.caption, 'Done')
    assert.deepEqual(control.answers[0], { ...control.answers[0], queryId, text: 'coming' })
  })

  test('downloads the photo a user sent', async (t) => {
    const { control, user } = await started(t)
    const bytes = pngImage(400, 300)
    await user.sendPhoto(bytes, { caption: 'look' })
    const reply = await control.waitFor(() => user.chat()[1])
    assert.equal(reply.text, `3 sizes, ${bytes.length} bytes`)
  })

  test('is thrown out with 409 by a second poller', async (t) => {
    // Time runs a hundred times faster, because the last poll of a stopping bot takes 3 s.
    const sleep = async (ms: number, signal?: AbortSignal) => {
      await delay(ms / 100, undefined, signal ? { signal } : {})
    }
    const server = await startFake(t, { sleep })
    const first = echoBot(server)
    // grammY gives up on 409, as the real server means it to.
    const failed = assert.rejects(
      first.start(),
      (error: unknown) =>
        error instanceof GrammyError &&
        error.error_code === 409 &&
        error.description.startsWith('Conflict: terminated by other getUpdates request'),
    )
    await server.control.waitFor(({ calls }) => calls.some(({ method }) => method === 'getUpdates'))
    const second = echoBot(server)
    const running = second.start()
    await failed
    await second.stop()
    await running
  })
})
