import { checkAnswer } from '../../catalogue/answers.ts'
import { type Model, modelById } from '../../catalogue/catalogue.ts'
import { continuing } from '../../catalogue/continuations.ts'
import type { MediaFile } from '../../catalogue/media.ts'
import type { Answers } from '../../catalogue/payload.ts'
import { type ConversationContext, type Draft, type Hint, hasOrder, NOWHERE } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import { askNext, newDraft } from '../order/draft.ts'
import { wordingOf } from '../order/text-answers.ts'
import { mediaInput, outputKind } from '../results/compatible-models.ts'
import { followUpTask } from '../results/follow-ups.ts'
import { type Purpose, purposeOf } from '../results/message-taps.ts'
import { openList, type ResultCard, type Results, UNUSED } from '../results/results.ts'
import { newWish } from '../wish/wish.ts'

/** What the actions of the result screens change in the context; each is a small pure function. */
type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Partial<ConversationContext>

const within = (
  { results }: ConversationContext,
  alter: (r: Results) => Partial<Results>,
): Change => (results === null ? {} : { results: { ...results, ...alter(results) } })

const list = (name: Results['list']): Change => ({ hint: null, results: openList(name) })

export const openHistory = (_: Args): Change => list('history')
export const openFavourites = (_: Args): Change => list('favourites')

/** Only results of one kind, from the first page on. */
export const filterResults = ({ context, event }: Args): Change =>
  event.type === 'filter.chosen' ? within(context, () => ({ filter: event.filter, page: 0 })) : {}

export const turnResultPage = ({ context, event }: Args): Change =>
  event.type === 'page.turned' ? within(context, () => ({ page: event.page })) : {}

/** The list is read anew: what it showed may have changed. */
export const dropLines = ({ context }: Args): Change =>
  within(context, () => ({ found: null, jobId: null, card: null, use: UNUSED }))

export const keepLines = ({ context, event }: Args): Change =>
  event.type === 'history.read'
    ? within(context, () => ({ found: { lines: event.lines, total: event.total } }))
    : {}

export const openResult = ({ context, event }: Args): Change =>
  event.type === 'result.opened'
    ? within(context, () => ({ jobId: event.jobId, card: null, from: 'list', use: UNUSED }))
    : {}

/** All about an order. */
export const keepCard = ({ context, event }: Args): Change => {
  if (event.type !== 'result.read' || event.card === null) return {}
  const { card } = event
  return within(context, () => ({ card, saved: card.saved }))
}

export const keepSaved =
  (saved: boolean) =>
  ({ context }: Args): Change => ({
    ...within(context, () => ({ saved })),
    hint: { code: saved ? 'saved' : 'forgotten' },
  })

export const openShare = ({ context }: Args): Change =>
  within(context, () => ({ share: { stored: null } }))

export const changeShare = ({ context, event }: Args): Change =>
  event.type === 'share.changed'
    ? within(context, () => ({ share: { wanted: event.withWords, stored: null } }))
    : {}

export const keepShare = ({ context, event }: Args): Change =>
  event.type === 'share.read' ? within(context, () => ({ share: { stored: event.share } })) : {}

export const isThisShare = ({ context: { results }, event }: Args): boolean =>
  event.type === 'share.read' && event.jobId === results?.jobId && event.share !== null

export const isNoShare = ({ context: { results }, event }: Args): boolean =>
  event.type === 'share.read' && event.jobId === results?.jobId && event.share === null

const orderOf = (modelId: string, answers: Answers): Draft =>
  askNext({ ...newDraft(modelId), answers })

/** Begins with an order; Back from its first question leads to the order's own model. */
const begun = ({ place }: ConversationContext, draft: Draft): Change => ({
  draft,
  place: place.modelId === draft.modelId ? place : { ...NOWHERE, modelId: draft.modelId },
  quote: null,
  refusal: null,
  jobId: null,
  ending: null,
  results: null,
})

/** Orders the same as the shown order. */
export const repeatResult = ({ context }: Args): Change => {
  const { card } = context.results ?? {}
  return card ? begun(context, orderOf(card.modelId, card.answers)) : {}
}

