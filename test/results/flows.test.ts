import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { TelegramRefusal } from '../../src/actors/telegram/errors.ts'
import { type MediaItem, PARTY_EFFECT, sendMedia } from '../../src/actors/telegram/send-media.ts'
import { modelById, modelBySlug } from '../../src/machines/catalogue/catalogue.ts'
import { messageTapIn } from '../../src/machines/conversation/results/message-taps.ts'
import { fieldWords } from '../../src/machines/labels/fields.ts'
import { modelName } from '../../src/machines/labels/models.ts'
import { optionLabel } from '../../src/machines/labels/options.ts'
import type { SeenMessage } from '../../src/sandbox/telegram/seen-message.ts'
import { startWorld, type World } from '../../src/world/world.ts'
import { waitForIdle } from '../crash/ledger.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { createShopper, type Shopper, say, topUp } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'

const MONEY = 100_000

/** The bot between the stand-ins, with one of the models that are gone switched on. */
let world: World
let database: TestDatabase
let people = 0

before(async () => {
  database = await createDatabase({ closeFirst: () => world.stop() })
  world = await startWorld({
    botMode: 'webhook',
    databaseUrl: database.url,
    storageMode: 'external',
    timing: { queueMs: 0, generateMs: 0 },
    logLevel: 'silent',
    env: { MODELS_ON: 'sora-2-text-to-video' },
  })
})

async function newcomer(): Promise<Shopper> {
  people += 1
  const shopper = createShopper(world.telegram, 3_000 + people)
  await topUp(database.pool, shopper.id, MONEY)
  return shopper
}

/** Whether these buttons stand on the message of a result. */
const isResult = ({ keyboard }: SeenMessage) =>
  keyboard.flat().some(({ data }) => messageTapIn(data ?? '') !== undefined)

/** Presses a button of the newest message like this that has one with these words. */
async function tapPart(
  shopper: Shopper,
  part: string,
  isWanted = (message: SeenMessage) => !isResult(message),
): Promise<void> {
  const found = await waitFor(
    async () => {
      const screen = shopper.user
        .chat()
        .findLast((m) => m.from === 'bot' && m.keyboard.length > 0 && isWanted(m))
      const button = screen?.keyboard.flat().find(({ text }) => text.includes(part))
      return screen && button ? { id: screen.id, text: button.text } : undefined
    },
    { what: `a button with "${part}"` },
  )
  await shopper.user.tap(found.id, found.text)
}

/** Presses a button of a list, on whichever of its pages it stands. */
async function tapInList(shopper: Shopper, part: string): Promise<void> {
  const labels = () => {
    const screen = shopper.user
      .chat()
      .findLast((m) => m.from === 'bot' && m.keyboard.length > 0 && !isResult(m))
    return screen?.keyboard.flat().map(({ text }) => text) ?? []
  }
  const isThere = () => labels().some((label) => label.includes(part))
  await waitFor(async () => isThere() || labels().includes('➡️'), { what: 'a list' })
  while (!isThere() && labels().includes('➡️')) {
    const before = labels().join()
    await tapPart(shopper, '➡️')
    await waitFor(async () => labels().join() !== before, { what: 'the next page' })
  }
  await tapPart(shopper, part)
}

/** Presses a button of this result, or of the newest one. */
const tapResult = (shopper: Shopper, part: string, id?: number): Promise<void> =>
  tapPart(shopper, part, (m) => isResult(m) && (id === undefined || m.id === id))

/** Resolves when the newest screen asks for words. */
const asked = (shopper: Shopper) =>
  waitFor(
    async () => {
      const screen = shopper.user.chat().findLast((m) => m.from === 'bot' && m.keyboard.length > 0)
      return screen?.text?.includes(say('ask.words'))
    },
    { what: 'a question' },
  )

/** Answers words and choices until the order is on the preview, and starts it. */
async function order(shopper: Shopper, slug: string, asks: Record<string, string>) {
  shopper.user.sendCommand('start', `m_${slug}`)
  await shopper.tap(say('card.begin'))
  await fill(shopper, slug, asks)
}

