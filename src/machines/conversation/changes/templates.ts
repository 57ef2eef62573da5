import { modelById } from '../../catalogue/catalogue.ts'
import { parseTemplate } from '../admin/template.ts'
import { type ConversationContext, hasOrder, NOWHERE } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import { openList } from '../results/results.ts'
import { templateIn } from '../start-links.ts'
import { openTemplates, type Templates } from '../templates/template.ts'
import { newWish, withTemplate } from '../wish/wish.ts'

// What becomes of templates and shared results in the context; each is a small pure function.

type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Partial<ConversationContext>

const within = (
  { place }: ConversationContext,
  alter: (templates: Templates) => Partial<Templates>,
): Change => {
  const templates = place.templates ?? openTemplates(null)
  return { place: { ...place, templates: { ...templates, ...alter(templates) } } }
}

/** The templates of one task, or all of them. */
export const openTemplateList = ({ event }: Args): Change => {
  const task = event.type === 'templates.opened' ? event.task : null
  return { hint: null, place: { ...NOWHERE, templates: openTemplates(task) } }
}

/** The list is read anew, and nothing else is kept of it. */
export function dropTemplates({ context: { place } }: Args): Change {
  const { task = null, page = 0 } = place.templates ?? {}
  return { place: { ...place, templates: { ...openTemplates(task), page } } }
}

export const keepTemplates = ({ context, event }: Args): Change =>
  event.type === 'templates.read' ? within(context, () => ({ lines: event.lines })) : {}

export const isTheseTemplates = ({ context: { place }, event }: Args): boolean =>
  event.type === 'templates.read' && event.task === (place.templates?.task ?? null)

export const turnTemplates = ({ context, event }: Args): Change =>
  event.type === 'page.turned'
    ? { hint: null, leftAt: event.at, ...within(context, () => ({ page: event.page })) }
    : {}

export const askTemplate = ({ context, event }: Args): Change => {
  if (event.type !== 'template.opened') return {}
  return within(context, () => ({ asked: { source: 'template', id: event.id }, card: null }))
}

/** The example of a model, from its card or from an offer: `from` is the way back. */
export const askExample =
  (from: 'card' | 'wish') =>
  ({ context: { place }, event }: Args): Change => {
    if (event.type !== 'example.opened') return {}
    const asked = { source: 'template' as const, id: event.id }
    return { hint: null, place: { ...place, templates: { ...openTemplates(null), asked, from } } }
  }

export const isAsideOf =
  (from: 'card' | 'wish') =>
  ({ context: { place, wish } }: Args): boolean =>
    place.templates?.from === from && (from === 'card' || wish !== null)

export const hasTemplateLink = ({ event }: Args): boolean =>
  event.type === 'command.start' && templateIn(event.payload) !== undefined

export function askLinkedTemplate({ event }: Args): Change {
  const asked = event.type === 'command.start' ? templateIn(event.payload) : undefined
  if (asked === undefined) return {}
  return { place: { ...NOWHERE, templates: { ...openTemplates(null), asked } } }
}

const isAsked = ({ context: { place }, event }: Args): boolean =>
  event.type === 'template.read' &&
  event.source === place.templates?.asked?.source &&
  event.id === place.templates.asked.id

/** It is there, and its model is known. */
export const isThisTemplate = (args: Args): boolean =>
  isAsked(args) &&
  args.event.type === 'template.read' &&
  modelById(args.event.card?.modelId ?? '') !== undefined

export const isNoTemplate = (args: Args): boolean => isAsked(args) && !isThisTemplate(args)

export const keepTemplate = ({ context, event }: Args): Change =>
  event.type === 'template.read' ? within(context, () => ({ card: event.card })) : {}

export const hasExample = ({ event }: Args): boolean =>
  event.type === 'template.read' && event.card?.hasExample === true

/** A wish with all that the template or the shared result says; an order in the making stays. */
export function useTemplate({ context, event }: Args): Change {
  const card = context.place.templates?.card
  if (card == null) return {}
  const { modelId, answers } = card
  return {
    hint: null,
    wish: withTemplate(newWish(card.task, event.at, { modelId, answers }), card),
    draft: hasOrder(context) ? context.draft : null,
    jobId: null,
    ending: null,
    results: null,
  }
}

export const isFromTemplate = ({ context: { wish, place } }: Args): boolean =>
  wish?.template !== undefined && place.templates?.card != null

/** An admin makes a template of an order of theirs. */
export const beginTemplate = ({ event }: Args): Change =>
  event.type === 'template.begun'
    ? { hint: null, results: { ...openList('history'), jobId: event.jobId, from: 'message' } }
    : {}

export const isTemplate = ({ event }: Args): boolean =>
  event.type === 'text.received' && parseTemplate(event.text) !== undefined

/** Title and words as an admin wrote them. */
export function keepTemplateWords({ context: { account }, event }: Args): Change {
  const template = event.type === 'text.received' ? parseTemplate(event.text) : undefined
  return template === undefined ? {} : { account: { ...account, making: { template } } }
}