/** Notes which order's message was tapped, and what for. */
export function recall({ event }: Args): Change {
  const what = purposeOf(event)
  if (what === undefined || !('jobId' in event)) return {}
  const priceKopecks = event.type === 'result.again' ? event.priceKopecks : null
  const purpose = { what, priceKopecks }
  return {
    hint: null,
    results: { ...openList('history'), jobId: event.jobId, from: 'message', purpose },
  }
}

/** The order that was asked for, when it may be gone on with. */
const recalledCard = ({ context, event }: Args): ResultCard | null =>
  event.type === 'result.read' &&
  event.jobId === context.results?.jobId &&
  event.card !== null &&
  modelById(event.card.modelId) !== undefined
    ? event.card
    : null

/** It is the wanted order, and this was asked for. */
const wants = (args: Args, ...purposes: Purpose[]): boolean =>
  recalledCard(args) !== null && purposes.includes(args.context.results?.purpose?.what as Purpose)

export const isNoRecall = (args: Args): boolean => isThis(args) && recalledCard(args) === null
export const wantsVariants = (args: Args): boolean => wants(args, 'vary')
export const wantsShare = (args: Args): boolean => wants(args, 'share')
export const wantsUse = (args: Args): boolean => wants(args, 'reuse', 'enhance', 'animate')

/** The same order, complete as it is, at the price that stood on the button. */
export const isAgainAtPrice = (args: Args): boolean => {
  const card = recalledCard(args)
  return (
    card !== null &&
    wants(args, 'again') &&
    args.context.results?.purpose?.priceKopecks !== null &&
    orderOf(card.modelId, card.answers).asking === null
  )
}

export const wantsOtherWords = (args: Args): boolean => {
  const card = recalledCard(args)
  return (
    card !== null &&
    wants(args, 'reword') &&
    wordingOf(orderOf(card.modelId, card.answers)) !== undefined
  )
}

/** The file of a result that the tap on it goes on with, and the task of the picks for it. */
function followUp({ context: { results }, event }: Args) {
  const card = event.type === 'result.read' ? event.card : results?.card
  if (!card || !results?.purpose) return undefined
  const task = followUpTask(results.purpose.what, outputKind(card.modelId))
  const isOne = card.files.length === 1
  const file = event.type === 'file.picked' ? card.files[event.index] : isOne && card.files[0]
  return task !== undefined && file ? { task, file } : undefined
}

/** Which file and what for are known: the picks can be shown. */
export const isFollowUp = (args: Args): boolean => followUp(args) !== undefined

/** The result becomes a wish with its task; an order in the making stays, to be gone on with. */
export function beginFollowUp(args: Args): Change {
  const { context, event } = args
  const found = followUp(args)
  if (found === undefined) return {}
  return {
    wish: { ...newWish(found.task, event.at), files: [found.file] },
    hint: null,
    draft: hasOrder(context) ? context.draft : null,
    jobId: null,
    ending: null,
    results: null,
  }
}

/** An order that starts at once, at a price that the user saw on the button. */
const started = (
  args: Args,
  { modelId, answers }: ResultCard,
  priceKopecks: number,
  copies: number,
): Change => ({
  ...begun(args.context, { ...orderOf(modelId, answers), ...(copies > 1 ? { copies } : {}) }),
  quote: { priceKopecks, credits: 0, availableKopecks: 0 },
  jobId: args.event.rnd,
})

export function beginAgain(args: Args): Change {
  const card = recalledCard(args)
  const priceKopecks = args.context.results?.purpose?.priceKopecks
  return card && priceKopecks != null ? started(args, card, priceKopecks, 1) : {}
}

/** The same order several times; a fixed seed would make them all alike. */
export function beginVariants(args: Args): Change {
  const { event, context } = args
  const card = context.results?.card
  if (event.type !== 'variants.chosen' || !card) return {}
  const { seed: _same, seeds: _alike, ...answers } = card.answers
  return started(args, { ...card, answers }, event.priceKopecks, event.count)
}

/** Asks for the words of an order of before; all else stays. */
export function beginReworded(args: Args): Change {
  const card = recalledCard(args)
  if (card === null) return {}
  const draft = orderOf(card.modelId, card.answers)
  const asking = wordingOf(draft)?.field ?? null
  return begun(args.context, { ...draft, asking, origin: 'change' })
}

/** Orders the same as the order that has just ended. */
export const reopenDraft = ({ context }: Args): Change =>
  context.draft === null ? {} : begun(context, askNext(context.draft))

