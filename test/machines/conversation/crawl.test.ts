import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AnyMachineSnapshot } from 'xstate'
import { type Model, allModels as models } from '../../../src/machines/catalogue/catalogue.ts'
import type { MediaFile, MediaKind } from '../../../src/machines/catalogue/media.ts'
import { questionsOf } from '../../../src/machines/catalogue/questions.ts'
import type { ConversationContext } from '../../../src/machines/conversation/context.ts'
import type { ButtonEvent, ConversationEvent } from '../../../src/machines/conversation/events.ts'
import { currentQuestion } from '../../../src/machines/conversation/order/draft.ts'
import { canBeBegun } from '../../../src/machines/conversation/order/offer.ts'
import { tapsOf } from '../../../src/machines/conversation/screens/screen.ts'
import type { Language } from '../../../src/machines/texts/translate.ts'
import { createDraw } from '../../support/properties.ts'
import { answerTo, type Draw } from '../../support/wizard.ts'
import {
  type Backend,
  contextOf,
  generous,
  inOther,
  later,
  newcomer,
  type Played,
  photo,
  play,
  poor,
  refusing,
  rich,
  screenOf,
  stateOf,
  tapOn,
  view,
} from './chat.ts'
import { assertScreen } from './screen-rules.ts'

/** What tells two moments apart for somebody who presses buttons; the answers given don't. */
function momentOf(snapshot: AnyMachineSnapshot): string {
  const { language, place, draft, quote, refusal, tracked, ending, hint, results, wish } =
    contextOf(snapshot)
  const state = stateOf(snapshot)
  const common = [state, language, hint]
  if (state.startsWith('browsing')) return JSON.stringify([...common, place])
  if (state.startsWith('offering')) {
    const { task, words, files, template, improved } = wish ?? assert.fail('no wish')
    const kinds = files.map((f) => f.kind).sort()
    const from = [template?.title, template?.filled.length]
    return JSON.stringify([...common, task, words !== null, kinds, from, improved?.how])
  }
  if (state.startsWith('results')) {
    const { list, page, filter, card, saved, from, use } = results ?? assert.fail('no results')
    return JSON.stringify([
      ...common,
      ending?.error,
      list,
      page,
      filter,
      card?.jobId,
      saved,
      from,
      use,
    ])
  }
  if (state.startsWith('admin.desk')) {
    const { list, find, page, card, intent } = contextOf(snapshot).account?.desk ?? assert.fail()
    return JSON.stringify([...common, list, find, page, card, intent])
  }
  if (/^(admin\.)?templates/.test(state)) {
    const { task, page, asked, lines } = place.templates ?? {}
    return JSON.stringify([...common, task, page, asked, lines !== null, draft === null])
  }
  if (state.startsWith('admin.person')) {
    const { card, intent, words } = contextOf(snapshot).account?.person ?? {}
    return JSON.stringify([...common, card != null, intent, words !== null])
  }
  if (state.startsWith('admin.broadcast')) {
    const { rows, card, counts } = contextOf(snapshot).account?.broadcasts ?? {}
    const shown = typeof card === 'object' ? [card?.state, card?.trouble] : card
    return JSON.stringify([...common, rows === null, shown, counts === null])
  }
  if (state.startsWith('admin.shelf')) {
    const { decided, card, find, modelId, intent, words, changes } =
      contextOf(snapshot).account?.shelf ?? {}
    const own = [card?.pause, card?.markup, card?.freeUntil].map((part) => part != null)
    return JSON.stringify([...common, decided, own, find, modelId, intent, words, changes?.length])
  }
  if (!state.startsWith('drafting')) {
    return JSON.stringify([...common, tracked.length > 0, ending?.error, draft === null])
  }
  const { modelId, asking, origin, page, dropped, answers } = draft ?? assert.fail('no draft')
  const order = [modelId, asking, origin, page, dropped.length > 0]
  const isAnswered = asking !== null && asking in answers
  const poorness = quote && [quote.priceKopecks > 0, quote.priceKopecks > quote.availableKopecks]
  return JSON.stringify([...common, ...order, isAnswered, poorness, refusal])
}

const first: Draw = () => 0
const varied = createDraw()

const FILES: Record<MediaKind, MediaFile> = {
  image: photo,
  video: { ...photo, kind: 'video', mime: 'video/mp4', duration: 4 },
  audio: { kind: 'voice', fileId: 'AwAC', size: 20_000, duration: 4 },
}

/** What admins write. */
const ADMIN_ORDERS: Readonly<Record<string, string>> = {
  'admin.promo': 'SPRING 100р 50 30',
  'admin.adjust': '7 +50 sorry',
  'admin.desk.cases': '7',
  'admin.desk.explaining': 'Оплачено дважды',
  'admin.person.asking': '@anna',
  'admin.person.explaining': '+5 долго ждали',
  'admin.broadcast.composing': 'Новые модели',
  'admin.broadcast.buttons': 'Попробовать — m_z-image',
  'admin.shelf.asking': 'recraft',
  'admin.shelf.explaining': '5 плохие картинки',
  'admin.templates.naming': '🎂 Открытка\nОткрытка для {Кого?}',
}

