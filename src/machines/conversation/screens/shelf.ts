import { allModels, type Model, modelById } from '../../catalogue/catalogue.ts'
import { canBeFreed, ownMarkup, withTerms } from '../../catalogue/own-price.ts'
import { formatRub, isOnOffer, isPaused, type Rates } from '../../catalogue/pricing.ts'
import { findModels } from '../../catalogue/search.ts'
import { usualPrice } from '../../catalogue/usual-order.ts'
import { modelTitle } from '../../labels/models.ts'
import { priceLabel } from '../../labels/prices.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { mayDo } from '../admin/roles.ts'
import {
  type QualityFacts,
  SHELF_RIGHTS,
  type ShelfCard,
  type ShelfIntent,
  shelfOrder,
} from '../admin/shelf.ts'
import { shelfOf } from '../changes/shelf.ts'
import { reasonText, waitScreen } from './run.ts'
import { backRow, button, duration, lines, rows, type Scene, type Screen } from './screen.ts'
import { momentText } from './time.ts'

const MOST_SHOWN = 8
const MOST_CHANGES = 3

/** What stands behind a model's name: whether it is paused, or what it costs. */
function stateOf({ t, language, view: { rates } }: Scene, model: Model): string {
  if (!isOnOffer(model, rates)) return t('list.gone')
  const own = rates.terms?.get(model.id)
  const marks = [isPaused(model, rates) && '⏸', own?.markup && '✏️', own?.isFree && '🎁']
  const price = priceLabel(usualPrice(model, rates), language)
  return [marks.filter(Boolean).join(''), price].filter(Boolean).join(' ')
}

/** Which model? Those that were searched for, or those with decisions of their own. */
export function shelfScreen(scene: Scene): Screen {
  const { t, language, context, view } = scene
  const { decided, changes, waiting, find } = shelfOf(context)
  const models =
    find === null
      ? (decided ?? []).flatMap((id) => modelById(id) ?? [])
      : findModels(find).slice(0, MOST_SHOWN)
  const offered = allModels.filter((m) => isOnOffer(m, view.rates))
  const paused = offered.filter((m) => isPaused(m, view.rates)).length
  return {
    text: lines(
      t('shelf.title'),
      t('shelf.counts', { offered: offered.length, paused }),
      '',
      find !== null && t('shelf.found', { words: escapeHtml(find), count: models.length }),
      find === null && models.length > 0 && t('shelf.decided'),
      t('shelf.ask'),
      waiting > 0 && '',
      waiting > 0 && t('shelf.changes', { count: waiting }),
      ...changes
        .slice(0, MOST_CHANGES)
        .map(({ id, kind, modelId, what }) =>
          escapeHtml(`#${id} ${modelId}: ${kindWords(scene, kind)}. ${what}`),
        ),
    ),
    keyboard: [
      ...models
        .slice(0, MOST_SHOWN)
        .map((m) => [
          button(
            modelTitle(m, language),
            { type: 'shelf.chosen', modelId: m.id },
            ` · ${stateOf(scene, m)}`,
          ),
        ]),
      ...changes.slice(0, MOST_CHANGES).map(({ id }) =>
        (['accepted', 'paused', 'ignored'] as const).map((decision) =>
          button(`#${id} ${t(`shelf.change.${decision}`)}`, {
            type: 'change.chosen',
            id,
            decision,
          }),
        ),
      ),
      backRow(scene),
    ],
  }
}

const KINDS = ['vanished', 'appeared', 'price', 'schema'] as const

const kindWords = ({ t }: Scene, kind: string): string => {
  const known = KINDS.find((one) => one === kind)
  return known === undefined ? kind : t(`shelf.kind.${known}`)
}

function qualityLines(scene: Scene, quality: QualityFacts | null): (string | false)[] {
  const { t } = scene
  if (quality === null) return [t('shelf.untried')]
  const { ended, delivered, failed, medianMs, p90Ms, refunds, lastFailure } = quality
  const judged = delivered + failed
  return [
    t('shelf.quality', {
      ...{ ended, delivered, failed, refunds },
      rate: judged === 0 ? '—' : `${Math.round((100 * delivered) / judged)}%`,
    }),
    medianMs !== null &&
      p90Ms !== null &&
      t('shelf.times', { median: duration(scene, medianMs), p90: duration(scene, p90Ms) }),
    lastFailure !== null &&
      t('shelf.lastFailure', {
        when: momentText(lastFailure.at, scene.language),
        reason: reasonText(lastFailure.code, scene.language),
      }),
  ]
}

/** Why the bot itself pauses models. */
const reasonOfPause = (code: string): 'failing' | 'overrun' =>
  code === 'kie.overrun' ? 'overrun' : 'failing'

function pauseLine({ t, language }: Scene, { pause }: ShelfCard): string | false {
  if (pause === null) return false
  const { code, until, by, why } = pause
  const words = by === null ? t(`shelf.itself.${reasonOfPause(code)}`) : escapeHtml(why ?? '—')
  const who = by === null ? t('shelf.byItself') : `<code>${by}</code>`
  return until === null
    ? t('shelf.paused', { words, who })
    : t('shelf.pausedUntil', { when: momentText(until, language), words, who })
}

