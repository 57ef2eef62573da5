import { type Model, modelById } from '../../catalogue/catalogue.ts'
import { gapsOf } from '../../catalogue/gaps.ts'
import { type MediaKind, mediaKindOf } from '../../catalogue/media.ts'
import { isMediaField, sentDefaults } from '../../catalogue/payload.ts'
import { menuWishes, type PickTask, TIERS, taskById } from '../../catalogue/picks.ts'
import { formatPrice, formatRub } from '../../catalogue/pricing.ts'
import { priceFields } from '../../catalogue/pricing-measure.ts'
import { findModels } from '../../catalogue/search.ts'
import { orderSize } from '../../catalogue/usual-order.ts'
import { answerLabel } from '../../labels/answers.ts'
import { modelName } from '../../labels/models.ts'
import { priceLabel } from '../../labels/prices.ts'
import { problemText } from '../../labels/problems.ts'
import { escapeHtml } from '../../texts/translate.ts'
import type { Wish } from '../context.ts'
import { questionsNow } from '../order/draft.ts'
import { openGap } from '../templates/template.ts'
import { wordsQuestion } from '../wish/fill.ts'
import { improvementsFor } from '../wish/improving.ts'
import {
  BASE,
  missingFor,
  type Offer,
  offersOf,
  orderOf,
  purseOf,
  stillNeeded,
  tasksFor,
} from '../wish/offers.ts'
import { meantService } from '../wish/understood.ts'
import { freeLines } from './free.ts'
import {
  asideBackRows,
  asideRows,
  type Button,
  backRow,
  button,
  lines,
  quoted,
  rows,
  type Scene,
  type Screen,
  SHOWN_LETTERS,
} from './screen.ts'
import { exampleRows } from './share.ts'

const TIER_EMOJI = { fast: '⚡', best: '🏆', cheap: '💰' } as const

const WORDS_SHOWN = 400
const BEFORE_SHOWN = 300
const USUAL_SHOWN = 160
/** Longer messages name no model. */
const NAME_WORDS = 4

/** What was understood of it: the words, and which files. */
function heardLines({ t }: Scene, { words, files, improved }: Wish): (string | false)[] {
  const kinds = Map.groupBy(files, (file) => mediaKindOf(file) ?? 'image')
  const named = [...kinds].map(([kind, some]) => {
    const seconds = Math.round(some.reduce((sum, { duration = 0 }) => sum + duration, 0))
    const text = { image: 'photos', video: 'videos', audio: 'sounds' } as const
    return t(`offering.${text[kind]}`, { count: some.length, seconds })
  })
  return [
    words !== null &&
      t(improved === undefined ? 'offering.heard' : 'offering.improved', {
        // What a model has written is shown whole, with its lines: nobody orders it unseen.
        words: improved === undefined ? quoted(words, WORDS_SHOWN) : escapeHtml(words),
      }),
    improved?.before != null &&
      t('offering.before', { words: quoted(improved.before, BEFORE_SHOWN) }),
    named.length > 0 && t('offering.files', { files: named.join(', ') }),
  ]
}

const titleOf = ({ t, language }: Scene, wish: Wish, task: string): string => {
  const found = taskById(task)
  if (found !== undefined) return found.title[language]
  if (wish.template !== undefined) return wish.template.title
  const model = modelById(wish.base?.modelId ?? '')
  return model === undefined ? t('offering.again') : modelName(model)
}

const emojiOf = (task: string): string => taskById(task)?.emoji ?? '🔁'

/** Seconds of what an order makes or takes, for its button. */
function lengthOf({ t }: Scene, model: Model, offer: Offer): string {
  const { seconds } = orderSize(model, offer.draft.answers)
  return seconds === undefined ? '' : ` · ${t('offering.seconds', { seconds })}`
}

/** Everything in an order that the person has not said themselves, safe for HTML. */
function factsOf(
  { t, language }: Scene,
  title: string,
  model: Model,
  { draft, usualWords }: Pick<Offer, 'draft' | 'usualWords'>,
): string {
  const words = wordsQuestion(draft)?.field
  const values: Record<string, unknown> = { ...sentDefaults(model), ...draft.answers }
  const priced = priceFields(model)
  const shown = questionsNow(draft)
    .filter(({ field }) => field in values && field !== words && !isMediaField(model, field))
    .filter((q) => q.required || q.field in draft.answers || priced.includes(q.field))
    .map((q) => {
      const label = answerLabel(model, q.field, values[q.field], language)
      const [head = label] = label.split(' — ')
      const isPlain = q.kind === 'choice' && /\d/.test(head)
      return escapeHtml(isPlain ? head : `${q.name(language)}: ${head}`)
    })
  const usual = usualWords !== null && [
    t('offering.usualWords', { words: quoted(usualWords, USUAL_SHOWN) }),
  ]
  // An order like the one before is called by its model already.
  const name = title === modelName(model) ? [] : [escapeHtml(modelName(model))]
  return [...name, ...shown, ...(usual || [])].join(', ')
}

