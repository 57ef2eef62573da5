import type { AnswerValue } from '../answers.ts'
import type { ConversationContext, Draft, Ending } from './context.ts'
import {
  answeredFields,
  askNext,
  checkInput,
  currentQuestion,
  newDraft,
  withAnswer,
  withoutAnswer,
} from './draft.ts'
import type { StampedConversationEvent } from './events.ts'

/** What the machine's actions change in the context; each is a small pure function. */
type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Partial<ConversationContext>

/** Jobs remembered in a conversation; older ones are still in the database. */
const TRACKED_JOBS = 10

/** Back to the menu: the order in the making is dropped, running jobs go on. */
export const goHome = (_: Args): Change => ({
  hint: null,
  category: null,
  page: 0,
  modelId: null,
  draft: null,
  quote: null,
  refusal: null,
  jobId: null,
})

export const openCategory = ({ event }: Args): Change =>
  event.type === 'category.opened' ? { category: event.category, page: 0 } : {}

export function turnPage({ context, event }: Args): Change {
  if (event.type !== 'page.turned') return {}
  if (context.draft === null) return { page: event.page }
  return { draft: { ...context.draft, page: event.page } }
}

export const openModel = ({ event }: Args): Change =>
  event.type === 'model.opened' ? { modelId: event.modelId } : {}

export const beginDraft = ({ context }: Args): Change => ({
  draft: askNext(newDraft(context.modelId as string)),
  quote: null,
  refusal: null,
})

const change = (context: ConversationContext, alter: (draft: Draft) => Draft): Change =>
  context.draft === null ? {} : { draft: alter(context.draft) }

export const askNextQuestion = ({ context }: Args): Change => change(context, askNext)

export const askField = ({ context, event }: Args): Change =>
  event.type === 'field.opened'
    ? change(context, (d) => ({ ...d, asking: event.field, editing: true, page: 0 }))
    : {}

/** Leaves a field that was opened from the preview as it is. */
export const stopAsking = ({ context }: Args): Change =>
  change(context, (d) => ({ ...d, asking: null, editing: false }))

const keep = (context: ConversationContext, value: AnswerValue): Change => {
  const field = currentQuestion(context)?.field
  return field === undefined ? {} : change(context, (d) => withAnswer(d, field, value))
}

export const keepChoice = ({ context, event }: Args): Change =>
  event.type === 'option.chosen' ? keep(context, event.value) : {}

export function keepText({ context, event }: Args): Change {
  if (event.type !== 'text.received') return {}
  const checked = checkInput(context, event.text)
  return checked.ok ? keep(context, checked.value) : {}
}

export function keepMedia({ context, event }: Args): Change {
  if (event.type !== 'media.received') return {}
  const checked = checkInput(context, event.media)
  return checked.ok ? keep(context, checked.value) : {}
}

export const clearField = ({ context }: Args): Change =>
  change(context, (d) => (d.asking === null ? d : withoutAnswer(d, d.asking)))

/** The needed field answered before the one being asked, or the last one on the preview. */
export const lastAnswered = ({ draft }: ConversationContext): string | undefined =>
  draft === null ? undefined : answeredFields(draft).at(-1)

export function dropLastAnswer({ context }: Args): Change {
  const field = lastAnswered(context)
  if (field === undefined) return {}
  return change(context, (d) => askNext(withoutAnswer(d, field)))
}

export function hintAnswer({ context, event }: Args): Change {
  const raw =
    event.type === 'text.received'
      ? event.text
      : event.type === 'media.received'
        ? event.media
        : undefined
  if (raw === undefined) return {}
  const checked = checkInput(context, raw)
  return checked.ok ? {} : { hint: checked.hint }
}

export const keepQuote = ({ context, event }: Args): Change =>
  event.type === 'quote.ready'
    ? {
        quote: {
          priceKopecks: event.priceKopecks,
          credits: event.credits,
          availableKopecks: event.availableKopecks,
        },
        refusal: null,
        serial: context.serial + 1,
      }
    : {}

export const keepRefusal = ({ context, event }: Args): Change =>
  event.type === 'quote.refused' || event.type === 'job.refused'
    ? { refusal: event.reason, quote: null, jobId: null, serial: context.serial + 1 }
    : {}

export function trackJob({ context, event }: Args): Change {
  if (event.type !== 'job.started') return {}
  const job = { id: event.jobId, modelId: event.modelId, startedAt: event.at, stage: null }
  const others = context.tracked.filter((t) => t.id !== event.jobId)
  return { tracked: [...others, job].slice(-TRACKED_JOBS) }
}

export const noteProgress = ({ context, event }: Args): Change =>
  event.type === 'job.progressed'
    ? {
        tracked: context.tracked.map((t) =>
          t.id === event.jobId ? { ...t, stage: event.stage } : t,
        ),
      }
    : {}

export function countElapsed({ context, event }: Args): Change {
  const job = context.tracked.find((t) => t.id === context.jobId)
  return job === undefined ? {} : { elapsedMs: Math.max(0, event.at - job.startedAt) }
}

export const untrackJob = ({ context, event }: Args): Change =>
  'jobId' in event ? { tracked: context.tracked.filter((t) => t.id !== event.jobId) } : {}

export function keepEnding({ event }: Args): Change {
  if (event.type === 'job.delivered') {
    return { ending: endingOf(event.modelId, event.priceKopecks, null) }
  }
  if (event.type === 'job.failed') {
    return { ending: endingOf(event.modelId, event.refundKopecks, event.error) }
  }
  return {}
}

const endingOf = (modelId: string, priceKopecks: number, error: string | null): Ending => ({
  modelId,
  priceKopecks,
  error,
})

export const chooseLanguage = ({ event }: Args): Change =>
  event.type === 'language.chosen' ? { language: event.language } : {}

export const keepBalance = ({ event }: Args): Change =>
  event.type === 'balance.read'
    ? {
        balance: {
          availableKopecks: event.availableKopecks,
          heldKopecks: event.heldKopecks,
        },
      }
    : {}