async function fill(shopper: Shopper, slug: string, asks: Record<string, string>) {
  const model = modelBySlug(slug) ?? assert.fail(slug)
  for (const [field, value] of Object.entries(asks)) {
    if (field === 'prompt') {
      await asked(shopper)
      shopper.user.sendText(value)
    } else if (model.input.properties[field]?.enum === undefined) {
      await shopper.hears(fieldWords(model, field).ask.ru)
      shopper.user.sendText(value)
    } else await shopper.tap(optionLabel(model, field, value, 'ru'))
  }
  await shopper.confirm()
}

/** The results in the chat as soon as there are so many, and no job is at work. */
const delivered = (shopper: Shopper, count: number) =>
  waitFor(
    async () => {
      const found = shopper.results()
      const { rows } = await database.pool.query(
        `select count(*)::int as n from jobs where user_id = $1 and status = 'delivered'`,
        [shopper.id],
      )
      return found.length >= count && rows[0].n >= count ? found : undefined
    },
    { what: `${count} results` },
  )

/** The files in the chat as soon as there are exactly so many. */
const files = (shopper: Shopper, count: number) =>
  waitFor(async () => (shopper.results().length === count ? shopper.results() : undefined), {
    what: `${count} files`,
  })

const taskOf = (index: number) => world.kie.control.tasks.at(index) ?? assert.fail('no task')
const saved = async ({ id }: Shopper) =>
  (await database.pool.query('select saved from favourites where user_id = $1', [id])).rows

describe('a finished order', () => {
  test('is kept, shown again and given as an original, at its end and from the history', async () => {
    const shopper = await newcomer()
    await order(shopper, 'z-image', { prompt: 'кот', aspect_ratio: '1:1' })
    await delivered(shopper, 1)
    await tapResult(shopper, say('done.save'))
    await shopper.sees(say('done.forget'))
    await waitFor(async () => (await saved(shopper))[0]?.saved === true, { what: 'a favourite' })
    await tapResult(shopper, say('result.original'))
    const [photo, original] = await files(shopper, 2)
    assert.deepEqual([photo?.media?.kind, original?.media?.kind], ['photo', 'document'])

    shopper.user.sendCommand('history')
    await shopper.hears(say('results.choose'))
    await tapPart(shopper, '1. ')
    await shopper.hears('кот')
    await tapPart(shopper, say('results.show'))
    const all = await files(shopper, 3)
    assert.equal(all[2]?.media?.fileId, photo?.media?.fileId, 'the same file, by its id')

    shopper.user.sendCommand('favourites')
    await shopper.hears('Избранное')
    await tapPart(shopper, '1. ')
    await tapPart(shopper, say('done.forget'))
    await waitFor(async () => (await saved(shopper))[0]?.saved === false, { what: 'none' })
    await shopper.sees(say('done.save'))
    await tapPart(shopper, say('nav.back'))
    await shopper.hears(say('results.favouritesEmpty'))
  })

  test('is ordered again from the history, with one thing changed', async () => {
    const shopper = await newcomer()
    await order(shopper, 'z-image', { prompt: 'кот', aspect_ratio: '1:1' })
    await delivered(shopper, 1)
    shopper.user.sendCommand('history')
    await tapPart(shopper, '1. ')
    await tapPart(shopper, say('done.change'))
    await tapPart(shopper, 'Описание')
    await asked(shopper)
    shopper.user.sendText('пёс')
    await shopper.confirm()
    await delivered(shopper, 2)
    const { rows } = await database.pool.query(
      'select input from jobs where user_id = $1 order by created_at',
      [shopper.id],
    )
    assert.deepEqual(
      rows.map(({ input }) => input),
      ['кот', 'пёс'].map((prompt) => ({ prompt, aspect_ratio: '1:1' })),
    )
  })
})