/** What a person can do besides pressing: a fitting answer, by message. */
function messages(context: ConversationContext, state: string): ConversationEvent[] {
  const order = ADMIN_ORDERS[state]
  if (order !== undefined) return [{ type: 'text.received', text: order, messageId: 30 }]
  if (state === 'browsing.searching') {
    return ['kling', 'абракадабра'].map((text) => ({ type: 'text.received', text }))
  }
  if (state === 'offering.asking') {
    return [
      { type: 'text.received', text: 'кот' },
      { type: 'media.received', media: photo },
    ]
  }
  const question = currentQuestion(context)
  if (question === undefined || question.kind === 'choice' || question.kind === 'toggle') return []
  if (question.media) return [{ type: 'media.received', media: FILES[question.media.kind] }]
  if (question.kind === 'shots') return [{ type: 'text.received', text: '5 — кот' }]
  return [first, varied].map((draw) => ({
    type: 'text.received' as const,
    text: String(answerTo(question, draw)),
  }))
}

/** How the job on the screen goes on. */
function news({ jobId, tracked }: ConversationContext, state: string): ConversationEvent[] {
  const job = tracked.find((t) => t.id === jobId)
  if (state !== 'watching' || job === undefined) return []
  const about = { jobId: job.id, modelId: job.modelId }
  return [
    { type: 'job.progressed', ...about, stage: 'generating' },
    { type: 'job.delivered', ...about, priceKopecks: 1_000 },
    { type: 'job.failed', ...about, error: 'kie.failed', refundKopecks: 1_000 },
  ]
}

/** Models that ask alike: the same sorts of questions before an order. */
const sortOf = (model: Model): string =>
  [...new Set(questionsOf(model).flatMap(({ kind, required }) => (required ? [kind] : [])))]
    .sort()
    .join(' ')

/** One model of every sort, and the free ones; the orders of all are walked in models.test. */
const tried = new Set([
  ...Map.groupBy(
    models.filter((model) => canBeBegun(model, view.rates)),
    sortOf,
  )
    .values()
    .map(([model]) => model?.id ?? assert.fail('a group of nothing')),
  ...models.filter(({ free }) => free).map(({ id }) => id),
  'grok-imagine/upscale',
  'flux-2/pro-text-to-image',
])

/** Whether a tap leads on within what is crawled: an order is begun for one model of a sort. */
function isTried(event: ButtonEvent, { place }: ConversationContext): boolean {
  if (event.type === 'model.picked') return tried.has(event.modelId)
  return event.type !== 'draft.begun' || tried.has(place.modelId ?? '')
}

interface Crawl {
  states: Set<string>
  cards: Set<string>
  ordered: Set<string>
  presses: number
}

/** Presses every button of every screen that can be come to, breadth first, within some states. */
function crawl(
  language: Language,
  backend: Backend,
  starts: ConversationEvent[],
  within = /./,
): Crawl {
  const found: Crawl = { states: new Set(), cards: new Set(), ordered: new Set(), presses: 0 }
  const seen = new Set<string>()
  const queue: AnyMachineSnapshot[] = []
  const arrive = ({ snapshot }: Played) => {
    const moment = momentOf(snapshot)
    if (seen.has(moment)) return
    seen.add(moment)
    const screen = screenOf(snapshot)
    assert.ok(screen, `nothing to see in ${moment}`)
    const { draft, place } = contextOf(snapshot)
    const answers = Object.values(draft?.answers ?? {}).filter((v) => typeof v === 'string')
    for (const shown of [screen, screenOf(inOther(snapshot))]) {
      assert.ok(shown, `nothing to see in the other language in ${moment}`)
      assertScreen(shown, answers)
    }
    const state = stateOf(snapshot)
    found.states.add(state)
    if (state === 'browsing.card' && place.modelId) found.cards.add(place.modelId)
    if (within.test(state)) queue.push(snapshot)
  }
  for (const event of starts) arrive(play(newcomer(language), event, backend))
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const screen = screenOf(at)
    assert.ok(screen)
    const moment: string = momentOf(at)
    const before = JSON.stringify(at.context)
    for (const { event, label } of tapsOf(screen.keyboard)) {
      if (!isTried(event, contextOf(at))) continue
      const where = `${label} on ${moment}`
      const pressed = play(at, tapOn(screen, event), backend)
      const answer = pressed.effects.find((e) => e.type === 'telegram.answer')
      assert.deepEqual(answer?.params, { queryId: 'query', text: null }, where)
      const asks = pressed.effects.some((e) => !/^telegram\.(answer|render)$/.test(e.type))
      // The dearest look last: most buttons lead to another state.
      const doesAnything =
        asks ||
        stateOf(pressed.snapshot) !== stateOf(at) ||
        JSON.stringify(pressed.snapshot.context) !== before
      assert.ok(doesAnything, `${where} does nothing`)
      found.presses += 1
      const started = pressed.effects.find((e) => e.type === 'job.start')
      if (started) found.ordered.add(started.params.modelId as string)
      arrive(pressed)
    }
    const context = contextOf(at)
    for (const event of [...messages(context, stateOf(at)), ...news(context, stateOf(at))]) {
      const moved = play(at, event, backend, later(at))
      assert.ok(moved.effects.some((e) => e.type === 'telegram.render'))
      arrive(moved)
    }
  }
  return found
}

