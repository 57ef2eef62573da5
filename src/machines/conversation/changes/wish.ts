import { modelById } from '../../catalogue/catalogue.ts'
import { taskById } from '../../catalogue/picks.ts'
import { type ConversationContext, hasOrder, NOWHERE, type Wish } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import { isLike } from '../order/corrections.ts'
import { askNext, newDraft, questionsNow } from '../order/draft.ts'
import { fill, isComplete, wordsQuestion } from '../wish/fill.ts'
import {
  fileFor,
  improvementsFor,
  withBetterWords,
  withOwnWords,
  withoutImprovement,
} from '../wish/improving.ts'
import { type Choice, orderOf, stillNeeded } from '../wish/offers.ts'
import {
  expectedKind,
  hasGap,
  messageOf,
  newWish,
  unseenFile,
  withFile,
  withGap,
  withoutFile,
  withSeen,
  withText,
} from '../wish/wish.ts'
import { refusalOf } from './order.ts'

// What comes without a question, and what becomes of it; each is a small pure function.

type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Partial<ConversationContext>

/** The wish with what a message adds to it. */
function grown(before: Wish, event: StampedConversationEvent): Wish {
  const wish = withoutImprovement(before)
  if (event.type === 'text.received') {
    return hasGap(wish) ? withGap(wish, event.text, event.at) : withText(wish, event.text, event.at)
  }
  if (event.type !== 'media.received') return wish
  const { caption, ...file } = event
  if (!hasGap(wish) || caption === undefined) return withFile(wish, event, event.at)
  return withGap(withFile(wish, file, event.at), caption, event.at)
}

/** A late file of an album belongs to the wish that the album began. */
const isRest = ({ wish }: ConversationContext, event: StampedConversationEvent): boolean =>
  event.type === 'media.received' && event.groupId !== undefined && event.groupId === wish?.album

/** A wish out of the blue: an order in the making stays, to be gone on with. */
function begun(args: Args, base: Wish['base']): Change {
  const { context, event } = args
  const wish = context.wish !== null && isRest(context, event) ? context.wish : null
  return {
    wish: grown(wish ?? newWish(null, event.at, base), event),
    hint: null,
    draft: hasOrder(context) ? context.draft : null,
    jobId: null,
    ending: null,
    results: null,
  }
}

export const beginWish = (args: Args): Change => begun(args, null)

/** What is written or sent at a model's card is meant for that model. */
export const beginWishForModel = (args: Args): Change => {
  const { modelId } = args.context.place
  return begun(args, modelId === null ? null : { modelId, answers: {} })
}

/** What is written or sent after an order may be the same order with that. */
export function beginWishAfter(args: Args): Change {
  const { draft } = args.context
  if (draft === null) return begun(args, null)
  const { [wordsQuestion(draft)?.field ?? '']: _words, ...answers } = draft.answers
  return begun(args, { modelId: draft.modelId, answers })
}

export const growWish = ({ context, event }: Args): Change =>
  context.wish === null ? {} : { wish: grown(context.wish, event), hint: null }

/** An edited message has the words of this wish, put right. */
export const isCorrectedWish = ({ context: { wish }, event }: Args): boolean =>
  event.type === 'message.edited' &&
  wish !== null &&
  wish.words !== null &&
  wish.words !== event.text.trim() &&
  isLike(wish.words, event.text)

export const correctWish = ({ context: { wish }, event }: Args): Change =>
  wish !== null && event.type === 'message.edited'
    ? { wish: { ...wish, words: event.text.trim() }, hint: { code: 'edited' } }
    : {}

/** What for; what was given already stays. */
export function openWish({ context: { wish }, event }: Args): Change {
  if (event.type !== 'wish.opened') return {}
  const { template: _left, ...given } = wish ?? newWish(null, event.at)
  return { wish: { ...given, task: event.task, base: null }, hint: null }
}

/** What models were searched by in vain is what an order is about. */
export const openSearchedWish = ({ context: { place }, event }: Args): Change =>
  event.type === 'wish.opened'
    ? { wish: { ...newWish(event.task, event.at), words: place.search }, hint: null }
    : {}

export const dropTask = ({ context: { wish } }: Args): Change =>
  wish === null ? {} : { wish: { ...wish, task: null } }

/** A ready wish in place of words. */
export function takeIdea({ context: { wish, language }, event }: Args): Change {
  if (wish === null || event.type !== 'idea.chosen') return {}
  const idea = taskById(wish.task)?.ideas?.find(({ id }) => id === event.idea)
  return idea === undefined ? {} : { wish: { ...wish, words: idea.words[language] } }
}

export const keepWords = ({ context: { wish }, event }: Args): Change =>
  wish !== null && event.type === 'words.improved'
    ? { wish: withBetterWords(wish, event.how, event.words) }
    : {}