describe('a result', () => {
  test('goes on as the input of other models: a picture is cut out, and animated, and enhanced', async () => {
    const shopper = await newcomer()
    await order(shopper, 'z-image', { prompt: 'кот', aspect_ratio: '1:1' })
    const [picture] = await delivered(shopper, 1)

    await tapResult(shopper, say('result.reuse'))
    await tapPart(shopper, 'Улучшение')
    await tapPart(shopper, 'удаление фона')
    await shopper.confirm()
    await delivered(shopper, 2)
    const cut = taskOf(-1)
    assert.equal(cut.entry.id, 'recraft/remove-background')
    const { rows } = await database.pool.query(
      `select input->'image'->>'fileId' as file from jobs where model_id = $1 and user_id = $2`,
      [cut.entry.id, shopper.id],
    )
    assert.equal(rows[0].file, picture?.media?.fileId)

    shopper.user.sendCommand('history')
    await tapPart(shopper, '2. ')
    await tapPart(shopper, say('done.use'))
    await tapPart(shopper, 'Видео')
    await tapInList(shopper, 'Kling 2.1 Standard')
    await fill(shopper, 'kling-v2-1-standard', { prompt: 'идёт' })
    const film = (await delivered(shopper, 3)).at(-1)
    assert.equal(film?.media?.kind, 'video')

    await tapResult(shopper, say('result.enhance'))
    await tapPart(shopper, '⚡')
    const better = (await delivered(shopper, 4)).at(-1)
    assert.equal(better?.media?.kind, 'video')
    assert.equal(taskOf(-1).entry.id, 'topaz/video-upscale')
  })

  test('of Grok is enhanced by its task, at the price of its resolution', async () => {
    const shopper = await newcomer()
    await order(shopper, 'grok-imagine-text-to-video', { prompt: 'море' })
    await delivered(shopper, 1)
    const { taskId } = taskOf(-1)
    await tapResult(shopper, say('result.reuse'))
    await tapPart(shopper, 'Улучшение')
    await tapPart(shopper, 'Grok Imagine')
    await shopper.hears('7,86')
    await shopper.confirm()
    await delivered(shopper, 2)
    const enhanced = taskOf(-1)
    assert.equal(enhanced.entry.id, 'grok-imagine/upscale')
    assert.deepEqual(enhanced.input, { task_id: taskId, resolution: '720p' })
  })

  for (const [first, continuations] of [
    [
      'veo-3-1',
      { 'veo/get-1080p-video': {}, 'veo/get-4k-video': {}, 'veo/extend': { prompt: 'волна' } },
    ],
    [
      'grok-imagine-text-to-video',
      { 'grok-imagine/extend': { prompt: 'волна', extend_at: '6', extend_times: '6' } },
    ],
  ] as const) {
    test(`of ${first} goes on in ${Object.keys(continuations).join(', ')}, by its task`, async () => {
      const shopper = await newcomer()
      await order(shopper, first, { prompt: 'море' })
      const [film] = await delivered(shopper, 1)
      const { taskId } = taskOf(-1)
      for (const [i, [id, asks]] of Object.entries(continuations).entries()) {
        const model = modelById(id) ?? assert.fail(id)
        await tapResult(shopper, say('result.reuse'), film?.id)
        await tapPart(shopper, model.category === 'video' ? 'Видео' : 'Улучшение')
        await tapInList(shopper, modelName(model, 'ru'))
        await fill(shopper, model.slug, asks)
        await delivered(shopper, 2 + i)
        const { entry, input } = taskOf(-1)
        assert.deepEqual([entry.id, (input as { task_id: string }).task_id], [id, taskId])
      }
    })
  }
})

