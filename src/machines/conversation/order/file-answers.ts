import { isGathered, itemLimits, itemsOf, withItems } from '../../catalogue/answer-lists.ts'
import { type AnswerValue, checkAnswer, isLinkLike } from '../../catalogue/answers.ts'
import { type MediaFile, mediaKindOf } from '../../catalogue/media.ts'
import { needsProbe } from '../../catalogue/media-check.ts'
import type { Problem } from '../../catalogue/problem.ts'
import type { Question } from '../../catalogue/questions.ts'
import type { Draft, Hint } from '../context.ts'
import { askNext, isOpen, questionOf, questionsNow, takesWords, withAnswer } from './draft.ts'

/** What is being ordered, and the serial of what was asked of others last. */
export interface Order {
  draft: Draft
  serial: number
}

/** What became of a message: the order as it is now, whether it took anything, and a remark. */
export interface MessageOutcome extends Order {
  taken: boolean
  hint: Hint | null
}

export interface Attachment {
  media: MediaFile
  caption?: string
  groupId?: string
  messageId?: number
}

/** While other files are probed, the remark is kept until the last one is. */
const refused = ({ draft, serial }: Order, hint: Hint): MessageOutcome => ({
  taken: false,
  draft: draft.inspections.length > 0 ? { ...draft, remark: hint } : draft,
  serial,
  hint,
})

/**
 * A file for the question on the screen or one to come, with the words under it. Where its type or
 * measures are not known for sure it waits to be probed, and what comes after waits behind it.
 */
export function takeMedia(order: Order, attachment: Attachment): MessageOutcome {
  const { draft, serial } = order
  const { media, caption, groupId } = attachment
  const isSibling = groupId !== undefined && groupId === draft.album?.id
  const question = isSibling
    ? questionOf(draft, draft.album?.field ?? null)
    : questionFor(draft, media)
  if (question?.media === undefined) {
    return takeCaption(order, caption) ?? refused(order, hintUnwanted(draft))
  }
  const hint = reasonAgainst(draft, question, media)
  if (hint !== undefined) return refused(order, hint)

  const album = groupId === undefined ? null : { id: groupId, field: question.field }
  const wording = wordsFor(draft, caption)
  const base = wording ? withAnswer(draft, wording.field, wording.words) : draft
  const waits = draft.inspections.length > 0 || needsProbe(question, media)
  const next = { ...base, album }
  const kept = waits ? enqueued(next, question, attachment, serial + 1) : put(next, question, media)
  const isAsked = draft.asking === question.field
  const goesOn =
    (wording !== undefined && draft.asking === wording.field) ||
    (isAsked && !waits && !isGathered(question))
  return {
    taken: true,
    draft: goesOn ? askNext(kept) : kept,
    serial: waits ? serial + 1 : serial,
    hint: waits || goesOn || isAsked ? null : hintTaken(draft, isSibling),
  }
}

/** The words under a file that nothing asks for, where words are asked for; the file stays out. */
function takeCaption({ draft, serial }: Order, caption: string | undefined) {
  const wording = wordsFor(draft, caption)
  if (wording === undefined || wording.field !== draft.asking) return undefined
  const kept = askNext(withAnswer(draft, wording.field, wording.words))
  return { taken: true, draft: kept, serial, hint: { code: 'wordsOnly' } as const }
}

/** Links in place of files, one or several in a message; undefined: these are words. */
export function takeLinks(order: Order, text: string): MessageOutcome | undefined {
  const links = text.trim().split(/\s+/)
  const question = questionOf(order.draft, order.draft.asking)
  if (question?.media === undefined || !links.every(isLinkLike)) return undefined
  return links.reduce<MessageOutcome>(
    (sofar, link) => {
      const checked = checkAnswer(question, link, { links: true, unseen: true })
      const next = checked.ok
        ? takeMedia(sofar, { media: [checked.value].flat()[0] as MediaFile })
        : refused(sofar, { problem: checked.problem })
      return { ...next, taken: sofar.taken || next.taken, hint: next.hint ?? sofar.hint }
    },
    { ...order, taken: false, hint: null },
  )
}

/** Settles the first file in line, now that it was probed: as it truly is, or why it was refused. */
export function settle({ draft, serial }: Order, seen: MediaFile | Problem): MessageOutcome {
  const [head, ...inspections] = draft.inspections
  const question = questionOf(draft, head?.field ?? null)
  const rest = { ...draft, inspections }
  if (question === undefined) return settled(rest, serial, null)
  if ('code' in seen) return settled(rest, serial, { problem: seen })
  const checked = checkAnswer(question, seen)
  if (!checked.ok) return settled(rest, serial, { problem: checked.problem })
  const all = isGathered(question)
    ? withItems(question, draft.answers[question.field], [seen])
    : null
  if (all?.ok === false) return settled(rest, serial, { problem: all.problem })
  const kept = put(rest, question, seen)
  if (draft.asking !== question.field) return settled(kept, serial, { code: 'gotFile' })
  return settled(isGathered(question) ? kept : askNext(kept), serial, null)
}

