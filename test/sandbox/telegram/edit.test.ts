import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { callForm, filePart, refused, startFake } from './support/fake.ts'
import { mp4Header, pngImage } from './support/images.ts'

const bad = (text: string) => `Bad Request: ${text}`
const NOT_MODIFIED = bad(
  'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
)
const keyboard = { inline_keyboard: [[{ text: 'x', callback_data: 'x' }]] }

async function started(t: TestContext) {
  const server = await startFake(t)
  const user = server.control.user(1)
  await server.ok('sendMessage', { chat_id: 1, text: 'text', reply_markup: keyboard })
  const photo = async (extra = {}) =>
    (await server.form('sendPhoto', { chat_id: '1', photo: filePart(pngImage()), ...extra })).result
  const edit = (method: string, message_id: number, extra = {}) =>
    server.api(method, { chat_id: 1, message_id, ...extra })
  return { ...server, user, photo, edit }
}

describe('editMessageText', () => {
  test('replaces text and keyboard, and counts', async (t) => {
    const { edit, user } = await started(t)
    const { result } = await edit('editMessageText', 1, { text: 'new', reply_markup: keyboard })
    assert.deepEqual([result.text, typeof result.edit_date], ['new', 'number'])
    assert.deepEqual([user.chat()[0]?.text, user.chat()[0]?.edits], ['new', 1])
  })

  test('refuses to change nothing, and a missing keyboard is a change', async (t) => {
    const { edit, user } = await started(t)
    const same = { text: ' text ', reply_markup: keyboard }
    refused(await edit('editMessageText', 1, same), 400, NOT_MODIFIED)
    assert.equal((await edit('editMessageText', 1, { text: 'text' })).ok, true)
    assert.deepEqual(user.chat()[0]?.keyboard, [])
    const formatted = { text: '<b>text</b>', parse_mode: 'HTML' }
    assert.equal((await edit('editMessageText', 1, formatted)).ok, true)
    refused(await edit('editMessageText', 1, formatted), 400, NOT_MODIFIED)
  })

  test('edits only what is there, is text and is its own', async (t) => {
    const { edit, photo, user, api } = await started(t)
    const text = { text: 'new' }
    refused(await edit('editMessageText', 77, text), 400, bad('message to edit not found'))
    refused(await edit('editMessageText', 0, text), 400, bad('message to edit not found'))
    const { message_id } = await photo()
    refused(
      await edit('editMessageText', message_id, text),
      400,
      bad('there is no text in the message to edit'),
    )
    const { id } = user.sendText('mine')
    refused(await edit('editMessageText', id, text), 400, bad("message can't be edited"))
    await api('deleteMessage', { chat_id: 1, message_id: 1 })
    refused(await edit('editMessageText', 1, text), 400, bad('message to edit not found'))
    refused(await api('editMessageText', text), 400, bad('message identifier is not specified'))
    refused(
      await api('editMessageText', { ...text, inline_message_id: 'abc' }),
      400,
      bad('MESSAGE_ID_INVALID'),
    )
  })

  test('takes only inline keyboards', async (t) => {
    const { edit } = await started(t)
    const reply_markup = { keyboard: [['a']] }
    refused(
      await edit('editMessageText', 1, { text: 'new', reply_markup }),
      400,
      bad('inline keyboard expected'),
    )
  })

  test('is forbidden when the user has blocked the bot', async (t) => {
    const { edit, user } = await started(t)
    user.block()
    refused(
      await edit('editMessageText', 1, { text: 'new' }),
      403,
      'Forbidden: bot was blocked by the user',
    )
  })
})