describe('the buttons of results', () => {
  test('work a week and a restart later, from any screen, twice, and for their owner only', async () => {
    const shopper = await newcomer()
    const words = ['кот', 'пёс', 'лис']
    for (const [i, prompt] of words.entries()) {
      await order(shopper, 'google-imagen4-fast', { prompt })
      await delivered(shopper, i + 1)
    }
    shopper.user.sendCommand('balance')
    await shopper.hears('Ваш баланс')
    await world.restart()
    world.clock.advance(7 * 86_400_000)

    const results = shopper.results()
    for (const [i, { id }] of results.entries()) {
      await tapResult(shopper, say('done.again'), id)
      await delivered(shopper, words.length + i + 1)
    }
    await tapResult(shopper, say('done.again'), results[0]?.id)
    await delivered(shopper, 7)
    const { rows } = await database.pool.query(
      'select input, price_kopecks from jobs where user_id = $1 order by created_at',
      [shopper.id],
    )
    assert.deepEqual(
      rows.map(({ input }) => input.prompt),
      [...words, ...words, 'кот'],
    )
    assert.ok(rows.every(({ price_kopecks }) => price_kopecks === 314))

    const thief = await newcomer()
    thief.user.sendCommand('start')
    const { id } = await thief.sees(say('menu.help'))
    for (const { data = '' } of results[0]?.keyboard.flat() ?? []) {
      world.clock.advance(10_000)
      const queryId = thief.user.tap(id, data, { stale: true })
      const { control } = world.telegram
      await control.waitFor(() => control.answers.find((a) => a.queryId === queryId))
    }
    await thief.hears('Такого заказа нет')
    await waitForIdle(database)
    assert.deepEqual(thief.results(), [])
    assert.deepEqual(await saved(thief), [])
    const { rowCount } = await database.pool.query('select 1 from jobs where user_id = $1', [
      thief.id,
    ])
    assert.equal(rowCount, 0)
  })

  test('stand below an album, and make variants that come one by one', async () => {
    const shopper = await newcomer()
    await order(shopper, 'grok-imagine-text-to-image', { prompt: 'кот' })
    const below = await waitFor(
      async () => shopper.user.chat().findLast((m) => m.from === 'bot' && isResult(m)),
      { what: 'buttons below the album' },
    )
    assert.match(`${below.text}`, /Готово, файлов: \d/)
    const count = shopper.results().length
    assert.ok(count > 1)
    await tapResult(shopper, say('result.vary'))
    await tapPart(shopper, '2 · ')
    await waitFor(async () => shopper.results().length === 3 * count, { what: 'two more' })
  })
})

describe('a shared result', () => {
  test('comes to a friend by one link, who is invited by it, without the owner’s words until these are shown', async () => {
    const owner = await newcomer()
    await order(owner, 'z-image', { prompt: 'моя тайна', aspect_ratio: '1:1' })
    const [picture] = await delivered(owner, 1)
    await tapResult(owner, say('nav.share'))
    await tapPart(owner, say('share.card'))
    const card = await owner.sees(say('share.same'))
    assert.equal(card.media?.fileId, picture?.media?.fileId)
    const { url = '' } = card.keyboard.flat()[0] ?? {}
    const payload = new URL(url).searchParams.get('start') ?? assert.fail(url)
    assert.match(payload, /^s_[a-z0-9]{24}_[a-z0-9]+$/)
    assert.doesNotMatch(`${card.caption}`, /тайна/)

    const friend = createShopper(world.telegram, 3_801)
    friend.user.sendCommand('start', payload)
    const shown = await friend.hears(say('templates.ownWords'))
    assert.doesNotMatch(`${shown.text}`, /тайна/)
    const example = friend.user.chat().find((m) => m.media !== undefined)
    assert.equal(example?.media?.fileId, picture?.media?.fileId)
    await waitFor(
      async () => {
        const { rows } = await database.pool.query(
          'select referrer_id from referrals where referred_id = $1',
          [friend.id],
        )
        return Number(rows[0]?.referrer_id) === owner.id
      },
      { what: 'the invitation' },
    )
    await tapPart(owner, say('share.show'), (m) => !isResult(m) && m.id !== card.id)
    await owner.hears('увидит каждый')
    const other = createShopper(world.telegram, 3_802)
    other.user.sendCommand('start', payload)
    await other.hears('моя тайна')
    // Nobody shares what is not theirs, and nobody guesses a secret.
    other.user.sendCommand('start', `s_${'a'.repeat(24)}_1`)
    await other.hears('Этой идеи больше нет')
  })
})

