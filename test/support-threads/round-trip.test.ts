import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { ControlledGroup, Speaker } from '../../src/sandbox/telegram/control-types.ts'
import { startWorld, type World } from '../../src/world/world.ts'
import { pngImage } from '../sandbox/telegram/support/images.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { createShopper, plain, type Shopper, say } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'

const OWNER = 1000
const HELPER = 1001
const STRANGER = 1002
/** What the stand-in for Telegram calls the first supergroup. */
const GROUP_ID = -1_000_000_005_001

let database: TestDatabase
let world: World
let group: ControlledGroup
let next = 9_001

const groupTexts = () => group.chat().map(({ text, caption }) => text ?? caption ?? '')

async function person(firstName: string): Promise<Shopper> {
  world.telegram.control.user(next, { languageCode: 'ru', firstName })
  const shopper = createShopper(world.telegram, next)
  next += 1
  shopper.user.sendCommand('start')
  await shopper.hears(plain(say('menu.title').split('\n')[0] ?? ''))
  return shopper
}

async function ask(shopper: Shopper, words: string): Promise<void> {
  shopper.user.sendCommand('support')
  await shopper.hears(plain(say('support.title')))
  shopper.user.sendText(words)
  await waitFor(() => groupTexts().some((text) => text.includes(words)), {
    what: `"${words}" in the group`,
  })
}

/** The topic in which these words of a user stand. */
function topicWith(words: string): number {
  const message = group.chat().findLast(({ text }) => text?.includes(words))
  return message?.threadId ?? assert.fail('no topic')
}

const inTopic = (who: number, threadId: number): Speaker =>
  world.telegram.control.user(who).at({ chatId: GROUP_ID, threadId })

const stateOf = async (shopper: Shopper) =>
  (await database.pool.query('select state from support_threads where user_id = $1', [shopper.id]))
    .rows[0]?.state

const becomes = (shopper: Shopper, state: string) =>
  waitFor(async () => (await stateOf(shopper)) === state, { what: `a thread that is ${state}` })