/** Ready words that are the same in all offers: those are told once. */
function wordsOfAll(offers: readonly Offer[]): string | null {
  const [words = null, ...others] = new Set(offers.map(({ usualWords }) => usualWords))
  return offers.length > 1 && others.length === 0 ? words : null
}

/** How an offer is called: by its task, or among several models of one task by its tier. */
function nameOf(scene: Scene, wish: Wish, { task, tier }: Offer, isTier: boolean) {
  return isTier && task !== BASE
    ? { emoji: TIER_EMOJI[tier], title: scene.t(`offering.tier.${tier}`) }
    : { emoji: emojiOf(task), title: titleOf(scene, wish, task) }
}

/** A tap on it starts the order, or asks for what it still needs. */
function offerButton(scene: Scene, wish: Wish, offer: Offer, isTier: boolean): Button {
  const { t, language } = scene
  const { task, tier, kopecks, usual } = offer
  const model = modelById(offer.draft.modelId) as Model
  const { emoji, title } = nameOf(scene, wish, offer, isTier)
  const named = (tail: string) => {
    const long = `${emoji} ${title} · ${modelName(model)}`
    return isTier && [...long, ...tail].length <= SHOWN_LETTERS ? long : `${emoji} ${title}`
  }
  if (kopecks !== null) {
    const tail = `${lengthOf(scene, model, offer)} · ${formatPrice(kopecks, language, scene.view.rates)}`
    const name = named(tail)
    return button(name, { type: 'pick.confirmed', task, tier, kopecks }, tail)
  }
  const price = priceLabel(usual, language, scene.view.rates)
  const tail = price === '' ? '' : ` · ${price}`
  const label = t('offering.more', { label: named(tail) })
  return task === BASE
    ? button(label, { type: 'pick.adjusted', task, tier }, tail)
    : button(label, { type: 'wish.opened', task }, tail)
}

/** Buttons for whoever writes of the bot itself, or of a model by its name. */
function asideButtons({ t }: Scene, { words, files }: Wish): Button[] {
  const service = files.length > 0 ? undefined : meantService(words)
  const isName = words !== null && words.trim().split(/\s+/).length <= NAME_WORDS
  return [
    ...(service === 'balance' ? [button(t('menu.balance'), { type: 'balance.opened' })] : []),
    ...(service === 'help' ? [button(t('menu.help'), { type: 'help.opened' })] : []),
    ...(isName && findModels(words).length > 0
      ? [button(t('offering.found'), { type: 'models.searched' })]
      : []),
  ]
}

/** What can be done for the words, where that is switched on, and the way back from it. */
function wordRows({ t, view }: Scene, wish: Wish): Button[][] {
  const { improvements } = view
  if (improvements === undefined) return []
  const back = button(t('offering.restore'), { type: 'words.restored' })
  const better = improvementsFor(wish)
    .filter((how) => improvements.includes(how))
    .map((how) => button(t(`offering.improve.${how}`), { type: 'words.asked', how }))
  return [...(wish.improved === undefined ? [] : [[back]]), ...rows(better, 2)]
}

/** While better words are looked for. */
export function improvingScreen(scene: Scene): Screen {
  return {
    text: lines(...heardLines(scene, scene.context.wish as Wish), scene.t('offering.improving')),
    keyboard: [[button(scene.t('nav.menu'), { type: 'menu.pressed' })]],
    transient: true,
  }
}

/** What came without a question, as up to four orders; one tap starts one. */
export function offeringScreen(scene: Scene): Screen {
  const { t, language, context, view } = scene
  const wish = context.wish as Wish
  const purse = purseOf(context)
  const { shown, problem } = offersOf(wish, language, view.rates, purse)
  const task = taskById(wish.task)
  const isTier = task !== undefined && shown.length > 1
  const { availableKopecks } = purse
  const isPoor = shown.some((o) => o.kopecks !== null && missingFor(o.kopecks, purse) > 0)
  const hasOtherUses = task !== undefined && (wish.words !== null || wish.files.length > 0)
  const hasFree = shown.some((o) => o.kopecks === 0)
  const forAll = wordsOfAll(shown)
  const balance =
    availableKopecks === undefined ? '' : formatRub(availableKopecks, language, view.rates)
  return {
    text: lines(
      ...heardLines(scene, wish),
      '',
      shown.length > 0 &&
        (task === undefined
          ? t('offering.what')
          : t('offering.which', { title: task.title[language] })),
      ...shown.map((offer) => {
        const model = modelById(offer.draft.modelId) as Model
        const { emoji, title } = nameOf(scene, wish, offer, isTier)
        const own = forAll === null ? offer : { ...offer, usualWords: null }
        const facts = factsOf(scene, title, model, own)
        return t('offering.line', { emoji, title: escapeHtml(title), facts })
      }),
      forAll !== null && t('offering.usualForAll', { words: quoted(forAll, USUAL_SHOWN) }),
      shown.length === 0 &&
        (problem === undefined
          ? t('offering.nothing')
          : escapeHtml(problemText(problem, language))),
      '',
      balance !== '' && t(isPoor ? 'offering.lacks' : 'offering.balance', { balance }),
      ...(hasFree ? freeLines(scene, purse.free) : []),
    ),
    keyboard: [
      ...asideButtons(scene, wish).map((one) => [one]),
      ...shown.map((offer) => [offerButton(scene, wish, offer, isTier)]),
      ...wordRows(scene, wish),
      ...exampleRows(
        scene,
        shown.flatMap(({ draft }) => modelById(draft.modelId) ?? []),
      ),
      ...(shown.length === 0
        ? wishRows(scene)
        : [[button(t('offering.otherwise'), { type: 'otherwise.opened' as const })]]),
      ...(hasOtherUses ? asideBackRows(scene) : asideRows(scene)),
    ],
  }
}

