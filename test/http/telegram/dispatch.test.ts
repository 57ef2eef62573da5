import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createDispatcher } from '../../../src/http/telegram/dispatch.ts'
import {
  type TelegramInput,
  telegramInputSchema,
} from '../../../src/machines/conversation/input.ts'
import { anyCharacter, fc } from '../../support/properties.ts'
import { ANNA, botInfo, message, tap, text } from './updates.ts'

const common = {
  updateId: 7,
  chatId: ANNA.id,
  userId: ANNA.id,
  languageCode: 'ru',
  firstName: 'Анна',
}
const typed = { ...common, messageId: 70 }
const file = (id: string, rest: object = {}) => ({
  file_id: id,
  file_unique_id: `u${id}`,
  ...rest,
})

function setUp(onInput: (input: TelegramInput) => Promise<void> = async () => {}) {
  const dispatcher = createDispatcher({ botInfo, onInput, onPayment: async () => {} })
  const inputOf = async (update: unknown) => {
    const translation = await dispatcher.translate(update)
    assert.equal(translation.kind, 'input', JSON.stringify(translation))
    return telegramInputSchema.parse(translation.kind === 'input' && translation.input)
  }
  return { ...dispatcher, inputOf }
}

describe('dispatch', () => {
  test('reads a text', async () => {
    const { inputOf } = setUp()
    assert.deepEqual(await inputOf(text(7, 'кот 🎨 в шляпе')), {
      kind: 'text',
      ...typed,
      text: 'кот 🎨 в шляпе',
    })
  })

  test('reads commands, with payload and with the name of this bot', async () => {
    const { inputOf } = setUp()
    const command = async (value: string) => {
      const input = await inputOf(text(7, value))
      return input.kind === 'command' && [input.name, input.payload]
    }
    assert.deepEqual(await command('/start'), ['start', ''])
    assert.deepEqual(await command('/START@trttestbot  m_z-image '), ['start', 'm_z-image'])
    assert.deepEqual(await command('/say two\nlines'), ['say', 'two\nlines'])
    assert.deepEqual(await command('/start@otherbot'), ['start@otherbot', ''])
    assert.deepEqual(await command('/'), ['', ''])
    assert.deepEqual(await command('/@trttestbot'), ['', ''])
  })

  test('reads a tap with its message, with an inaccessible one and without', async () => {
    const { inputOf } = setUp()
    const expected = { kind: 'tap', ...common, data: 'n1:menu', queryId: 'q7' }
    assert.deepEqual(await inputOf(tap(7)), { ...expected, messageId: 44 })
    const inaccessible = { message_id: 3, chat: { id: ANNA.id, type: 'private' }, date: 0 }
    assert.deepEqual(await inputOf(tap(7, { message: inaccessible })), {
      ...expected,
      messageId: 3,
    })
    const inline = { message: undefined, inline_message_id: 'abc' }
    assert.deepEqual(await inputOf(tap(7, inline)), { ...expected, messageId: null })
    const game = await inputOf(tap(7, { data: undefined, game_short_name: 'g' }))
    assert.equal(game.kind, 'unsupported')
  })

  test('takes the largest size of a photo, with caption and album', async () => {
    const { inputOf } = setUp()
    const photo = [
      file('small', { width: 90, height: 60 }),
      file('large', { width: 1280, height: 800, file_size: 99 }),
      file('middle', { width: 320, height: 200 }),
    ]
    assert.deepEqual(await inputOf(message(7, { photo, caption: 'c', media_group_id: 'g1' })), {
      kind: 'media',
      ...typed,
      media: {
        kind: 'photo',
        fileId: 'large',
        uniqueId: 'ularge',
        width: 1280,
        height: 800,
        size: 99,
      },
      caption: 'c',
      groupId: 'g1',
    })
  })

  test('reads every kind of media', async () => {
    const { inputOf } = setUp()
    for (const kind of ['document', 'video', 'audio', 'voice', 'video_note', 'sticker']) {
      const input = await inputOf(message(7, { [kind]: file('f', { mime_type: 'x/y' }) }))
      assert.deepEqual(input.kind === 'media' && input.media, {
        kind,
        fileId: 'f',
        uniqueId: 'uf',
        mime: 'x/y',
      })
    }
    const animation = await inputOf(message(7, { document: file('d'), animation: file('a') }))
    assert.equal(animation.kind === 'media' && animation.media.kind, 'animation')
  })

  test('accepts null where a field is missing', async () => {
    const { inputOf } = setUp()
    const document = file('f', { thumb: null, mime_type: null })
    const input = await inputOf(message(7, { document, caption: null }))
    assert.equal(input.kind, 'media')
  })

  test('notices that the person has blocked the bot and has come back', async () => {
    const { inputOf, translate } = setUp()
    const changed = (status: string, type = 'private') => ({
      update_id: 7,
      my_chat_member: { chat: { id: ANNA.id, type }, from: ANNA, new_chat_member: { status } },
    })
    assert.deepEqual(await inputOf(changed('kicked')), { kind: 'blocked', ...common })
    assert.deepEqual(await inputOf(changed('member')), { kind: 'unblocked', ...common })
    assert.equal((await translate(changed('kicked', 'group'))).kind, 'ignored')
    assert.equal((await translate(changed('restricted'))).kind, 'ignored')
  })

  test('names what it cannot use', async () => {
    const { inputOf, translate } = setUp()
    const kinds = [
      ['location', { location: { latitude: 1, longitude: 2 }, reply_to_message: {} }],
      ['poll', { poll: {} }],
      ['rich_message', { rich_message: { blocks: [] } }],
      ['a_kind_of_2030', { a_kind_of_2030: {} }],
    ] as const
    for (const [what, fields] of kinds) {
      assert.deepEqual(await inputOf(message(7, fields)), { kind: 'unsupported', ...typed, what })
    }
    const pinned = await translate(message(7, { pinned_message: {} }))
    assert.deepEqual(pinned, { kind: 'ignored', what: 'pinned_message' })
  })

  test('makes no input of what is said in a group; what is said to this bot is foreign', async () => {
    const { translate } = setUp()
    const group = { id: -100, type: 'supergroup', title: 'G' }
    for (const value of ['hello', '/start@otherbot', 'mail me at a@trttestbot.example']) {
      assert.deepEqual(await translate(text(7, value, group)), { kind: 'ignored', what: 'group' })
    }
    const foreign = { chatId: -100, languageCode: 'ru' }
    const heard = { kind: 'foreign', foreign: { ...foreign, messageId: 70 } }
    for (const value of ['/start@TrtTestBot', '/help', 'well, @trttestbot?']) {
      assert.deepEqual(await translate(text(7, value, group)), heard)
    }
    const reply = { text: 'ok', reply_to_message: { from: { id: botInfo.id } } }
    assert.deepEqual(await translate(message(7, reply, group)), heard)
    const topic = { text: '/menu', message_thread_id: 5 }
    assert.deepEqual(await translate(message(7, topic, group)), heard)
    assert.deepEqual(await translate(message(7, { ...topic, is_topic_message: true }, group)), {
      kind: 'foreign',
      foreign: { ...heard.foreign, threadId: 5 },
    })
    const pressed = tap(7, { message: { message_id: 1, chat: group, date: 0 } })
    assert.deepEqual(await translate(pressed), {
      kind: 'foreign',
      foreign: { ...foreign, queryId: 'q7' },
    })
    // Whatever calls itself private but has no person's id.
    const odd = await translate(text(7, '/start', { id: -5, type: 'private' }))
    assert.equal(odd.kind, 'foreign')
  })

  test('reads the new words of an edited text or caption', async () => {
    const { inputOf, translate } = setUp()
    const edited = (fields: object) => ({
      update_id: 7,
      edited_message: message(7, fields).message,
    })
    for (const fields of [{ text: 'кот' }, { caption: 'кот', document: file('f') }]) {
      const input = await inputOf(edited(fields))
      assert.deepEqual([input.kind, input.chatId], ['edited', common.chatId])
      assert.equal(input.kind === 'edited' && input.text, 'кот')
    }
    assert.equal((await translate(edited({ document: file('f') }))).kind, 'ignored')
  })

  test('ignores channel posts and kinds it does not know', async () => {
    const { translate } = setUp()
    for (const kind of ['edited_channel_post', 'channel_post', 'inline_query', 'kind_of_2030']) {
      const update = { update_id: 7, [kind]: text(7, 'x').message }
      assert.deepEqual(await translate(update), { kind: 'ignored', what: kind })
    }
    assert.deepEqual(await translate({ update_id: 7 }), { kind: 'ignored', what: 'empty' })
  })

  test('hears that it was put into a group, once', async () => {
    const { translate } = setUp()
    const member = (before: string, after: string) => ({
      update_id: 7,
      my_chat_member: {
        chat: { id: -100, type: 'group' },
        from: ANNA,
        old_chat_member: { status: before },
        new_chat_member: { status: after },
      },
    })
    const kindOf = async (before: string, after: string) =>
      (await translate(member(before, after))).kind
    assert.equal(await kindOf('left', 'member'), 'foreign')
    assert.equal(await kindOf('kicked', 'administrator'), 'foreign')
    assert.equal(await kindOf('member', 'administrator'), 'ignored')
    assert.equal(await kindOf('member', 'kicked'), 'ignored')
  })

  test('takes a caption for a command only if the bot has it', async () => {
    const { inputOf } = setUp()
    const captioned = (caption: string) => inputOf(message(7, { document: file('f'), caption }))
    const cancel = await captioned('/cancel')
    assert.deepEqual([cancel.kind, cancel.kind === 'command' && cancel.name], ['command', 'cancel'])
    for (const caption of ['/imagine a cat', 'a cat /cancel']) {
      const input = await captioned(caption)
      assert.equal(input.kind === 'media' && input.caption, caption)
    }
  })

  test('takes text that shows nothing for no text', async () => {
    const { inputOf } = setUp()
    const nothing = [
      '\u3164',
      '\u2800',
      '\ufe0f',
      '\u200e',
      '\u200b\u2060 \n',
      '\u{e0020}',
      '\u115f',
    ]
    for (const value of nothing) {
      const said = await inputOf(text(7, value))
      assert.deepEqual(
        [said.kind, said.kind === 'unsupported' && said.what],
        ['unsupported', 'empty'],
      )
      const sent = await inputOf(message(7, { document: file('f'), caption: value }))
      assert.ok(sent.kind === 'media' && sent.caption === undefined)
    }
    for (const value of ['a', '❤️', '👩\u200d👧', '.', '\u2800.', '١', '⠟']) {
      assert.equal((await inputOf(text(7, value))).kind, 'text', value)
    }
  })

  test('removes what the database cannot store', async () => {
    const { inputOf } = setUp()
    const input = await inputOf(text(7, 'a\0b\ud83dc'))
    assert.equal(input.kind === 'text' && input.text, 'ab\ufffdc')
  })

  test('reports malformed updates, storable and without an exception', async () => {
    const { translate } = setUp()
    const broken: [unknown, number | null][] = [
      [null, null],
      [undefined, null],
      ['text', null],
      [[], null],
      [{ update_id: '7' }, null],
      [{ update_id: 7, message: null }, 7],
      [{ update_id: 7, message: 'hello' }, 7],
      [message(7, { text: 12 }), 7],
      [message(7, { photo: [] }), 7],
      [message(7, { text: 'x' }, { id: 'abc', type: 'private' }), 7],
      [{ update_id: 7, callback_query: { id: 'q', data: '\0' } }, 7],
    ]
    for (const [update, updateId] of broken) {
      const translation = await translate(update)
      assert.equal(translation.kind, 'malformed', JSON.stringify(update))
      assert.equal(translation.kind === 'malformed' && translation.updateId, updateId)
      assert.ok(translation.kind === 'malformed' && !translation.raw.includes('\0'))
    }
  })

  test('resolves only after the input is committed, and rejects as the commit does', async () => {
    const commit = Promise.withResolvers<void>()
    const slow = setUp(() => commit.promise)
    let done = false
    const handled = slow.handle(text(7, 'x')).then(() => {
      done = true
    })
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(done, false)
    commit.resolve()
    await handled

    const error = new Error('database away')
    const failing = setUp(() => Promise.reject(error))
    await assert.rejects(failing.handle(text(7, 'x')), error)
    assert.equal((await failing.handle({ update_id: 8 })).kind, 'ignored')
  })

  test('survives any JSON, and its inputs are always valid and storable', async () => {
    const { translate } = setUp()
    const key = fc.constantFrom('message', 'callback_query', 'my_chat_member', 'edited_message')
    const mutated = fc.record({
      update_id: fc.integer(),
      message: fc.record(
        {
          message_id: fc.integer(),
          chat: fc.record({ id: fc.integer(), type: fc.constantFrom('private', 'group') }),
          from: fc.oneof(fc.constant(ANNA), fc.jsonValue()),
          text: fc.oneof(fc.string({ unit: anyCharacter }), fc.jsonValue()),
          caption: fc.jsonValue(),
          photo: fc.array(fc.oneof(fc.constant(file('f')), fc.jsonValue())),
        },
        { requiredKeys: ['message_id', 'chat'] },
      ),
    })
    const shapeless = fc
      .tuple(fc.integer(), key, fc.jsonValue())
      .map(([update_id, kind, value]) => ({ update_id, [kind]: value }))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), shapeless, mutated), async (update) => {
        const translation = await translate(update)
        const json = JSON.stringify(translation)
        assert.ok(!/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(json), json)
        if (translation.kind !== 'input') return
        assert.deepEqual(telegramInputSchema.parse(JSON.parse(json).input), translation.input)
      }),
      { numRuns: 500 },
    )
  })
})
