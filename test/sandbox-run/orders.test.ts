import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { lengthOf } from '../../src/e2e/given-files.ts'
import { filesOf, measuresOf } from '../../src/machines/catalogue/answer-files.ts'
import {
  allModels,
  hasPrice,
  type Model,
  modelById,
} from '../../src/machines/catalogue/catalogue.ts'
import { quotePrice } from '../../src/machines/catalogue/pricing.ts'
import { questionsOf } from '../../src/machines/catalogue/questions.ts'
import { canBeBegun } from '../../src/machines/conversation/order/offer.ts'
import type { StoredJob } from '../../src/store/jobs.ts'
import { startWorld, type World } from '../../src/world/world.ts'
import { createDatabase } from '../support/database.ts'
import { say, topUp } from '../support/shopper.ts'
import { createWalker } from './walker.ts'

/** Switched off today, and the only ones of their sort. */
const SWITCHED_ON = ['V4', 'elevenlabs/speech-to-text', 'sora-watermark-remover']

/** How a result of each kind comes to the chat. */
const ARRIVES: Readonly<Record<string, string>> = {
  image: 'photo',
  video: 'video',
  audio: 'audio',
  text: 'text',
}

/** Inputs that nobody must give, but that make another sort of order. */
const ALSO = [{ id: 'veo3_fast', extras: ['imageUrls'], sort: 'veo: image[] → video' }]

/** Family, what has to be given, what comes of it. */
function sortOf(model: Model): string {
  const given = questionsOf(model)
    .filter((q) => q.required)
    .flatMap((q) => {
      if (q.media) return [q.media.kind + (q.kind === 'media-list' ? '[]' : '')]
      return q.link ? ['link'] : []
    })
  return `${model.family}: ${given.join(' + ') || 'words'} → ${model.output}`
}

/** Whether a model is on offer is no matter of money. */
const NO_MONEY = { usdRubRate: 1, markup: 1 }

/** One model of every sort; those that ORDER_MODELS names, for a shelf with others on it. */
function examples(): { sort: string; model: Model; extras: string[] }[] {
  const { ORDER_MODELS: named } = process.env
  if (named) {
    const models = named.split(',').map((id) => modelById(id) ?? assert.fail(`there is no ${id}`))
    return models.map((model) => ({ sort: sortOf(model), model, extras: [] }))
  }
  const sorts = new Map<string, Model>()
  for (const model of allModels) {
    if (!canBeBegun(model, { ...NO_MONEY, switchedOn: new Set(SWITCHED_ON) })) continue
    const sort = sortOf(model)
    if (!sorts.has(sort)) sorts.set(sort, model)
  }
  const first = [...sorts].map(([sort, model]) => ({ sort, model, extras: [] as string[] }))
  const more = ALSO.map(({ id, ...rest }) => ({ ...rest, model: modelById(id) as Model }))
  return [...first, ...more]
}