describe('support in a forum', () => {
  before(async () => {
    database = await createDatabase({ closeFirst: () => own.stop() })
    const own = await startWorld({
      ...{ botMode: 'webhook', databaseUrl: database.url, storageMode: 'external' },
      ...{ timing: { queueMs: 0, generateMs: 0 }, logLevel: 'silent' },
      env: { SUPPORT_CHAT_ID: String(GROUP_ID), SUPPORT_IDS: String(HELPER) },
    })
    world = own
    const { control } = world.telegram
    control.user(OWNER, { languageCode: 'ru', firstName: 'Ольга' })
    control.user(HELPER, { languageCode: 'ru', firstName: 'Анна' })
    control.user(STRANGER, { languageCode: 'ru', firstName: 'Чужой' })
    group = control.group(OWNER, { kind: 'supergroup', isForum: true, withBot: true })
    assert.equal(group.id, GROUP_ID)
    group.join(HELPER)
    group.join(STRANGER)
    group.setBotStatus('administrator')
  })

  test('carries words, a photo and the order to a topic, over a restart, and the answers back by name', async () => {
    const vera = await person('Вера')
    await database.pool.query(
      `insert into jobs (id, user_id, chat_id, model_id, status, price_kopecks, credits, input)
       values ('job-of-vera', $1, $1, 'z-image', 'delivered', 0, 1, '{}')`,
      [vera.id],
    )
    vera.user.sendCommand('support')
    const { keyboard } = await vera.hears(plain(say('support.title')))
    const [order] = keyboard.flat()
    assert.match(order?.text ?? '', /^📎 Z-Image/)
    await vera.tap(order?.text ?? '')
    await vera.hears('мы увидим заказ')
    vera.user.sendText('Где моя <картинка>?')
    await vera.hears('Передали')
    await waitFor(() => groupTexts().some((text) => text.includes('Где моя <картинка>?')), {
      what: 'the question in the group',
    })
    const topic = topicWith('Где моя')
    const first = groupTexts().find((text) => text.includes('Где моя')) ?? ''
    assert.match(first, /Вера/)
    assert.match(first, /job-of-vera/)
    assert.equal(await stateOf(vera), 'waiting')

    await world.restart()

    await vera.user.sendPhoto(pngImage(60, 40), { caption: 'вот такая' })
    await waitFor(() => groupTexts().some((text) => text.includes('вот такая')), {
      what: 'the photo in the group',
    })
    assert.equal(topicWith('Где моя'), topic, 'one topic for one person')
    const photos = group.chat().filter(({ media }) => media?.kind === 'photo')
    assert.deepEqual(
      photos.map(({ threadId }) => threadId),
      [topic],
    )

    // Two of the staff answer at once: both are heard, each in their own name.
    inTopic(OWNER, topic).sendText('Сейчас посмотрю')
    inTopic(HELPER, topic).sendText('Уже отправила ещё раз')
    await vera.hears('Ольга, поддержка:\nСейчас посмотрю')
    await vera.hears('Анна, поддержка:\nУже отправила ещё раз')
    const answers = vera.user.chat().filter(({ text }) => text?.includes('поддержка:'))
    assert.equal(answers.length, 2)
    await becomes(vera, 'answered')

    await vera.tap(say('support.reply'))
    await vera.hears('Вам ответили')
    vera.user.sendText('Спасибо, вижу')
    await becomes(vera, 'waiting')
    await waitFor(() => groupTexts().some((text) => text.includes('Спасибо, вижу')), {
      what: 'the thanks in the group',
    })
    const last = group.chat().findLast(({ text }) => text?.includes('Спасибо')) ?? assert.fail()
    inTopic(HELPER, topic).tap(last.id, say('support.desk.done'))
    await vera.hears('Анна (поддержка): вопрос решён')
    await becomes(vera, 'solved')
    const said = await database.pool.query(
      `select count(*)::int as n from journal where actor_id like 'support:%'
        and event ->> 'type' in ('user.said', 'staff.said')`,
    )
    assert.equal(said.rows[0].n, 5, 'nothing is lost and nothing counts twice')
  })

  test('listens to nobody in the group but the staff', async () => {
    const boris = await person('Борис')
    await ask(boris, 'Не приходит видео')
    const topic = topicWith('Не приходит видео')
    inTopic(STRANGER, topic).sendText('Пришлите мне пароль')
    inTopic(HELPER, topic).sendText('Здравствуйте')
    await boris.hears('Анна, поддержка:')
    assert.ok(!boris.user.chat().some(({ text }) => text?.includes('пароль')))
    assert.deepEqual(
      (await database.pool.query(`select id from users where id = $1`, [STRANGER])).rows,
      [],
    )
    await boris.tap(say('support.close'))
    await becomes(boris, 'solved')
    await waitFor(() => groupTexts().some((t) => t.includes(say('support.desk.solvedByUser'))), {
      what: 'the end in the group',
    })
  })

  test('opens a new topic when the staff has deleted the old one', async () => {
    const clara = await person('Клара')
    await ask(clara, 'Первый вопрос')
    const topic = topicWith('Первый вопрос')
    const { config } = world
    await fetch(`${config.telegramApiRoot}/bot${config.botToken}/deleteForumTopic`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: GROUP_ID, message_thread_id: topic }),
    })
    clara.user.sendText('Второй вопрос')
    await waitFor(() => groupTexts().some((text) => text.includes('Второй вопрос')), {
      what: 'the second question in the group',
    })
    assert.notEqual(topicWith('Второй вопрос'), topic)
  })

  test('is erased with the person, the topic included', async () => {
    const dora = await person('Дора')
    await ask(dora, 'Секретное слово абракадабра')
    dora.user.sendCommand('delete_me')
    await dora.tap(say('privacy.agree'))
    await dora.hears('ваши данные удалены')
    await waitFor(() => !groupTexts().some((text) => text.includes('абракадабра')), {
      what: 'the topic to be gone',
    })
    const { rows } = await database.pool.query('select from support_threads where user_id = $1', [
      dora.id,
    ])
    assert.deepEqual(rows, [])
    const left = await database.pool.query(
      `select actor_id from journal where event::text like '%абракадабра%'`,
    )
    assert.deepEqual(left.rows, [])
  })
})

