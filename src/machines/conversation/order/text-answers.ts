import { isGathered, withItems } from '../../catalogue/answer-lists.ts'
import { type Checked, checkAnswer } from '../../catalogue/answers.ts'
import type { Problem } from '../../catalogue/problem.ts'
import type { Question } from '../../catalogue/questions.ts'
import type { ConversationContext, Draft, Hint, Part } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import {
  askNext,
  doneGathering,
  neededQuestions,
  questionOf,
  takesWords,
  withAnswer,
  withoutAnswer,
} from './draft.ts'
import {
  gathered,
  type MessageOutcome,
  type Order,
  openWords,
  takeLinks,
  takeMedia,
} from './file-answers.ts'

/**
 * Apps cut a text of more than 4096 units into messages, each at a good place in its second half:
 * what is shorter than this is whole.
 */
const CUT_FROM = 2_048
/** The rest of a text that was cut follows at once. */
const REST_WITHIN_MS = 5_000

const lengthOf = (text: unknown) => [...String(text)].length

/** Words in answer to the question on the screen; a link where a file is asked for. */
export function takeText(order: Order, text: string, at: number): MessageOutcome {
  const { draft, serial } = order
  const question = questionOf(draft, draft.asking)
  const no = (hint: Hint): MessageOutcome => ({ taken: false, draft, serial, hint })
  if (question === undefined) return no({ code: 'text' })
  if (question.media) {
    const expected = { code: 'media.expected' as const, params: { media: question.media.kind } }
    return (
      takeLinks(order, text) ??
      takeWordsAhead(order, question, text, at) ??
      no({ problem: expected })
    )
  }
  if (takesWords(question)) {
    return { serial, ...takeLongText(draft, question, text, at) }
  }
  const checked = checkMore(question, draft.answers[question.field], text)
  if (!checked.ok) return no(hintFor(question, checked.problem))
  const after = isGathered(question)
    ? gathered(draft, question, checked.value)
    : askNext(withAnswer(draft, question.field, checked.value))
  return { taken: true, draft: after, serial, hint: null }
}

/**
 * Words while a file is asked for answer the question for words that is still to come. Where files are
 * there already, that is all of them.
 */
function takeWordsAhead(
  { draft, serial }: Order,
  { field }: Question,
  text: string,
  at: number,
): MessageOutcome | undefined {
  const question = questionOf(draft, draft.part?.field ?? null) ?? openWords(draft)
  if (question === undefined) return undefined
  const outcome = takeLongText(draft, question, text, at)
  if (!outcome.taken) return { ...outcome, serial }
  if (!(field in draft.answers)) return { ...outcome, serial, hint: { code: 'gotWords' } }
  const after = outcome.draft
  const isWhole = after.part === null
  return { ...outcome, serial, draft: isWhole ? askNext(doneGathering(after)) : after }
}

/** What is gathered grows by what was written; all else is replaced by it. */
function checkMore(question: Question, before: unknown, text: string): Checked {
  const checked = checkAnswer(question, text)
  return checked.ok && isGathered(question) ? withItems(question, before, checked.value) : checked
}

const hintFor = ({ kind }: Question, problem: Problem): Hint =>
  kind === 'choice' || kind === 'toggle' ? { code: 'waitsChoice' } : { problem }

/** A text may be one of several messages: what an app has cut is put together again. */
function takeLongText(
  draft: Draft,
  question: Question,
  text: string,
  at: number,
): Omit<MessageOutcome, 'serial'> {
  const { field, maxLength = Infinity } = question
  const part = draft.part?.field === field ? draft.part : null
  const isRest = part !== null && (part.isTaken || at - part.at < REST_WITHIN_MS)
  const note = (length: number, isTaken: boolean): Part => ({ field, at, length, isTaken })
  if (isRest && !part.isTaken) {
    // The end of what was too long is no answer by itself.
    const length = part.length + lengthOf(text)
    const problem: Problem = { code: 'text.long', params: { max: maxLength, length } }
    return { taken: false, draft: { ...draft, part: note(length, false) }, hint: { problem } }
  }
  const isCut = text.length > CUT_FROM
  const checked = checkAnswer(question, isRest ? `${draft.answers[field]}\n${text}` : text)
  if (!checked.ok) {
    const { problem } = checked
    const isTooLong = problem.code === 'text.long' && (isCut || isRest)
    const left = isRest ? withoutAnswer(draft, field) : draft
    const refused = isTooLong ? note(Number(problem.params.length), false) : null
    return { taken: false, draft: { ...left, part: refused }, hint: { problem } }
  }
  const kept = withAnswer(draft, field, checked.value)
  const length = lengthOf(checked.value)
  const goesOn = !isCut || length >= maxLength
  const after = goesOn ? askNext(kept) : { ...kept, part: note(length, true) }
  return { taken: true, draft: after, hint: null }
}

/** What a message does to the order in the making; undefined: there is none, or it is no message. */
export function messageOutcome(
  { draft, serial }: ConversationContext,
  event: StampedConversationEvent,
): MessageOutcome | undefined {
  if (draft === null) return undefined
  if (event.type === 'media.received') return takeMedia({ draft, serial }, event)
  return event.type === 'text.received'
    ? takeText({ draft, serial }, event.text, event.at)
    : undefined
}

/** The needed question that words answer best: what the order is about. */
export const wordingOf = (draft: Draft | null): Question | undefined =>
  draft === null ? undefined : neededQuestions(draft).find(takesWords)

/** New words for an order of before, as if its question had been opened and answered. */
export function reword(
  { draft, serial }: ConversationContext,
  words: string,
  at: number,
): MessageOutcome {
  const field = wordingOf(draft)?.field ?? null
  const opened: Draft = {
    ...(draft as Draft),
    asking: field,
    origin: 'change',
    page: 0,
    part: null,
  }
  return takeText({ draft: opened, serial }, words, at)
}
