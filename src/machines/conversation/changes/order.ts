import { itemsOf } from '../../catalogue/answer-lists.ts'
import type { AnswerValue } from '../../catalogue/answers.ts'
import { ideasFor } from '../../catalogue/picks.ts'
import type { Problem } from '../../catalogue/problem.ts'
import {
  type ConversationContext,
  type Draft,
  type Ending,
  type Inspection,
  NOWHERE,
  type Origin,
} from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import { corrected } from '../order/corrections.ts'
import {
  askNext,
  doneGathering,
  modelOf,
  previousField,
  withAnswer,
  withoutAnswer,
} from '../order/draft.ts'
import { type MessageOutcome, settle } from '../order/file-answers.ts'
import { messageOutcome, reword } from '../order/text-answers.ts'

/** What the machine's actions change in the context; each is a small pure function. */
type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Partial<ConversationContext>

/** Bots can't fetch larger files: https://core.telegram.org/bots/api#getfile */
const TELEGRAM_FILE_LIMIT_MB = 20

/** Jobs remembered in a conversation; older ones are still in the database. */
const TRACKED_JOBS = 10

/** The screen is left: its remark is read, and taps on it are late from now on. */
export const leave = ({ event }: Args): Change => ({ hint: null, leftAt: event.at })

/** Back to the menu: the order in the making is dropped, running jobs go on. */
export const goHome = (_: Args): Change => ({
  hint: null,
  place: NOWHERE,
  draft: null,
  quote: null,
  refusal: null,
  jobId: null,
  ending: null,
  results: null,
  wish: null,
})

export const openCategory = ({ event }: Args): Change =>
  event.type === 'category.opened' ? { place: { ...NOWHERE, category: event.category } } : {}

export function turnPage({ context, event }: Args): Change {
  if (event.type !== 'page.turned') return {}
  const left = { hint: null, leftAt: event.at }
  if (context.draft === null) return { ...left, place: { ...context.place, page: event.page } }
  return { ...left, draft: { ...context.draft, page: event.page } }
}

export const openModel = ({ context, event }: Args): Change =>
  event.type === 'model.opened' ? { place: { ...context.place, modelId: event.modelId } } : {}

/** Words to look for, by message or behind the command. */
export const wordsOf = (event: StampedConversationEvent): string =>
  event.type === 'text.received' ? event.text : event.type === 'command.search' ? event.words : ''

/** Longer words are cut: they stand in the head of the list. */
const SEARCH_LENGTH = 80

export const search = ({ event }: Args): Change => ({
  hint: null,
  place: { ...NOWHERE, search: [...wordsOf(event).trim()].slice(0, SEARCH_LENGTH).join('') },
})

const change = (context: ConversationContext, alter: (draft: Draft) => Draft): Change =>
  context.draft === null ? {} : { draft: alter(context.draft) }

export const askField = ({ context, event }: Args, origin: Origin): Change =>
  event.type === 'field.opened'
    ? change(context, (d) => ({
        ...d,
        asking: event.field,
        origin,
        page: 0,
        dropped: [],
        part: null,
      }))
    : {}

/** Leaves a field that was opened from the preview or the settings as it is. */
export const stopAsking = ({ context }: Args): Change =>
  change(context, (d) => ({ ...doneGathering(d), asking: null, page: 0, part: null }))

/** Asks again for the needed field before this one; its answer stays until there is another. */
export const askPrevious = ({ context }: Args): Change =>
  change(context, (d) => ({
    ...d,
    asking: previousField(d) ?? d.asking,
    origin: 'order',
    page: 0,
    dropped: [],
    part: null,
  }))

export const keepChoice = ({ context, event }: Args): Change =>
  event.type === 'option.chosen'
    ? change(context, (d) =>
        d.asking === null ? d : askNext(withAnswer(d, d.asking, event.value)),
      )
    : {}

/** Keeps the order as the message left it, with a remark if there is one. */
const noted = ({ draft, serial, hint }: MessageOutcome): Change => ({ draft, serial, hint })

export function takeMessage({ context, event }: Args): Change {
  const intake = messageOutcome(context, event)
  return intake === undefined ? {} : noted(intake)
}

/** New words for an earlier order; if refused they leave a remark at their question. */
export const takeWording = ({ context, event }: Args): Change =>
  event.type === 'text.received' && context.draft !== null
    ? noted(reword(context, event.text, event.at))
    : {}

/** The order with what an edited message puts right in it. */
const correctionIn = ({ context: { draft }, event }: Args): Draft | undefined =>
  event.type === 'message.edited' && draft !== null ? corrected(draft, event.text) : undefined

export const isCorrection = (args: Args): boolean => correctionIn(args) !== undefined

export const takeCorrection = (args: Args): Change => {
  const draft = correctionIn(args)
  return draft === undefined ? {} : { draft }
}

/** Goes on with what was probed; a refused file leaves a remark, the others stay. */
export function settleFile({ context: { draft, serial }, event }: Args): Change {
  const [head] = draft?.inspections ?? []
  if (draft === null || head === undefined) return {}
  const seen = event.type === 'media.inspected' ? event.media : refusalOf(head, event)
  return noted(settle({ draft, serial }, seen))
}

