import { type Model, modelById } from '../../catalogue/catalogue.ts'
import { gapsOf } from '../../catalogue/gaps.ts'
import { menuWishes, taskById } from '../../catalogue/picks.ts'
import { isOnOffer } from '../../catalogue/pricing.ts'
import { modelName } from '../../labels/models.ts'
import { priceLabel } from '../../labels/prices.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { canBeBegun } from '../order/offer.ts'
import { orderAsTemplate } from '../templates/order-as-template.ts'
import type { TemplateCard, Templates } from '../templates/template.ts'
import { fill } from '../wish/fill.ts'
import { choicesOf, stepPrice } from '../wish/offers.ts'
import { waitScreen } from './run.ts'
import {
  asideRows,
  backRow,
  button,
  lines,
  paged,
  quoted,
  rows,
  type Scene,
  type Screen,
} from './screen.ts'
import { templateShareButton } from './share.ts'

const PER_PAGE = 8
const WORDS_SHOWN = 900

const stateOf = ({ context: { place } }: Scene): Templates => place.templates as Templates

/** Ready orders; more than fit stand on further pages. */
export function templatesScreen(scene: Scene): Screen | null {
  const { t, language } = scene
  const { lines: found, task, page } = stateOf(scene)
  if (found === null) return waitScreen(scene)
  const { shown, arrows, note } = paged(scene, found, page, PER_PAGE)
  const title = taskById(task)
  return {
    text: lines(
      t('templates.title'),
      title !== undefined && `${title.emoji} ${escapeHtml(title.title[language])}`,
      '',
      t(found.length === 0 ? 'templates.none' : 'templates.choose'),
      ...note,
    ),
    keyboard: [
      ...rows(
        shown.map(({ id, title: name }) => button(name, { type: 'template.opened', id })),
        2,
      ),
      ...arrows,
      ...(task === null
        ? []
        : [[button(t('templates.all'), { type: 'templates.opened' as const, task: null })]]),
      ...asideRows(scene).slice(0, -1),
      backRow(scene),
    ],
  }
}

/** What is to be filled in, one question a line. */
const gapLines = ({ t }: Scene, words: string | null): string[] =>
  gapsOf(words ?? '').map((question) => t('templates.gap', { question }))

/** What it costs with nothing but its own choices. */
function priceLine({ t, language, view }: Scene, { modelId, answers, words }: TemplateCard) {
  const { draft } = fill(modelId, choicesOf(modelId, answers), { words, files: [] })
  const label = priceLabel(stepPrice(draft, view.rates), language)
  return label === '' ? t('card.priceLater') : t('card.price', { price: label })
}

/** One template, or a result that somebody shared: what it says, what it needs, what it costs. */
export function templateScreen(scene: Scene): Screen | null {
  const { t, view, context } = scene
  const { card } = stateOf(scene)
  if (card === null) return waitScreen(scene)
  const model = modelById(card.modelId) as Model
  const isOpen = canBeBegun(model, view.rates)
  return {
    text: lines(
      card.source === 'share' && t('templates.shared'),
      `<b>${escapeHtml(card.title)}</b>`,
      card.words !== null && `<i>${quoted(card.words, WORDS_SHOWN)}</i>`,
      card.source === 'share' && card.words === null && t('templates.ownWords'),
      '',
      ...needLines(scene, card),
      `${t('templates.model', { model: modelName(model) })}`,
      isOpen && priceLine(scene, card),
      !isOpen && t(isOnOffer(model, view.rates) ? 'card.soon' : 'card.gone'),
    ),
    keyboard: [
      ...(isOpen ? [[button(t('templates.use'), { type: 'template.used' as const })]] : []),
      ...(isOpen ? [[templateShareButton(scene, card)]] : []),
      ...(context.draft === null ? [] : asideRows(scene).slice(0, -1)),
      backRow(scene),
    ],
  }
}

function needLines(scene: Scene, { words, files }: TemplateCard): string[] {
  const { t } = scene
  const needs = [...files.map((kind) => t(`templates.file.${kind}`)), ...gapLines(scene, words)]
  return needs.length === 0 ? [] : [t('templates.needs'), ...needs, '']
}

/** For admins: all templates with their state. */
export function templateDeskScreen(scene: Scene): Screen | null {
  const { t } = scene
  const { lines: found, page } = stateOf(scene)
  if (found === null) return waitScreen(scene)
  const { shown, arrows, note } = paged(scene, found, page, PER_PAGE)
  return {
    text: lines(t('templateDesk.title'), '', t('templateDesk.how'), ...note),
    keyboard: [
      ...shown.map(({ id, title, isOn, hasExample }) => [
        button(`${isOn ? '✅' : '⏸'} ${title}${hasExample ? ' 🖼' : ''}`, {
          type: 'template.opened',
          id,
        }),
      ]),
      ...arrows,
      backRow(scene),
    ],
  }
}

/** For admins: one template and what can be done with it. */
export function templateCaseScreen(scene: Scene): Screen | null {
  const { t, language } = scene
  const { card } = stateOf(scene)
  if (card === null) return waitScreen(scene)
  const model = modelById(card.modelId) as Model
  const task = taskById(card.task)
  const decide = (label: string, what: 'on' | 'off' | 'example' | 'noExample') => [
    button(label, { type: 'template.decided' as const, what }),
  ]
  return {
    text: lines(
      `<b>${escapeHtml(card.title)}</b>`,
      t(card.isOn ? 'templateDesk.on' : 'templateDesk.off'),
      t('templates.model', { model: modelName(model) }),
      task !== undefined &&
        t('templateDesk.place', { place: `${task.emoji} ${task.title[language]}` }),
      card.words !== null && `<i>${quoted(card.words, WORDS_SHOWN)}</i>`,
      '',
      t(card.hasExample ? 'templateDesk.hasExample' : 'templateDesk.noExample'),
    ),
    keyboard: [
      decide(
        t(card.isOn ? 'templateDesk.switchOff' : 'templateDesk.switchOn'),
        card.isOn ? 'off' : 'on',
      ),
      decide(t('templateDesk.example'), 'example'),
      ...(card.hasExample ? [decide(t('templateDesk.dropExample'), 'noExample')] : []),
      backRow(scene),
    ],
  }
}

/** For admins: title and words of a new one. */
export function templateNamingScreen(scene: Scene): Screen {
  const { t, context } = scene
  const { card } = context.results ?? {}
  const words = card == null ? null : orderAsTemplate(card.modelId, card.answers).words
  return {
    text: lines(
      t('templateDesk.naming'),
      '',
      words !== null && t('templateDesk.words', { words: quoted(words, WORDS_SHOWN) }),
    ),
    keyboard: [backRow(scene)],
  }
}

/** For admins: the wish of the menu under which a new one stands. */
export function templatePlacingScreen(scene: Scene): Screen {
  const { t, language, context } = scene
  const { making } = context.account ?? {}
  const title = making !== undefined && 'template' in making ? making.template.title : ''
  return {
    text: lines(`<b>${escapeHtml(title)}</b>`, '', t('templateDesk.placing')),
    keyboard: [
      ...rows(
        menuWishes.map(({ id, emoji, title: name }) =>
          button(`${emoji} ${name[language]}`, { type: 'template.placed', task: id }),
        ),
        2,
      ),
      [button(t('templateDesk.nowhere'), { type: 'template.placed', task: null })],
      backRow(scene),
    ],
  }
}
