import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { ADMIN_ID, openStage, type Stage } from '../payments/stage.ts'
import { pngImage } from '../sandbox/telegram/support/images.ts'
import { createShopper, type Shopper, say, topUp } from '../support/shopper.ts'

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

describe('one who floods', () => {
  const answered = async ({ user, sees }: Shopper) => {
    user.sendCommand('balance')
    await sees(say('topup.byStars'))
  }

  test('while Telegram holds their chat for an hour is left alone, and drawn once afterwards', async (t) => {
    const [held, calm] = [await stage.person(), await stage.person()]
    await stage.quiet()
    const calls = () => control().calls.filter(({ chatId }) => chatId === held.id)
    const before = calls().length
    const hour = { kind: 'flood', chatId: held.id, retryAfter: 3_600, times: 0 } as const
    control().faults.add(hour)
    t.after(() => control().faults.clear())
    for (let i = 0; i < 60; i += 1) held.user.sendText(`flood ${i}`)
    held.user.sendCommand('language')
    await answered(calm)
    await control().waitFor(() => control().pendingUpdates().length === 0)
    const refused = calls().slice(before)
    assert.ok(refused.length <= 2, `asked ${refused.length} times`)
    control().faults.clear()
    const shown = held.user.chat().length
    stage.world.clock.advance(3_600_000)
    await held.hears('Выберите язык')
    await stage.quiet()
    assert.ok(held.user.chat().length - shown <= 2, 'more than the newest screen')
  })

  test('by taps is answered each time, by albums in a few screens, and others are answered', async () => {
    const [flooder, calm] = [await stage.person(), await stage.person()]
    const menu = await flooder.sees(say('menu.help'))
    const taps = Array.from({ length: 100 }, () => flooder.user.tap(menu.id, say('menu.help')))
    const drawn = () => flooder.user.chat().filter(({ from }) => from === 'bot').length
    const before = drawn()
    const album = Array.from({ length: 10 }, () => pngImage(64, 64))
    for (let i = 0; i < 3; i += 1) await flooder.user.sendAlbum(album)
    await answered(calm)
    await stage.quiet()
    const answers = new Set(control().answers.map(({ queryId }) => queryId))
    assert.deepEqual(
      taps.filter((id) => !answers.has(id)),
      [],
    )
    assert.ok(drawn() - before <= 10, `${drawn() - before} messages for three albums`)
  })

  test('with forged updates and callbacks leaves no trace, and others are answered', async () => {
    const calm = await stage.person()
    await stage.quiet()
    const before = await counts()
    const body = JSON.stringify({
      update_id: 1,
      code: 200,
      data: { taskId: 't', state: 'success' },
    })
    const forge = (path: string) =>
      fetch(`${stage.world.botUrl}${path}`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
      }).then(({ status }) => status)
    const paths = ['/webhook/guessed', `/callbacks/kie?job=j&sig=${'a'.repeat(43)}`]
    const statuses = await Promise.all(
      Array.from({ length: 200 }, (_, i) => forge(paths[i % 2] as string)),
    )
    assert.deepEqual(new Set(statuses), new Set([404, 401]))
    assert.deepEqual(await counts(), before)
    await answered(calm)
  })

  test('with photos that Telegram never hands out keeps nobody from ordering', async (t) => {
    const buyer = await stage.person()
    const senders = await Promise.all(Array.from({ length: 6 }, () => stage.person()))
    control().faults.add({ kind: 'hang', method: 'getFile', times: 0 })
    t.after(() => control().faults.clear())
    // More than are looked at side by side.
    for (const { user } of senders) await user.sendPhoto(pngImage(64, 64), { caption: 'оживи' })
    await topUp(stage.database.pool, buyer.id, 1_000)
    await buyer.toPreview('paid')
    await buyer.confirm()
    await buyer.sees(say('done.other'))
  })
})