/** One file is through; what was wrong with one of several is said when the last one is. */
function settled(given: Draft, serial: number, hint: Hint | null): MessageOutcome {
  const draft = settleNext(given)
  const isTrouble = hint !== null && 'problem' in hint
  const remark = isTrouble ? hint : (draft.remark ?? hint)
  const isDone = draft.inspections.length === 0
  return {
    taken: true,
    draft: { ...draft, remark: isDone ? null : remark },
    serial,
    hint: isDone ? remark : null,
  }
}

/** Files that need no probe were only waiting for those before them. */
function settleNext(draft: Draft): Draft {
  const [head, ...inspections] = draft.inspections
  const question = head && questionOf(draft, head.field)
  if (head === undefined || question === undefined || needsProbe(question, head.media)) return draft
  return settleNext(put({ ...draft, inspections }, question, head.media))
}

/** Keeps a file that has passed. */
function put(draft: Draft, question: Question, media: MediaFile): Draft {
  if (!isGathered(question)) return withAnswer(draft, question.field, media)
  const all = withItems(question, draft.answers[question.field], [media])
  return all.ok ? gathered(draft, question, all.value) : draft
}

/** Keeps all there is of an answer; a needed one is open until the user says that this is all. */
export function gathered(draft: Draft, { field, required }: Question, all: AnswerValue): Draft {
  const isBegun = required && (draft.asking === field || !(field in draft.answers))
  const gathering = isBegun ? field : draft.gathering
  return { ...withAnswer(draft, field, all), gathering }
}

function enqueued(
  draft: Draft,
  { field, media: wanted }: Question,
  { media, messageId }: Attachment,
  serial: number,
): Draft {
  const expects = wanted?.kind ?? 'image'
  const from = messageId === undefined ? {} : { messageId }
  const inspection = { serial, field, media, expects, ...from }
  return { ...draft, inspections: [...draft.inspections, inspection] }
}

/** Why a file can't be taken for a question, if so. */
function reasonAgainst(draft: Draft, question: Question, media: MediaFile): Hint | undefined {
  const { field } = question
  const waiting = draft.inspections.filter((i) => i.field === field).length
  if (isGathered(question)) {
    const { max } = itemLimits(question)
    const count = itemsOf(draft.answers[field]).length + waiting
    if (count >= max) return { problem: { code: 'media.many', params: { max } } }
  } else if (waiting > 0 || (field in draft.answers && field !== draft.asking)) {
    return { code: 'enoughFiles' }
  }
  const checked = checkAnswer(question, media, { unseen: true })
  return checked.ok ? undefined : { problem: checked.problem }
}

/** Which question a file answers: the one on the screen, else one that still waits for its kind. */
function questionFor(draft: Draft, media: MediaFile): Question | undefined {
  const current = questionOf(draft, draft.asking)
  const kind = mediaKindOf(media)
  const asked = current?.media ? current : undefined
  if (asked && (kind === undefined || asked.media?.kind === kind)) return asked
  return questionsNow(draft).find((q) => q.media?.kind === kind && isOpen(draft, q)) ?? asked
}

/** What the words under a file answer: the question on the screen, else one that still waits. */
function wordsFor(draft: Draft, caption: string | undefined) {
  if (caption === undefined) return undefined
  const current = questionOf(draft, draft.asking)
  const question = current && takesWords(current) ? current : openWords(draft)
  const checked = question && checkAnswer(question, caption)
  return checked?.ok ? { field: question?.field as string, words: checked.value } : undefined
}

/** The question for words that is still to come. */
export const openWords = (draft: Draft): Question | undefined =>
  questionsNow(draft).find((q) => takesWords(q) && isOpen(draft, q))

const hintTaken = (draft: Draft, isSibling: boolean): Hint => ({
  code: isSibling && draft.gathering === null ? 'gotMore' : 'gotFile',
})

/** What to say to a file that nothing asks for. */
function hintUnwanted(draft: Draft): Hint {
  if (hasFiles(draft)) return { code: 'enoughFiles' }
  const kind = questionOf(draft, draft.asking)?.kind
  return { code: kind === 'choice' || kind === 'toggle' ? 'waitsChoice' : 'waitsWords' }
}

/** Whether a file has been taken already, so that one more is probably a sibling. */
export const hasFiles = (draft: Draft): boolean =>
  questionsNow(draft).some((q) => q.media !== undefined && q.field in draft.answers)
