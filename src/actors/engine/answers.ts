import type { EventObject } from 'xstate'
import type { Stamped } from '../../machines/engine/definition.ts'
import type { LiveActor } from './live-actor.ts'
import { applyEvent, type WantedEffect } from './step.ts'
import type { Work } from './work.ts'

/** A question of a step that nobody has committed yet, and what is being read for it. */
export interface Question {
  effect: WantedEffect
  /** Under which the answer is journaled. */
  key: string
  answer: Promise<EventObject>
}

export interface AnswersDeps {
  /** Asks what may be asked at once, of what a step of the actor wants. */
  ask(actor: string, wanted: readonly WantedEffect[]): Question[]
  now: () => number
  random: () => string
}

/** The whole batch waits for them: later than that they are effects like any other. */
const IN_TIME_MS = 250
/** After one that was late, nobody waits for answers for so long. */
const AFTER_LATE_MS = 5_000

/**
 * Adds to steps the answers to their own questions, before they are committed: a question that only
 * reads needs no commit of its own, no row, and no second picture. All of a batch are asked together.
 * One that fails or is late stays an effect, to be done after the commit.
 */
export function createAnswers({ ask, now, random }: AnswersDeps) {
  let notBefore = 0

  return async (works: readonly Work[]): Promise<void> => {
    if (now() < notBefore) return
    const asked = works.flatMap((work) =>
      mayBeAsked(work)
        ? ask(work.mailbox.id, inOrder(work.draft.effects.values())).map((question) => ({
            work,
            question,
          }))
        : [],
    )
    if (asked.length === 0) return
    const answers = asked.map(({ question }) => question.answer.catch(() => undefined))
    const events = await within(IN_TIME_MS, Promise.all(answers))
    if (events === undefined) notBefore = now() + AFTER_LATE_MS
    for (const [i, { work, question }] of asked.entries()) {
      const event = events?.[i]
      if (event !== undefined) add(work, question, event)
    }
  }

  function add(work: Work, { effect, key }: Question, answer: EventObject): void {
    const { draft } = work
    if ((draft.actor as LiveActor).snapshot.status !== 'active') return
    const event: Stamped = { ...answer, at: now(), rnd: random() }
    try {
      applyEvent(draft, key, event)
    } catch {
      // As an effect it comes to the same, and is kept for a person then.
      return
    }
    // Unless it was asked again by what the answer led to.
    if (draft.effects.get(effect.key)?.seq === effect.seq) draft.effects.delete(effect.key)
    const { version: seq } = draft.actor as LiveActor
    const state = draft.entries.at(-1)?.state as string
    work.answered.push({ seq, state, pending: { envelope: { event: answer, at: event.at } } })
  }
}

/** What the step itself writes beside its actor might be what is asked for. */
const mayBeAsked = ({ before, applied, draft }: Work): boolean =>
  before !== undefined && applied.length > 0 && draft.booked.length === 0

const inOrder = (effects: Iterable<WantedEffect>): WantedEffect[] =>
  [...effects].sort((a, b) => a.seq - b.seq || a.index - b.index)

async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
