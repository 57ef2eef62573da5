import { type AnswerValue, checkAnswer } from '../../src/machines/catalogue/answers.ts'
import type { Model } from '../../src/machines/catalogue/catalogue.ts'
import type { MediaFile } from '../../src/machines/catalogue/media.ts'
import type { Answers } from '../../src/machines/catalogue/payload.ts'
import {
  nextRequired,
  type Question,
  questionsOf,
  staleAnswers,
} from '../../src/machines/catalogue/questions.ts'

/** Draws a number from 0 up to, not including, `n`. */
export type Draw = (n: number) => number

const fileOf = (question: Question): MediaFile => {
  const kind = question.media?.kind ?? 'image'
  return { kind, duration: 3, width: 1000, height: 1000, fileId: `${kind}-file` }
}

/** A number within the bounds, on the question's grid. */
function numberFor({ min = 0, max = min + 9, step = 1, integer }: Question, draw: Draw): number {
  if (integer) return min + draw(Math.floor((max - min) / step) + 1) * step
  return Math.round((min + draw(Math.floor((max - min) * 10) + 1) / 10) * 100) / 100
}

/** What becomes of a typed text; the question must take it. */
function typed(question: Question, text: string): AnswerValue {
  const checked = checkAnswer(question, text)
  if (!checked.ok) throw new Error(`${question.field}: ${text}: ${checked.problem.code}`)
  return checked.value
}

/** An answer that the question allows. */
export function answerTo(question: Question, draw: Draw): AnswerValue {
  const { kind, options = [], media } = question
  if (kind === 'choice' || kind === 'toggle')
    return options[draw(options.length)]?.value ?? 'no option'
  if (media) {
    if (kind === 'media') return fileOf(question)
    const count = media.minItems + draw(media.maxItems - media.minItems + 1)
    return Array.from({ length: count }, () => fileOf(question))
  }
  if (kind === 'number') return typed(question, String(numberFor(question, draw)))
  if (kind === 'shots') return [{ Scene: 'a cat', duration: 5 }]
  if (question.link) return 'https://sora.chatgpt.com/p/s_1'
  return typed(question, 'слово '.repeat(draw(30) + 1).slice(0, question.maxLength ?? 500))
}

/** Walks the wizard as a user would, until everything required is answered and nothing is stale. */
export function walk(model: Model, draw: Draw, start: Answers = {}): Record<string, unknown> {
  const answers: Record<string, unknown> = { ...start }
  for (const optional of questionsOf(model, answers).filter((q) => !q.required)) {
    const now = questionsOf(model, answers).find((q) => q.field === optional.field)
    if (now && draw(2) === 1) answers[now.field] = answerTo(now, draw)
  }
  for (let turn = 0; turn < 100; turn += 1) {
    const stale = staleAnswers(model, answers)
    for (const field of stale) delete answers[field]
    const next = nextRequired(model, answers)
    if (next === undefined && stale.length === 0) return answers
    if (next) answers[next.field] = answerTo(next, draw)
  }
  throw new Error(`${model.id}: the wizard does not end`)
}