describe('an order through the running sandbox', { concurrency: 6 }, async () => {
  const database = await createDatabase({})
  const { pool } = database
  let world: World
  before(async () => {
    world = await startWorld({
      ...{ botMode: 'webhook', databaseUrl: database.url, storageMode: 'external' },
      ...{ timing: { queueMs: 0, generateMs: 0 }, logLevel: 'silent' },
      env: { MODELS_ON: SWITCHED_ON.join() },
    })
    await world.telegram.control.waitFor(({ calls }) =>
      calls.some(({ method }) => method === 'setWebhook'),
    )
  })
  after(() => world.stop())

  const isWholeShelf = process.env.ORDER_MODELS === undefined
  const everySort = isWholeShelf ? test : () => undefined
  everySort('is tried for every sort that there is', () => {
    const sorts = examples().map(({ sort }) => sort)
    assert.deepEqual(sorts.toSorted(), [
      'market: audio → audio',
      'market: audio → text',
      'market: audio[] → audio',
      'market: image + audio → video',
      'market: image + image + image → image',
      'market: image + image → image',
      'market: image + image → video',
      'market: image + video → video',
      'market: image → image',
      'market: image → video',
      'market: image[] → image',
      'market: image[] → video',
      'market: link → video',
      'market: video + audio → video',
      'market: video → video',
      'market: video[] → video',
      'market: words → audio',
      'market: words → image',
      'market: words → text',
      'market: words → video',
      'suno: words → audio',
      'veo: image[] → video',
      'veo: words → video',
    ])
  })

  for (const [i, { sort, model, extras }] of examples().entries()) {
    if (!hasPrice(model)) {
      test(`shown, and not sold without a price (${model.id})`, async () => {
        const { user, hears, sees } = createWalker(world.telegram, 3_001 + i)
        user.sendCommand('start', `m_${model.slug}`)
        const { keyboard } = await hears(say('card.soon'))
        assert.ok(!keyboard.flat().some(({ text }) => text === say('card.begin')))
        user.sendCommand('menu')
        await sees(say('menu.search'))
      })
      continue
    }
    test(`${sort} (${model.id})`, async () => {
      const { telegram, kie, config } = world
      const walker = createWalker(telegram, 3_001 + i)
      const money = 1_000_000
      await topUp(pool, walker.id, money)
      const given = await walker.order(model, extras)
      await walker.confirm()
      await walker.sees(say('done.other'))

      const { rows } = await pool.query<StoredJob>('select * from jobs where user_id = $1', [
        walker.id,
      ])
      const [job, ...others] = rows
      assert.ok(job)
      assert.deepEqual(others, [])
      // The result, as the provider made it.
      const task = kie.control.tasks.find(({ taskId }) => taskId === job.task_id)
      const urls = task?.result?.urls ?? []
      const results = walker.user
        .chat()
        .filter(({ text, caption }) => `${text ?? caption}`.includes(say('done.caption')))
      assert.equal(results.length, 1)
      const [result] = results
      assert.equal(result?.media?.kind ?? 'text', ARRIVES[model.output])
      if (urls.length > 0) {
        const files = await Promise.all(urls.map(async (url) => (await fetch(url)).bytes()))
        assert.deepEqual(
          walker.results().map(({ media }) => media?.bytes),
          files.map((bytes) => Buffer.from(bytes)),
        )
      } else {
        assert.ok(result?.text?.includes(String(task?.result?.object?.text)))
      }

      // The money, to the kopeck and by the true length of what was given.
      assert.equal(job.status, 'delivered')
      const answers = job.input as Record<string, unknown>
      assert.deepEqual(Object.keys(answers).toSorted(), Object.keys(given).toSorted())
      for (const { field, media } of questionsOf(model, answers)) {
        if (!media?.needsDuration) continue
        const [file] = filesOf(answers[field])
        if (file !== undefined) assert.equal(file.duration, lengthOf(media))
      }
      const rates = {
        usdRubRate: config.usdRubRate,
        markup: config.priceMarkup,
        switchedOn: new Set(SWITCHED_ON),
      }
      const quote = quotePrice(model, answers, rates, measuresOf(answers))
      assert.ok('kopecks' in quote)
      assert.equal(job.price_kopecks, quote.kopecks)
      const account = await pool.query(
        'select available_kopecks, held_kopecks from accounts where user_id = $1',
        [walker.id],
      )
      assert.deepEqual(account.rows, [
        { available_kopecks: money - quote.kopecks, held_kopecks: 0 },
      ])
      // Where we can know what the provider counts, it counts the same.
      if (quote.basis === 'exact') {
        assert.ok(Math.abs((task?.creditsConsumed ?? 0) - quote.houseCredits) < 0.002)
      }

      const delisted = kie.control.violations.filter(({ kind }) => kind !== 'delisted-model')
      assert.deepEqual(delisted, [])
      assert.ok(!JSON.stringify(task?.input).includes(telegram.url))
    })
  }
})
