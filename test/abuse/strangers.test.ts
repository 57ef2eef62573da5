import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { ADMIN_ID, openStage, type Stage } from '../payments/stage.ts'
import { createShopper, say } from '../support/shopper.ts'

let stage: Stage

before(async () => {
  stage = await openStage({}, { topics: true })
})

const control = () => stage.world.telegram.control

/** Tables in which what comes from Telegram could leave a trace; others grow by themselves. */
const TABLES = [
  ...['actors', 'journal', 'dead_letters', 'effects', 'timers', 'users', 'accounts', 'screens'],
  ...['sends', 'alerts', 'chat_topics', 'user_names', 'user_rules', 'reminders'],
]

async function counts(): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const table of TABLES) {
    const { rows } = await stage.database.pool.query(`select count(*)::int as n from ${table}`)
    found[table] = rows[0].n
  }
  return found
}

describe('a chat that is no person’s', () => {
  test('gets one answer with a link, whatever is said there, and leaves no trace', async () => {
    const anna = await stage.person()
    const bob = await stage.person()
    await stage.quiet()
    const before = await counts()
    const alarms = control().chat(ADMIN_ID).length
    const kinds = ['group', 'supergroup', 'channel'] as const
    const groups = kinds.map((kind) => control().group(anna.id, { kind, title: kind }))
    const [group, forum, channel] = groups
    for (const chat of groups) chat.addBot()
    group?.join(bob.id)
    const there = bob.user.at({ chatId: group?.id as number })
    for (const name of ['start', 'start@trt_sandbox_bot', 'help', 'admin', 'promo'])
      there.sendCommand(name)
    there.sendText('what can you do, @trt_sandbox_bot?')
    anna.user.at({ chatId: forum?.id as number, as: 'anonymous' }).sendCommand('start')
    anna.user.at({ chatId: channel?.id as number }).sendCommand('start')
    const said = await Promise.all(
      groups.map((chat) => control().waitFor(() => chat.chat().find(({ from }) => from === 'bot'))),
    )
    for (const message of said) {
      assert.match(message.text ?? '', /только в личных сообщениях/)
      assert.match(JSON.stringify(message.keyboard), /t\.me\/trt_sandbox_bot/)
    }
    await stage.quiet()
    for (const chat of groups) {
      assert.equal(chat.chat().filter(({ from }) => from === 'bot').length, 1, chat.kind)
    }
    assert.deepEqual(await counts(), before)
    assert.equal(control().chat(ADMIN_ID).length, alarms)
  })

  test('may be a topic: the answer stands in it', async () => {
    const anna = await stage.person()
    const forum = control().group(anna.id, { kind: 'supergroup', isForum: true, withBot: true })
    await control().waitFor(() => forum.chat().some(({ from }) => from === 'bot'))
    stage.world.clock.advance(600_000)
    const threadId = anna.user.at({ chatId: forum.id }).openTopic('Cats')
    anna.user.at({ chatId: forum.id, threadId }).sendCommand('start')
    const said = await control().waitFor(() => forum.chat().filter(({ from }) => from === 'bot')[1])
    assert.equal(said.threadId, threadId)
  })
})

describe('what a person sends', () => {
  test('from a topic of the private chat is answered there, and outside when it is gone', async () => {
    const shopper = await stage.person()
    const threadId = shopper.user.openTopic('Pictures')
    const topic = shopper.user.at({ threadId })
    topic.sendCommand('balance')
    const balance = await shopper.sees(say('topup.byStars'))
    assert.equal(balance.threadId, threadId)
    shopper.user.sendCommand('language')
    const language = await shopper.hears('Выберите язык')
    assert.equal(language.threadId, undefined)
  })

  test('as a caption may be a command', async () => {
    const shopper = await stage.person()
    await shopper.user.sendFile(Buffer.from('GIF89a'), { kind: 'document', caption: '/balance' })
    await shopper.sees(say('topup.byStars'))
  })

  test('and shows nothing is no answer: it is told so, and nothing is ordered', async () => {
    const shopper = createShopper(stage.world.telegram, 8_001)
    shopper.user.sendCommand('start', 'm_google-imagen4-fast')
    await shopper.tap(say('card.begin'))
    await shopper.hears(say('ask.words'))
    for (const nothing of ['\u3164', '\u2800', '\ufe0f', '\u200e', ' \u2800\u3164 ']) {
      shopper.user.sendText(nothing)
    }
    await shopper.hears(say('hint.unsupported'))
    shopper.user.sendText('кот')
    await shopper.hears('Описание: кот')
  })
})