export const pickFile = ({ context, event }: Args): Change =>
  event.type === 'file.picked'
    ? within(context, () => ({
        use: { ...UNUSED, file: event.index },
      }))
    : {}

export const pickGroup = ({ context, event }: Args): Change =>
  event.type === 'group.picked'
    ? within(context, ({ use }) => ({ use: { ...use, group: event.group, page: 0 } }))
    : {}

export const turnUsePage = ({ context, event }: Args): Change =>
  event.type === 'page.turned'
    ? within(context, ({ use }) => ({ use: { ...use, page: event.page } }))
    : {}

/** One step back in the choice of what to do with a result. */
export const unpick = ({ context }: Args): Change =>
  within(context, ({ use }) => ({
    use: use.group === null ? UNUSED : { ...use, group: null, page: 0 },
  }))

/** Which file of the result is meant: the one picked, or the only one. */
export const fileIndex = ({ use, card }: Results): number | null =>
  use.file ?? ((card?.files.length ?? 0) > 1 ? null : 0)

/** The model that a result is to be put into. */
const pickedModel = (event: StampedConversationEvent): Model | undefined =>
  event.type === 'model.picked' ? modelById(event.modelId) : undefined

/** The answers with which the picked model goes on with the very task, if it can. */
export function continuation({ context: { results }, event }: Args): Answers | undefined {
  const model = pickedModel(event)
  const card = results?.card
  return model && card ? continuing(model, card, results.use.file ?? 0) : undefined
}

export function beginContinuation(args: Args): Change {
  const model = pickedModel(args.event)
  const answers = continuation(args)
  return model && answers ? begun(args.context, orderOf(model.id, answers)) : {}
}

/** Notes the file that is to be probed before it counts as an answer. */
export function noteProbe({ context, event }: Args): Change {
  const { results, serial } = context
  const model = pickedModel(event)
  const file = results?.card?.files[fileIndex(results) ?? 0]
  if (model === undefined || file === undefined) return {}
  const looked = { modelId: model.id, serial: serial + 1, media: file }
  return { ...within(context, () => ({ looked })), serial: serial + 1 }
}

/** What the probe is asked for; null: there is nothing to probe. */
export function inspectionOf({ results }: ConversationContext) {
  const { looked, card } = results ?? {}
  const expects = card && outputKind(card.modelId)
  return looked && expects ? { serial: looked.serial, media: looked.media, expects } : null
}

export const isThis = ({ context: { results }, event }: Args): boolean =>
  event.type === 'result.read' && event.jobId === results?.jobId

export const hasCard = ({ event }: Args): boolean =>
  event.type === 'result.read' && event.card !== null

/** Whether the choice of what to do with a result has been begun. */
export const hasPicked = ({ results }: ConversationContext): boolean =>
  results !== null && (results.use.file !== null || results.use.group !== null)

export const isThisProbe = ({ context: { results }, event }: Args): boolean =>
  'serial' in event && results?.looked?.serial === event.serial

/** The picked model's order with the file in its place, or why it won't go in. */
function withFile(card: ResultCard, modelId: string, media: MediaFile): Draft | Hint {
  const model = modelById(modelId) as Model
  const question = mediaInput(model, outputKind(card.modelId))
  if (question === undefined) return { code: 'cantUse' }
  const checked = checkAnswer(question, question.kind === 'media-list' ? [media] : media)
  if (!checked.ok) return { problem: checked.problem }
  return orderOf(modelId, { [question.field]: checked.value })
}

function orderWithFile({ context: { results }, event }: Args): Draft | Hint {
  if (event.type !== 'media.inspected' || !results?.card || !results.looked) {
    return { code: 'cantUse' }
  }
  return withFile(results.card, results.looked.modelId, event.media)
}

export const fileFits = (args: Args): boolean => 'modelId' in orderWithFile(args)

export function beginWithFile(args: Args): Change {
  const order = orderWithFile(args)
  return 'modelId' in order ? begun(args.context, order) : {}
}

export function hintFile(args: Args): Change {
  const order = orderWithFile(args)
  return 'modelId' in order ? {} : { hint: order }
}

/** The result has been sent again: the remark that it is on its way goes. */
export const dropSending = ({ context: { hint } }: Args): Change =>
  hint !== null && 'code' in hint && (hint.code === 'sending' || hint.code === 'original')
    ? { hint: null }
    : {}
