import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { refused, startFake } from './support/fake.ts'

const bad = (text: string) => `Bad Request: ${text}`
const button = (text: string, callback_data = text) => ({ text, callback_data })

async function started(t: TestContext) {
  const server = await startFake(t)
  const user = server.control.user(1)
  const send = (reply_markup: unknown) =>
    server.api('sendMessage', { chat_id: 1, text: 'x', reply_markup })
  const inline = (...inline_keyboard: unknown[][]) => send({ inline_keyboard })
  return { ...server, user, send, inline }
}

describe('inline keyboards', () => {
  test('carry 1 to 64 bytes of data', async (t) => {
    const { inline } = await started(t)
    assert.equal((await inline([button('a', 'я'.repeat(32))])).ok, true)
    refused(await inline([button('a', `${'я'.repeat(32)}x`)]), 400, bad('BUTTON_DATA_INVALID'))
    refused(await inline([button('a', '🎨'.repeat(17))]), 400, bad('BUTTON_DATA_INVALID'))
  })

  test('have exactly one action per button', async (t) => {
    const { inline } = await started(t)
    const prefix = bad("can't parse inline keyboard button: ")
    refused(
      await inline([{ text: 'x' }]),
      400,
      `${prefix}Text buttons are unallowed in the inline keyboard`,
    )
    refused(
      await inline([{ text: 'x', callback_data: 'a', url: 'https://example.com' }]),
      400,
      `${prefix}exactly one action must be specified`,
    )
    refused(await inline([{ callback_data: 'a' }]), 400, `${prefix}Can't find field "text"`)
    refused(await inline(['x']), 400, `${prefix}InlineKeyboardButton must be an Object`)
  })

  test('have a style of three, copy text of 1 to 256 signs, or do nothing', async (t) => {
    const { inline, user } = await started(t)
    const copy = (text: string) => ({ text: 'Copy', copy_text: { text } })
    const sent = await inline(
      [
        { ...button('Run'), style: 'SUCCESS' },
        { ...button('Back'), style: 'default' },
      ],
      [copy('x'.repeat(256)), { text: 'Later', disabled: {} }],
      [{ text: 'Share', switch_inline_query: '' }],
      [
        {
          text: 'To a group',
          switch_inline_query_chosen_chat: { query: 'q', allow_group_chats: true },
        },
      ],
    )
    const [first, second] = sent.result.reply_markup.inline_keyboard
    assert.deepEqual([first[0].style, 'style' in first[1]], ['success', false])
    assert.deepEqual([second[0].copy_text.text.length, second[1].disabled], [256, {}])
    const seen = user.chat()[0]?.keyboard
    assert.deepEqual(seen?.[0]?.[0], { text: 'Run', data: 'Run', style: 'success' })
    assert.deepEqual(seen?.[1]?.[1], { text: 'Later', disabled: true })
    assert.deepEqual(seen?.[2]?.[0], { text: 'Share', inline: { query: '', here: false } })
    assert.deepEqual(seen?.[3]?.[0]?.inline, { query: 'q', here: false })
    refused(
      await inline([{ text: 'To nobody', switch_inline_query_chosen_chat: { query: 'q' } }]),
      400,
      bad('at least one chat type must be allowed'),
    )
    const prefix = bad("can't parse inline keyboard button: ")
    const pink = await inline([{ ...button('x'), style: 'pink' }])
    refused(pink, 400, `${prefix}invalid button style specified`)
    for (const text of ['', 'x'.repeat(257)])
      refused(await inline([copy(text)]), 400, bad('BUTTON_COPY_TEXT_INVALID'))
    refused(await inline([{ text: 'x', copy_text: {} }]), 400, `${prefix}Can't find field "text"`)
  })

  test('hold 100 buttons and 8 in a row', async (t) => {
    const { inline } = await started(t)
    const row = (length: number) => Array.from({ length }, (_, index) => button(`${index}`))
    const rows = (length: number) => Array.from({ length }, () => row(5))
    assert.equal((await inline(...rows(20))).ok, true)
    assert.equal((await inline(row(8))).ok, true)
    refused(await inline(...rows(20), row(1)), 400, bad('reply markup is too long'))
    refused(await inline(row(9)), 400, bad('reply markup is too long'))
  })

  test('take links but not to a host without a dot', async (t) => {
    const { inline } = await started(t)
    assert.equal((await inline([{ text: 'x', url: 'https://example.com/a' }])).ok, true)
    refused(
      await inline([{ text: 'x', url: 'http://localhost:8000' }]),
      400,
      bad("inline keyboard button URL 'http://localhost:8000' is invalid: Wrong HTTP URL"),
    )
    refused(await inline([{ text: 'x', url: 'not a url' }]), 400, bad('BUTTON_URL_INVALID'))
  })

  test('must be JSON of the right shape', async (t) => {
    const { send } = await started(t)
    refused(await send('{'), 400, bad("can't parse reply keyboard markup JSON object"))
    refused(await send('[]'), 400, bad('object expected as reply markup'))
    refused(
      await send({ inline_keyboard: [{}] }),
      400,
      bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
    )
  })

  test('may be empty, which is none', async (t) => {
    const { inline } = await started(t)
    assert.equal((await inline([])).result.reply_markup, undefined)
  })

  test('can be pressed by data or label', async (t) => {
    const { inline, user, control } = await started(t)
    await inline([button('Да', 'yes')])
    user.tap(1, 'Да')
    user.tap(1, 'yes')
    const queries = control.pendingUpdates().map(({ callback_query }) => callback_query)
    assert.deepEqual(
      queries.map((query) => (query as { data: string }).data),
      ['yes', 'yes'],
    )
    assert.throws(() => user.tap(1, 'no'), /has no button/)
  })
})