describe('a result that is sent by the bot’s name', () => {
  test('stands in a group as itself, and leads friends to the same by its owner’s invitation', async () => {
    const owner = await newcomer()
    await order(owner, 'z-image', { prompt: 'моя тайна', aspect_ratio: '1:1' })
    const [picture] = await delivered(owner, 1)
    const { control } = world.telegram
    const offered = (queryId: string) =>
      waitFor(async () => owner.user.inlineResults(queryId), { what: 'an answer in inline mode' })
    // Nothing is offered that was not shared.
    assert.deepEqual(await offered(owner.user.askInline('')), [])
    await tapResult(owner, say('nav.share'))
    const screen = await owner.sees(say('share.link'))
    const buttons = screen.keyboard.flat()
    const { inline } = buttons.find(({ text }) => text === say('share.link')) ?? {}
    const link = buttons.find(({ text }) => text === say('nav.copyLink'))?.copy ?? ''

    const group = control.group(owner.id, { title: 'Friends' })
    const place = owner.user.at({ chatId: group.id })
    const queryId = place.askInline(inline?.query ?? assert.fail('no inline button'))
    const [result, ...others] = await offered(queryId)
    assert.deepEqual(others, [])
    const sent = place.chooseInline(queryId, result?.id ?? '')
    assert.equal(sent.media?.fileId, picture?.media?.fileId)
    assert.doesNotMatch(`${sent.caption}`, /тайна/)
    const [same] = sent.keyboard.flat()
    assert.deepEqual([same?.text, same?.url], [say('share.same'), link])
    assert.match(link, /\?start=s_[a-z0-9]{24}_[a-z0-9]+$/)
    // Without a query everybody finds what they share themselves, and nobody else's.
    const own = await offered(owner.user.askInline(''))
    assert.deepEqual(
      own?.map(({ id }) => id),
      [result?.id],
    )
    const stranger = createShopper(world.telegram, 3_803)
    const strange = stranger.user.askInline('')
    const nothing = await waitFor(async () => stranger.user.inlineResults(strange), {
      what: 'an answer',
    })
    assert.deepEqual(nothing, [])
    // Who is banned is offered nothing, not even what they share, and no way to the bot.
    await database.pool.query(
      `insert into user_rules (user_id, banned_at, words, decided_by) values ($1, now(), 'Спам', 1)`,
      [owner.id],
    )
    world.clock.advance(5_000)
    assert.deepEqual(await offered(owner.user.askInline('')), [])
    assert.deepEqual(await offered(owner.user.askInline(inline?.query ?? '')), [])
    const answers = control.calls.filter(({ method }) => method === 'answerInlineQuery').slice(-2)
    for (const { payload } of answers) assert.equal('button' in payload, false)
  })
})

describe('the first result of a person', () => {
  test('is celebrated, and no other', async () => {
    const shopper = await newcomer()
    const effects = () => shopper.results().map(({ effectId }) => effectId !== undefined)
    await order(shopper, 'z-image', { prompt: 'море', aspect_ratio: '1:1' })
    await delivered(shopper, 1)
    await order(shopper, 'z-image', { prompt: 'лес', aspect_ratio: '1:1' })
    await delivered(shopper, 2)
    assert.deepEqual(effects(), [true, false])
  })
})

describe('a file whose effect Telegram refuses', () => {
  test('is sent without it, as what it is', async () => {
    const asked: unknown[] = []
    const api = {
      call: async (_: string, payload: { message_effect_id?: string }) => {
        asked.push(payload.message_effect_id)
        if (payload.message_effect_id !== undefined) {
          throw new TelegramRefusal('sendPhoto: Bad Request: EFFECT_ID_INVALID')
        }
        return { message_id: 7, photo: [{ file_id: 'AgAC', width: 1, height: 1 }] }
      },
    }
    const flood = { pass: async () => {}, watch: (_: number, send: () => unknown) => send() }
    const file = { content: { stream: () => new Uint8Array() }, ext: 'png', size: 1 }
    const item = { kind: 'photo', file, name: 'x' } as unknown as MediaItem
    const words = { caption: undefined, effect: PARTY_EFFECT }
    await sendMedia({ api, flood } as never, 1, item, words)
    assert.deepEqual(asked, [PARTY_EFFECT, undefined])
  })
})

describe('a model that MODELS_ON names', () => {
  test('is sold and works like the rest', async () => {
    const shopper = await newcomer()
    shopper.user.sendCommand('start', 'm_sora-2-text-to-video')
    await shopper.tap(say('card.begin'))
    await asked(shopper)
    shopper.user.sendText('море')
    await shopper.confirm()
    const [film] = await delivered(shopper, 1)
    assert.equal(film?.media?.kind, 'video')
  })
})