/** Where the staff reads when it has no forum, and what is said there. */
const PLACES = {
  'a plain group': {
    env: { SUPPORT_CHAT_ID: String(GROUP_ID), SUPPORT_IDS: String(HELPER) },
    open({ telegram: { control } }: World) {
      const plainGroup = control.group(OWNER, { kind: 'supergroup', withBot: true })
      plainGroup.join(HELPER)
      return {
        chat: () => plainGroup.chat(),
        by: (who: number) => control.user(who).at({ chatId: plainGroup.id }),
      }
    },
  },
  // Nothing is set: the first admin's own chat with the bot.
  'the chat of the first admin': {
    env: {},
    open({ telegram: { control } }: World) {
      const owner = control.user(OWNER)
      return { chat: () => owner.chat(), by: () => owner }
    },
  },
}

for (const [name, { env, open }] of Object.entries(PLACES)) {
  describe(`support in ${name}`, () => {
    let desk: ReturnType<typeof open>
    let vera: Shopper

    before(async () => {
      database = await createDatabase({ closeFirst: () => own.stop() })
      const own = await startWorld({
        ...{ botMode: 'webhook', databaseUrl: database.url, storageMode: 'external', env },
        ...{ timing: { queueMs: 0, generateMs: 0 }, logLevel: 'silent' },
      })
      world = own
      world.telegram.control.user(OWNER, { languageCode: 'ru', firstName: 'Ольга' })
      world.telegram.control.user(HELPER, { languageCode: 'ru', firstName: 'Анна' })
      desk = open(world)
      vera = await person('Вера')
    })

    /** A question in the chat of the staff, as soon as a reply to it finds its user. */
    async function question(words: string) {
      const find = () =>
        desk.chat().findLast(({ text, caption }) => (text ?? caption)?.includes(words))
      await waitFor(
        async () => {
          const known = 'select from support_messages where message_id = $1'
          return ((await database.pool.query(known, [find()?.id ?? 0])).rowCount ?? 0) > 0
        },
        { what: `"${words}" in the chat of the staff` },
      )
      return find() ?? assert.fail(words)
    }

    test('takes questions there and answers that are replies to them, until it is solved', async () => {
      vera.user.sendCommand('support')
      await vera.hears(plain(say('support.title')))
      vera.user.sendText('Где моё видео?')
      const asked = await question('Где моё видео?')
      await vera.user.sendPhoto(pngImage(60, 40), { caption: 'вот такое' })
      const pictured = await question('вот такое')
      assert.equal(pictured.media?.kind, 'photo')
      // Talk of the staff that answers nothing stays with the staff.
      desk.by(OWNER).sendText('Кто посмотрит?')
      desk.by(OWNER).sendText('Сейчас найду', { replyTo: asked.id })
      await vera.hears('Ольга, поддержка:\nСейчас найду')
      desk.by(HELPER).sendText('Отправила', { replyTo: pictured.id })
      await vera.hears('поддержка:\nОтправила')
      await becomes(vera, 'answered')
      assert.ok(!vera.user.chat().some(({ text }) => text?.includes('Кто посмотрит')))
      desk.by(OWNER).tap(asked.id, say('support.desk.done'))
      await vera.hears('Ольга (поддержка): вопрос решён')
      await becomes(vera, 'solved')
    })

    test('keeps two people apart', async () => {
      const boris = await person('Борис')
      boris.user.sendCommand('support')
      await boris.hears(plain(say('support.title')))
      boris.user.sendText('Не приходит песня')
      const asked = await question('Не приходит песня')
      desk.by(OWNER).sendText('Борису отдельно', { replyTo: asked.id })
      await boris.hears('Борису отдельно')
      assert.ok(!vera.user.chat().some(({ text }) => text?.includes('Борису отдельно')))
    })
  })
}
