import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

interface Message {
  id: number
  from: 'user' | 'bot'
  date: number
  text?: string
  groupId?: string
  service?: string
  sender?: { id: number; name: string }
}
interface Chat {
  messages: Message[]
  action: string | null
}
interface Block {
  kind: string
  from?: string
  text?: string
  messages?: Message[]
  first?: boolean
  last?: boolean
}

// The page's modules are plain JavaScript; their types are spelled out here.
const file = new URL('../../../src/sandbox/chat/state.js', import.meta.url).href
const { applyEvent, blocksOf, startParameter, actionText, albumsOf, placeOf } = (await import(
  file
)) as {
  albumsOf: (files: { as: string }[], grouped: boolean) => { as: string }[][]
  placeOf: (hash: string) => { userId: number | null; groupId: number | null }
  applyEvent: (chat: Chat, event: { type: string; data: unknown }) => Chat
  blocksOf: (messages: Message[], me?: number) => Block[]
  startParameter: (url: string, botUsername: string) => string | null
  actionText: (action: string) => string
}

const NOON = new Date(2026, 10, 20, 12).getTime()
const message = (id: number, more: Partial<Message> = {}): Message => ({
  id,
  from: 'bot',
  date: NOON + id,
  ...more,
})

describe('chat state', () => {
  test('takes a message in once, in the order of ids, however often it comes', () => {
    const chat = { messages: [message(1), message(3)], action: 'typing' }
    const event = { type: 'message', data: message(2) }
    const once = applyEvent(chat, event)
    assert.deepEqual(
      once.messages.map(({ id }) => id),
      [1, 2, 3],
    )
    assert.deepEqual(applyEvent(once, event), once)
  })

  test('ends the chat action when the bot has spoken, not when the user has', () => {
    const chat = { messages: [], action: 'typing' }
    assert.equal(applyEvent(chat, { type: 'message', data: message(1) }).action, null)
    const own = message(1, { from: 'user' })
    assert.equal(applyEvent(chat, { type: 'message', data: own }).action, 'typing')
  })

  test('changes and removes what it knows', () => {
    const chat = { messages: [message(1), message(2)], action: null }
    const edited = applyEvent(chat, { type: 'edited', data: message(2, { text: 'new' }) })
    assert.equal(edited.messages[1]?.text, 'new')
    const left = applyEvent(edited, { type: 'deleted', data: { id: 1 } })
    assert.deepEqual(
      left.messages.map(({ id }) => id),
      [2],
    )
  })

  test('shows an album as one bubble, days apart, and runs of one sender together', () => {
    const tomorrow = NOON + 86_400_000
    const blocks = blocksOf([
      message(1, { groupId: 'a' }),
      message(2, { groupId: 'a' }),
      message(3),
      message(4, { from: 'user' }),
      message(5, { date: tomorrow }),
    ])
    assert.deepEqual(
      blocks.map(({ kind, messages }) => messages?.map(({ id }) => id) ?? kind),
      ['day', [1, 2], [3], [4], 'day', [5]],
    )
    assert.deepEqual(
      blocks.map(({ first, last }) => [first, last]),
      [
        [undefined, undefined],
        [true, false],
        [false, true],
        [true, true],
        [undefined, undefined],
        [true, true],
      ],
    )
  })

  test('tells in a group who speaks: oneself, the bot, others, or nobody', () => {
    const by = (id: number) => ({ from: 'user' as const, sender: { id, name: `User ${id}` } })
    const blocks = blocksOf(
      [
        message(1, by(7)),
        message(2, by(8)),
        message(3, by(8)),
        message(4, { sender: { id: 99, name: 'Bot' } }),
        message(5, { ...by(7), service: 'User 7 added Bot' }),
        message(6, by(8)),
      ],
      7,
    )
    assert.deepEqual(
      blocks.slice(1).map(({ from, text, first }) => [from ?? text, first]),
      [
        ['user', true],
        ['other', true],
        ['other', false],
        ['bot', true],
        ['User 7 added Bot', undefined],
        ['other', true],
      ],
    )
  })

  test('puts neighbours of one family into albums of at most ten', () => {
    const files = (...kinds: string[]) => kinds.map((as) => ({ as }))
    const sizes = (list: { as: string }[], grouped = true) =>
      albumsOf(list, grouped).map(({ length }) => length)
    assert.deepEqual(sizes(files('photo', 'video', 'document', 'document', 'photo')), [2, 2, 1])
    assert.deepEqual(sizes(files(...Array(12).fill('photo'))), [10, 2])
    assert.deepEqual(sizes(files('voice', 'voice', 'video_note')), [1, 1, 1])
    assert.deepEqual(sizes(files('photo', 'photo'), false), [1, 1])
  })

  test('reads who and where from the address', () => {
    assert.deepEqual(placeOf('#1001'), { userId: 1001, groupId: null })
    assert.deepEqual(placeOf('#1001/-1005001'), { userId: 1001, groupId: -1005001 })
    assert.deepEqual(placeOf('#x/y'), { userId: null, groupId: null })
  })

  test('knows a link that starts this bot from any other', () => {
    assert.equal(startParameter('https://t.me/trt_bot?start=ref_a1', 'TRT_bot'), 'ref_a1')
    assert.equal(startParameter('https://t.me/trt_bot', 'trt_bot'), '')
    assert.equal(startParameter('https://t.me/other_bot?start=x', 'trt_bot'), null)
    assert.equal(startParameter('https://t.me.evil.org/trt_bot', 'trt_bot'), null)
  })

  test('has words for an action it does not know', () => {
    assert.equal(actionText('upload_photo'), 'bot is sending a photo…')
    assert.equal(actionText('constructor'), 'bot is busy…')
  })
})
