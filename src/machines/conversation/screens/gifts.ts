import { modelById } from '../../catalogue/catalogue.ts'
import { formatRub } from '../../catalogue/pricing.ts'
import { modelTitle } from '../../labels/models.ts'
import { escapeHtml, type Language, type TextKey, translator } from '../../texts/translate.ts'
import type { EntryFacts } from '../events.ts'
import { inviteLink } from '../start-links.ts'
import { waitScreen } from './run.ts'
import { asideBackRows, asideRows, button, lines, type Scene, type Screen } from './screen.ts'
import { momentText } from './time.ts'

/** What a gift is, in words: money or free generations. */
export function giftText(
  { kopecks, free }: { kopecks: number; free: number },
  language: Language,
): string {
  const t = translator(language)
  return lines(
    kopecks > 0 && t('gift.money', { amount: formatRub(kopecks, language) }),
    free > 0 && t('gift.free', { count: free }),
  )
}

/** Words for what an admin did to a balance, and why. */
export function adjustedText(
  { kopecks, reason }: { kopecks: number; reason: string },
  language: Language,
): string {
  const facts = { amount: formatRub(Math.abs(kopecks), language), reason: escapeHtml(reason) }
  return translator(language)(kopecks > 0 ? 'notice.credited' : 'notice.debited', facts)
}

type Kind =
  | 'top_up'
  | 'bonus'
  | 'credit'
  | 'debit'
  | 'refund'
  | 'refund_undone'
  | 'debt'
  | 'hold'
  | 'capture'
  | 'remainder'
  | 'release'
  | 'sale_undone'

/** What each kind of entry does to what can be spent. */
const SIGNS: Record<Kind, '+' | '−' | ''> = {
  top_up: '+',
  bonus: '+',
  credit: '+',
  debit: '−',
  refund: '−',
  refund_undone: '+',
  debt: '−',
  hold: '−',
  capture: '',
  remainder: '+',
  release: '+',
  sale_undone: '+',
}

function entryLine({ t, language }: Scene, entry: EntryFacts): string {
  const kind = entry.kind as Kind
  const model = entry.modelId === null ? undefined : modelById(entry.modelId)
  const about = model === undefined ? entry.reason : modelTitle(model, language)
  const what = t(`entries.${kind}` as TextKey) + (about === null ? '' : ` · ${escapeHtml(about)}`)
  return `${momentText(entry.at, language)}  ${SIGNS[kind]}${formatRub(entry.kopecks, language)}\n   ${what}`
}

/** The user's money, entry by entry. */
export function entriesScreen(scene: Scene): Screen | null {
  const { t, context } = scene
  const { page = 0, rows, more = false } = context.account?.entries ?? {}
  if (rows === undefined) return waitScreen(scene)
  const turn = (label: TextKey, to: number) => button(t(label), { type: 'page.turned', page: to })
  const arrows = [
    ...(page > 0 ? [turn('nav.previous', page - 1)] : []),
    ...(more ? [turn('nav.next', page + 1)] : []),
  ]
  return {
    text: lines(
      t('entries.title'),
      '',
      ...(rows.length === 0 ? [t('entries.none')] : rows.map((row) => entryLine(scene, row))),
    ),
    keyboard: [...(arrows.length > 0 ? [arrows] : []), ...asideBackRows(scene)],
  }
}

/** A link to share, and what came of it. */
export function inviteScreen(scene: Scene): Screen | null {
  const { t, context } = scene
  const { invite } = context.account ?? {}
  if (invite === undefined) return waitScreen(scene)
  const { each, invited, earned, left, after = 'start' } = invite
  const start = inviteLink(context.userId)
  return {
    text: lines(
      t('invite.title'),
      '',
      t(after === 'order' ? 'invite.howOrder' : 'invite.how', { each }),
      '',
      t('invite.stats', { invited, earned, left }),
    ),
    keyboard: [
      [
        { label: t('invite.share'), share: { start, text: t('invite.words') } },
        { label: t('nav.copyLink'), copy: { start } },
      ],
      ...asideBackRows(scene),
    ],
  }
}

export const promoScreen = (scene: Scene): Screen => ({
  text: scene.t('promo.ask'),
  keyboard: asideBackRows(scene),
})

export function redeemedScreen(scene: Scene): Screen {
  const { kopecks = 0, free = 0 } = scene.context.account?.promo ?? {}
  return {
    text: lines(scene.t('promo.good'), '', giftText({ kopecks, free }, scene.language)),
    keyboard: [[button(scene.t('menu.balance'), { type: 'back.pressed' })], ...asideRows(scene)],
  }
}