/** The wishes of the menu, two in a row. */
export const wishRows = ({ language }: Scene): Button[][] =>
  rows(
    menuWishes.map(({ id, emoji, title }) =>
      button(`${emoji} ${title[language]}`, { type: 'wish.opened', task: id }),
    ),
    2,
  )

/** Every model of every task that fits, to be opened with all that was given. */
export function otherwiseScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const wish = context.wish as Wish
  const chosen = taskById(wish.task)
  const tasks: readonly PickTask[] = chosen === undefined ? tasksFor(wish) : [chosen]
  const seen = new Set<string>()
  const adjust = (task: string): Button[] =>
    TIERS.flatMap((tier) => {
      const filled = orderOf(wish, { task, tier }, language)
      const model = filled && modelById(filled.draft.modelId)
      const key = `${task} ${model?.id}`
      if (model === undefined || seen.has(key)) return []
      seen.add(key)
      const label = `${emojiOf(task)} ${titleOf(scene, wish, task)} · ${modelName(model)}`
      return [button(label, { type: 'pick.adjusted', task, tier })]
    })
  const models = [
    ...(wish.base === null ? [] : adjust(BASE).slice(0, 1)),
    ...tasks.flatMap(({ id }) => adjust(id)),
  ].slice(0, MOST_MODELS)
  return {
    text: lines(...heardLines(scene, wish), '', t('offering.otherwiseTitle')),
    keyboard: [
      ...models.map((one) => [one]),
      [button(t('offering.allModels'), { type: 'models.opened' })],
      backRow(scene),
    ],
  }
}

const MOST_MODELS = 10

/** While a file is looked into. */
export function lookingScreen(scene: Scene): Screen {
  return {
    text: lines(...heardLines(scene, scene.context.wish as Wish), scene.t('offering.looking')),
    keyboard: [[button(scene.t('nav.menu'), { type: 'menu.pressed' })]],
    transient: true,
  }
}

/** The question for what is needed; of a template's gaps one after the other. */
function neededLine(
  { t, language }: Scene,
  { template, task }: Wish,
  needed: MediaKind | 'words' | 'gap',
): string {
  if (needed === 'gap' && template !== undefined) {
    const step = template.filled.length + 1
    const steps = gapsOf(template.words ?? '').length
    const question = openGap(template) ?? ''
    return lines(steps > 1 && t('ask.step', { step, steps }), t('templates.gap', { question }))
  }
  const ask = template === undefined ? taskById(task)?.ask?.[language] : undefined
  return needed === 'words' || needed === 'gap'
    ? (ask ?? t('offering.needs.words'))
    : t(`offering.needs.${needed}`)
}

/** The one thing that a wish still needs, with ready ones where words are needed. */
export function neededScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const wish = context.wish as Wish
  const task = wish.template === undefined ? taskById(wish.task) : undefined
  const needed = stillNeeded(wish) ?? 'words'
  const isReady = needed === 'words' && task !== undefined
  const ideas = isReady ? (task.ideas ?? []) : []
  const head = task ? `${task.emoji} ${task.title[language]}` : (wish.template?.title ?? '')
  return {
    text: lines(
      `<b>${escapeHtml(head)}</b>`,
      ...heardLines(scene, wish),
      '',
      neededLine(scene, wish, needed),
      ideas.length > 0 && t('offering.ready'),
    ),
    keyboard: [
      ...rows(
        ideas.map(({ id, title }) => button(title[language], { type: 'idea.chosen', idea: id })),
        2,
      ),
      ...(isReady
        ? [[button(t('templates.more'), { type: 'templates.opened' as const, task: task.id })]]
        : []),
      backRow(scene),
    ],
  }
}