/** One model with what can be done. */
export function shelfCardScreen(scene: Scene): Screen | null {
  const { t, language, context, view } = scene
  const { card, modelId } = shelfOf(context)
  const model = modelById(modelId ?? '')
  if (model === undefined) return { text: t('shelf.gone'), keyboard: [backRow(scene)] }
  if (card === null) return waitScreen(scene)
  const { markup, freeUntil, why } = card
  const intents = intentsFor(card, model, view.rates).map((intent) =>
    button(t(`shelf.intent.${intent}`), { type: 'shelf.intended', intent }),
  )
  return {
    text: lines(
      t('shelf.card', { title: escapeHtml(modelTitle(model, language)), id: escapeHtml(model.id) }),
      !isOnOffer(model, view.rates) && t('card.gone'),
      priceLine(scene, model, view.rates),
      markup !== null && t('shelf.own', { markup, general: view.rates.markup }),
      freeUntil !== null && t('shelf.freeUntil', { when: momentText(freeUntil, language) }),
      (markup !== null || freeUntil !== null) &&
        why !== null &&
        t('shelf.why', { words: escapeHtml(why) }),
      pauseLine(scene, card),
      '',
      ...qualityLines(scene, card.quality),
    ),
    keyboard: [...rows(intents, 2), backRow(scene)],
  }
}

function intentsFor(card: ShelfCard, model: Model, rates: Rates): ShelfIntent[] {
  const all: (ShelfIntent | false)[] = [
    card.pause === null ? 'pause' : 'resume',
    !model.free && 'price',
    card.markup !== null && 'unprice',
    card.freeUntil === null && canBeFreed(model, rates) && 'free',
    card.freeUntil !== null && 'unfree',
  ]
  return all.filter((one) => one !== false).filter((one) => mayDo(card.role, SHELF_RIGHTS[one]))
}

function priceLine({ t, language }: Scene, model: Model, rates: Rates): string {
  const price = usualPrice(model, rates)
  return t('shelf.price', { price: priceLabel(price, language) || '—' })
}

export const shelfExplainScreen = (scene: Scene): Screen => ({
  text: scene.t(`shelf.how.${shelfOf(scene.context).intent ?? 'pause'}`),
  keyboard: [backRow(scene)],
})

/** What is about to be done, with what it would cost then. */
export function shelfAgreeScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const { intent, words, modelId } = shelfOf(context)
  const model = modelById(modelId ?? '')
  const order = intent === null ? undefined : shelfOrder(intent, words ?? '')
  if (model === undefined || intent === null || order === undefined) {
    return { text: t('shelf.gone'), keyboard: [backRow(scene)] }
  }
  const { allowed, told } = previewOf(scene, model, intent, order)
  return {
    text: lines(
      t(`shelf.sure.${intent}`, { title: escapeHtml(modelTitle(model, language)) }),
      '',
      ...told,
      t('shelf.why', { words: escapeHtml(order.words) }),
    ),
    keyboard: [
      ...(allowed ? [[button(t('shelf.agree'), { type: 'shelf.agreed' as const })]] : []),
      backRow(scene),
    ],
  }
}

type Preview = { allowed: boolean; told: (string | false)[] }

function previewOf(
  scene: Scene,
  model: Model,
  intent: ShelfIntent,
  { hours, price, days }: NonNullable<ReturnType<typeof shelfOrder>>,
): Preview {
  const { t, language, view } = scene
  const { rates } = view
  const own = rates.terms?.get(model.id) ?? {}
  const label = (at: Rates) => priceLabel(usualPrice(model, at), language) || '—'
  const change = (after: Rates): string =>
    t('shelf.preview', { before: label(rates), after: label(after) })
  const told = (...said: (string | false)[]): Preview => ({ allowed: true, told: said })
  if (intent === 'pause') {
    return told(hours === null ? t('shelf.forever') : t('shelf.hours', { hours }))
  }
  if (intent === 'free') {
    return told(
      change(withTerms(rates, model, { ...own, isFree: true })),
      t('shelf.days', { days }),
    )
  }
  if (intent === 'unfree') return told(change(withTerms(rates, model, { ...own, isFree: false })))
  if (intent === 'unprice') {
    const { markup: _, ...rest } = own
    return told(change(withTerms(rates, model, rest)))
  }
  if (intent !== 'price' || price === null) return told()
  const made = ownMarkup(model, price, rates)
  if ('markup' in made) {
    const { markup } = made
    return told(
      change(withTerms(rates, model, { ...own, markup, isFree: false })),
      t('shelf.own', { markup, general: rates.markup }),
    )
  }
  const why =
    made.refusal === 'free'
      ? t('shelf.noPrice')
      : t('shelf.belowCost', { least: formatRub(made.leastKopecks, language) })
  return { allowed: false, told: [why] }
}