/** Why a probed file is refused; without an answer in time the probe was too slow. */
export function refusalOf(
  { media, expects }: Pick<Inspection, 'media' | 'expects'>,
  event: StampedConversationEvent,
): Problem {
  if (event.type !== 'media.refused') return { code: 'media.slow', params: {} }
  if (event.code === 'media.too-large' && media.url === undefined) {
    return { code: 'media.heavy', params: { max: TELEGRAM_FILE_LIMIT_MB } }
  }
  return { code: event.code, params: { media: expects } }
}

export const dropInspections = ({ context }: Args): Change =>
  change(context, (d) => ({ ...d, inspections: [], remark: null }))

/** What is gathered so far is all; or an answer seen again is left as it is. */
export const finishAnswer = ({ context }: Args): Change =>
  change(context, (d) => askNext(doneGathering(d)))

export const removeLast = ({ context }: Args): Change =>
  change(context, (d) => {
    const { asking } = d
    if (asking === null) return d
    const left = itemsOf(d.answers[asking]).slice(0, -1)
    return left.length === 0
      ? doneGathering(withoutAnswer(d, asking))
      : withAnswer(d, asking, left as AnswerValue)
  })

/** Begins the answer anew; its question stays. */
export const emptyAnswer = ({ context }: Args): Change =>
  change(context, (d) =>
    d.asking === null ? d : { ...doneGathering(withoutAnswer(d, d.asking)), part: null },
  )

/** A ready wish in place of words of one's own. */
export const keepIdea = ({ context, event }: Args): Change =>
  event.type === 'idea.chosen'
    ? change(context, (d) => {
        const words = ideasFor(modelOf(d)).find(({ id }) => id === event.idea)?.words
        return words === undefined || d.asking === null
          ? d
          : askNext(withAnswer(d, d.asking, words[context.language]))
      })
    : {}

export const clearField = ({ context }: Args): Change =>
  change(context, (d) => (d.asking === null ? d : askNext(withoutAnswer(d, d.asking))))

/** A new price is asked for: the one before is no longer good; why a start failed stays in sight. */
export const expectQuote = ({ context, event }: Args): Change => ({
  quote: null,
  refusal: event.type === 'job.refused' ? event.reason : null,
  jobId: null,
  serial: context.serial + 1,
  // A new confirmation is of one job.
  ...change(context, ({ copies: _all, ...d }) => ({ ...d, origin: 'order' })),
})

export const keepQuote = ({ event }: Args): Change =>
  event.type === 'quote.ready'
    ? {
        quote: {
          priceKopecks: event.priceKopecks,
          credits: event.credits,
          availableKopecks: event.availableKopecks,
          ...(event.free === undefined ? {} : { free: event.free }),
        },
      }
    : {}

export const keepRefusal = ({ event }: Args): Change =>
  event.type === 'quote.refused' ? { refusal: event.reason } : {}

export const nameJob = ({ event }: Args): Change => ({ jobId: event.rnd })

/** Notes a job's start, or its first progress when that came before. */
export function trackJob({ context, event }: Args): Change {
  if (event.type !== 'job.started' && event.type !== 'job.progressed') return {}
  const stage = event.type === 'job.progressed' ? event.stage : null
  const known = context.tracked.find((t) => t.id === event.jobId)
  const job = known ?? { id: event.jobId, modelId: event.modelId, startedAt: event.at, stage }
  const others = context.tracked.filter((t) => t.id !== event.jobId)
  return { tracked: [...others, job].slice(-TRACKED_JOBS), seenAt: event.at }
}

/** Remarks about running jobs; the next event of a job removes them. */
const JOB_REMARKS = new Set<string>(['starting', 'watching', 'tooLate', 'cancelling', 'whichJob'])

const withoutRemark = ({ hint }: ConversationContext): Change =>
  hint !== null && 'code' in hint && JOB_REMARKS.has(hint.code) ? { hint: null } : {}

export const noteProgress = ({ context, event }: Args): Change =>
  event.type === 'job.progressed'
    ? {
        ...withoutRemark(context),
        tracked: context.tracked.map((t) =>
          t.id === event.jobId ? { ...t, stage: event.stage } : t,
        ),
        seenAt: event.at,
      }
    : {}

export const noteTime = ({ event }: Args): Change => ({ seenAt: event.at })

export function untrackJob({ context, event }: Args): Change {
  if (!('jobId' in event)) return {}
  const others = context.ended.filter((id) => id !== event.jobId)
  return {
    ...withoutRemark(context),
    tracked: context.tracked.filter((t) => t.id !== event.jobId),
    ended: [...others, event.jobId].slice(-TRACKED_JOBS),
    seenAt: event.at,
  }
}

export function keepEnding({ context, event }: Args): Change {
  if (event.type !== 'job.delivered' && event.type !== 'job.failed') return {}
  const job = context.tracked.find(({ id }) => id === event.jobId)
  const isDone = event.type === 'job.delivered'
  const ending: Ending = {
    modelId: event.modelId,
    priceKopecks: isDone ? event.priceKopecks : event.refundKopecks,
    error: isDone ? null : event.error,
    ...(isDone && job ? { tookMs: Math.max(0, event.at - job.startedAt) } : {}),
  }
  return { ending }
}

export const chooseLanguage = ({ event }: Args): Change =>
  event.type === 'language.chosen' ? { language: event.language } : {}