const start: ConversationEvent = { type: 'command.start', payload: '' }
/** The link that leads to a model. */
const cardOf = ({ slug }: Model): ConversationEvent => ({
  type: 'command.start',
  payload: `m_${slug}`,
})
const links = models.map(cardOf)
const notOrdered = ({ ordered }: Crawl) => [...tried].filter((id) => !ordered.has(id))
/** Buttons on messages of results: they stand on no screen. */
const taps: ConversationEvent[] = [
  { type: 'result.vary', jobId: 'done' },
  { type: 'result.animate', jobId: 'several' },
  { type: 'result.share', jobId: 'done' },
]
const everyState = [
  'balance',
  'browsing.card',
  'browsing.groups',
  'browsing.list',
  'browsing.nothing',
  'browsing.searching',
  'drafting.asking.attaching',
  'drafting.asking.choosing',
  'drafting.asking.gathering',
  'drafting.asking.writing',
  'drafting.changing',
  'drafting.extras',
  'drafting.preview',
  'entries',
  'finished',
  'help',
  'invite',
  'jobs',
  'language',
  'menu',
  'news',
  'offering.asking',
  'offering.choosing',
  'offering.otherwise',
  'privacy.asking',
  'privacy.reading',
  'promo.asking',
  'results.card',
  'results.list',
  'results.sharing',
  'results.using',
  'results.varying',
  'support.writing',
  'templates.card',
  'templates.list',
  'terms',
  'topup.choosing',
  'topup.waiting',
  'watching',
]

const ADMIN_STATES = [
  'admin.adjust',
  'admin.broadcast.agreeing',
  'admin.broadcast.audience',
  'admin.broadcast.buttons',
  'admin.broadcast.card',
  'admin.broadcast.composing',
  'admin.broadcast.list',
  'admin.confirming',
  'admin.desk.agreeing',
  'admin.desk.case',
  'admin.desk.cases',
  'admin.desk.explaining',
  'admin.done',
  'admin.failures',
  'admin.orphans',
  'admin.overview',
  'admin.person.agreeing',
  'admin.person.asking',
  'admin.person.card',
  'admin.person.explaining',
  'admin.promo',
  'admin.shelf.agreeing',
  'admin.shelf.asking',
  'admin.shelf.card',
  'admin.shelf.explaining',
  'admin.templates.card',
  'admin.templates.list',
  'admin.templates.naming',
  'admin.templates.placing',
]

describe('pressing every button from /start', () => {
  test('with money reaches every screen and every order', () => {
    const found = crawl('ru', rich, [start, ...taps])
    assert.deepEqual([...found.states].sort(), everyState)
    assert.deepEqual(notOrdered(found), [])
    assert.ok(found.presses > 3_000, `${found.presses} presses`)
  })

  test('and from every link reaches the card of every model', () => {
    // The rest is the same with money.
    const found = crawl('ru', poor, [start, ...links], /^(browsing\.card|drafting|topup)/)
    assert.deepEqual([...found.cards].sort(), models.map((m) => m.id).sort())
    const free = models.filter((m) => m.free).map((m) => m.id)
    assert.deepEqual([...found.ordered].sort(), free.sort(), 'without money only what is free')
  })

  test('leads to every order where nothing costs anything', () => {
    const cards = models.filter(({ id }) => tried.has(id)).map(cardOf)
    const found = crawl('en', generous, cards, /^(browsing\.card|drafting)/)
    // This one is begun from a result.
    assert.deepEqual(notOrdered(found), ['grok-imagine/upscale'])
  })

  test('from /admin reaches every screen of admins', () => {
    const starts: ConversationEvent[] = [
      { type: 'command.admin' },
      { type: 'template.begun', jobId: 'done' },
    ]
    const found = crawl('ru', rich, starts, /^admin/)
    assert.deepEqual(
      [...found.states].filter((state) => state.startsWith('admin')).sort(),
      ADMIN_STATES,
    )
  })

  test('never ends in a dead end where every start is turned down', () => {
    for (const reason of ['busy', 'price-changed', 'money', 'paused'] as const) {
      const link: ConversationEvent = {
        type: 'command.start',
        payload: 'm_flux-2-pro-text-to-image',
      }
      const found = crawl('ru', refusing(reason), [link], /^(browsing.card|drafting)/)
      assert.ok(found.ordered.size === 1 && !found.states.has('watching'))
      assert.ok(found.presses > 30, `${found.presses}`)
    }
  })
})