describe('answerCallbackQuery', () => {
  const tooOld = bad('query is too old and response timeout expired or query ID is invalid')

  test('works once', async (t) => {
    const { api, inline, user, control } = await started(t)
    await inline([button('x')])
    const callback_query_id = user.tap(1, 'x')
    const answer = () => api('answerCallbackQuery', { callback_query_id, text: 'ok' })
    assert.equal((await answer()).ok, true)
    refused(await answer(), 400, tooOld)
    assert.deepEqual(control.answers.length, 1)
  })

  test('refuses an unknown or old query and a long text', async (t) => {
    let time = Date.UTC(2026, 0, 1)
    const { api, ok, control } = await startFake(t, { now: () => time })
    const user = control.user(1)
    await ok('sendMessage', {
      chat_id: 1,
      text: 'x',
      reply_markup: { inline_keyboard: [[button('x')]] },
    })
    refused(await api('answerCallbackQuery', { callback_query_id: '1' }), 400, tooOld)
    refused(await api('answerCallbackQuery'), 400, tooOld)
    const callback_query_id = user.tap(1, 'x')
    const long = 'x'.repeat(201)
    refused(
      await api('answerCallbackQuery', { callback_query_id, text: long }),
      400,
      bad('MESSAGE_TOO_LONG'),
    )
    time += 150_001
    refused(await api('answerCallbackQuery', { callback_query_id }), 400, tooOld)
  })

  test('takes a tap that the app sent again as a new update', async (t) => {
    const { ok, inline, user, control } = await started(t)
    await inline([button('x')])
    const first = user.tap(1, 'x')
    const second = user.resendTap(first)
    const [one, two] = control.pendingUpdates()
    assert.notEqual(one?.update_id, two?.update_id)
    assert.notEqual(first, second)
    await ok('answerCallbackQuery', { callback_query_id: second })
  })

  test('knows taps on messages that are gone', async (t) => {
    const { ok, inline, user, control } = await started(t)
    await inline([button('x')])
    await ok('deleteMessage', { chat_id: 1, message_id: 1 })
    assert.throws(() => user.tap(1, 'x'), /has no button/)
    user.tap(1, 'x', { stale: true })
    const query = control.pendingUpdates()[0]?.callback_query
    assert.deepEqual((query as { message: object }).message, {
      chat: { id: 1, first_name: 'User 1', type: 'private' },
      message_id: 1,
      date: 0,
    })
  })
})