export const restoreWords = ({ context: { wish } }: Args): Change =>
  wish === null ? {} : { wish: withOwnWords(wish), hint: null }

/** What a chat model is asked for; null: there is nothing to improve. */
export function improvementOf({ context, event }: Args) {
  const { wish, serial, userId, language } = context
  if (wish === null || event.type !== 'words.asked') return null
  const { how } = event
  if (!improvementsFor(wish).includes(how)) return null
  const media = fileFor(wish, how)
  const about = media === undefined ? { words: wish.words ?? '' } : { words: '', media }
  const message = messageIn(context, messageOf(wish, media))
  return { userId, language, serial, how, ...about, ...message }
}

export const canImprove = (args: Args): boolean => improvementOf(args) !== null

export const isOverBudget = (args: Args): boolean =>
  isThisLook(args) && args.event.type === 'words.refused' && args.event.reason === 'over'

export const expectLook = ({ context }: Args): Change => ({ serial: context.serial + 1 })

/** What the look into a file is asked for. */
export function lookOf(context: ConversationContext) {
  const { wish, serial } = context
  const media = wish === null ? undefined : unseenFile(wish)
  if (wish === null || media === undefined) return null
  const message = messageIn(context, messageOf(wish, media))
  return { serial, media, expects: expectedKind(media), ...message }
}

/** The message that shows that its file is looked into. */
export const messageIn = ({ chatId }: ConversationContext, messageId: number | undefined) =>
  messageId === undefined ? {} : { message: { chatId, messageId } }

export const isThisLook = ({ context, event }: Args): boolean =>
  'serial' in event && event.serial === context.serial

/** A file as it truly is; one that can't be used is gone, and the screen says why. */
export function settleWish({ context: { wish }, event }: Args): Change {
  const head = wish === null ? undefined : unseenFile(wish)
  if (wish === null || head === undefined) return {}
  if (event.type === 'media.inspected') return { wish: withSeen(wish, event.media) }
  const problem = refusalOf({ media: head, expects: expectedKind(head) }, event)
  return { wish: withoutFile(wish, head), hint: { problem } }
}

export const hasUnseen = ({ context: { wish } }: Args): boolean =>
  wish !== null && unseenFile(wish) !== undefined

export const isEmptyWish = ({ context: { wish } }: Args): boolean =>
  wish === null ||
  (wish.task === null &&
    wish.template === undefined &&
    wish.words === null &&
    wish.files.length === 0)

export const lacksSomething = ({ context: { wish } }: Args): boolean =>
  wish !== null && stillNeeded(wish) !== undefined

/** A task was chosen for what had been given before. */
export const hasOtherUses = ({ context: { wish } }: Args): boolean =>
  wish !== null && wish.task !== null && (wish.words !== null || wish.files.length > 0)

/** The order of the pick that a tap stands for. */
function filledOf({ context: { wish, language }, event }: Args) {
  if (wish === null || !('tier' in event)) return undefined
  return orderOf(wish, event as Choice, language)
}

export const isReadyPick = (args: Args): boolean => {
  const filled = filledOf(args)
  return filled !== undefined && isComplete(filled)
}

/** The picked order; on sale or not, all that was given is in it. */
export function takePick(args: Args): Change {
  const { context, event } = args
  const filled = filledOf(args)?.draft
  if (filled === undefined) return {}
  const { album: id = null } = context.wish ?? {}
  const field = questionsNow(filled).find((q) => q.media && q.field in filled.answers)?.field
  const draft = { ...filled, album: id && field !== undefined ? { id, field } : null }
  const availableKopecks = context.account?.balance?.availableKopecks ?? 0
  const quote =
    event.type === 'pick.confirmed'
      ? { priceKopecks: event.kopecks, credits: 0, availableKopecks }
      : null
  return {
    draft,
    quote,
    refusal: null,
    jobId: null,
    ending: null,
    results: null,
    place: { ...NOWHERE, modelId: draft.modelId },
  }
}

/** A pick that costs more than there is on the account. */
export const lacksMoney = ({ context: { account }, event }: Args): boolean =>
  event.type === 'pick.confirmed' &&
  event.kopecks > (account?.balance?.availableKopecks ?? Infinity)

/** The words of a wish name models: the list of those. */
export const searchWish = ({ context: { wish } }: Args): Change => ({
  hint: null,
  place: { ...NOWHERE, search: wish?.words ?? '' },
})

/** An order of the model on the card, with what was written or sent before in its place. */
export function beginDraft({ context: { place, wish } }: Args): Change {
  const modelId = place.modelId as string
  const draft =
    wish === null || modelById(modelId) === undefined
      ? askNext(newDraft(modelId))
      : fill(modelId, {}, wish).draft
  return { draft, quote: null, refusal: null, jobId: null }
}