describe('other edits', () => {
  test('change the caption of a media message within its limit', async (t) => {
    const { edit, photo } = await started(t)
    const { message_id } = await photo({ caption: 'old' })
    const caption = (text: string) => edit('editMessageCaption', message_id, { caption: text })
    assert.equal((await caption('new')).result.caption, 'new')
    refused(await caption('new'), 400, NOT_MODIFIED)
    refused(await caption('x'.repeat(1025)), 400, bad('message caption is too long'))
    refused(
      await edit('editMessageCaption', 1, { caption: 'x' }),
      400,
      bad('there is no caption in the message to edit'),
    )
  })

  test('change only the keyboard', async (t) => {
    const { edit } = await started(t)
    refused(await edit('editMessageReplyMarkup', 1, { reply_markup: keyboard }), 400, NOT_MODIFIED)
    const { result } = await edit('editMessageReplyMarkup', 1)
    assert.deepEqual([result.text, result.reply_markup], ['text', undefined])
    refused(await edit('editMessageReplyMarkup', 1), 400, NOT_MODIFIED)
  })

  test('change the media by upload and by file_id', async (t) => {
    const { edit, photo, base, user } = await started(t)
    const first = await photo({ caption: 'gone' })
    const answer = await callForm(base, 'editMessageMedia', {
      chat_id: '1',
      message_id: String(first.message_id),
      media: { type: 'photo', media: 'attach://pic', caption: 'fresh' },
      pic: filePart(pngImage(50, 40)),
    })
    assert.equal(answer.result.caption, 'fresh')
    assert.deepEqual(user.chat().at(-1)?.media?.bytes, pngImage(50, 40))
    const media = { type: 'photo', media: first.photo.at(-1).file_id }
    assert.equal((await edit('editMessageMedia', first.message_id, { media })).ok, true)
    refused(await edit('editMessageMedia', first.message_id, { media }), 400, NOT_MODIFIED)
    assert.equal((await edit('editMessageMedia', 1, { media })).result.text, undefined)
  })

  test('keep an album an album', async (t) => {
    const { base, edit, form } = await started(t)
    const sent = await callForm(base, 'sendMediaGroup', {
      chat_id: '1',
      media: [
        { type: 'photo', media: 'attach://a' },
        { type: 'photo', media: 'attach://b' },
      ],
      a: filePart(pngImage(10, 10)),
      b: filePart(pngImage(11, 10)),
    })
    const document = filePart(mp4Header(), 'x.bin')
    const { result } = await form('sendDocument', { chat_id: '1', document })
    const media = { type: 'document', media: result.document.file_id }
    refused(
      await edit('editMessageMedia', sent.result[0].message_id, { media }),
      400,
      bad("can't use the media of the specified type in the album"),
    )
  })
})

describe('deleteMessage', () => {
  test('removes a message from the view', async (t) => {
    const { ok, api, user } = await started(t)
    await ok('deleteMessage', { chat_id: 1, message_id: 1 })
    assert.deepEqual(user.chat(), [])
    assert.equal(user.chat({ deleted: true })[0]?.deleted, true)
    refused(
      await api('deleteMessage', { chat_id: 1, message_id: 1 }),
      400,
      bad('message to delete not found'),
    )
    refused(
      await api('deleteMessage', { chat_id: 1 }),
      400,
      bad('message identifier is not specified'),
    )
  })

  test('works for 48 hours', async (t) => {
    let time = Date.UTC(2026, 0, 1)
    const { ok, api, control } = await startFake(t, { now: () => time })
    control.user(1)
    await ok('sendMessage', { chat_id: 1, text: 'x' })
    time += 48 * 3600_000 + 1
    refused(
      await api('deleteMessage', { chat_id: 1, message_id: 1 }),
      400,
      bad("message can't be deleted for everyone"),
    )
  })

  test('removes several at once and skips unknown ones', async (t) => {
    const { ok, api, user } = await started(t)
    user.sendText('mine')
    await ok('deleteMessages', { chat_id: 1, message_ids: [1, 2, 99] })
    assert.deepEqual(user.chat(), [])
    refused(
      await api('deleteMessages', { chat_id: 1 }),
      400,
      bad('message identifiers are not specified'),
    )
  })
})
