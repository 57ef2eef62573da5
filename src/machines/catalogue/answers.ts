import type { MediaFile } from './media.ts'
import { fileProblem } from './media-check.ts'
import { lengthProblem } from './media-length.ts'
import type { Problem, ProblemCode } from './problem.ts'
import type { MediaRules, Question } from './questions.ts'
import type { Scalar } from './schema.ts'

/** One scene of a storyboard; the key with the capital letter is the provider's. */
export interface Shot {
  readonly Scene: string
  readonly duration: number
}

/** An answer as the conversation keeps it: plain JSON, scalars in the provider's own types. */
export type AnswerValue =
  | Scalar
  | MediaFile
  | readonly MediaFile[]
  | readonly string[]
  | readonly Shot[]

export type Checked =
  | { readonly ok: true; readonly value: AnswerValue }
  | { readonly ok: false; readonly problem: Problem }

/** What a user can answer with: a typed text, one file, or the files gathered so far. */
export type RawAnswer = string | MediaFile | readonly MediaFile[]

export interface Given {
  /** A web address may stand for a file. */
  readonly links?: boolean
  /** Files will be probed: what is not known of them yet is no reason to refuse. */
  readonly unseen?: boolean
}

const ok = (value: AnswerValue): Checked => ({ ok: true, value })
const no = (code: ProblemCode, params: Problem['params'] = {}): Checked => ({
  ok: false,
  problem: { code, params },
})

/**
 * Checks what a user sent in answer to a question. A value that passes has the provider's exact
 * type; buttons need no check, their options carry such values already.
 */
export function checkAnswer(question: Question, raw: RawAnswer, given: Given = {}): Checked {
  if (question.media) return checkMedia(question, question.media, raw, given)
  if (typeof raw !== 'string') return no('text.expected')
  const text = raw.trim()
  switch (question.kind) {
    case 'choice':
    case 'toggle':
      return checkChoice(question, text)
    case 'number':
      return checkNumber(question, text)
    case 'shots':
      return checkShots(question, text)
    case 'list':
      return checkList(question, text)
    default:
      return question.link ? checkLink(question, text) : checkText(question, text)
  }
}

const lengthOf = (text: string) => [...text].length

function checkText(question: Question, text: string): Checked {
  const length = lengthOf(text)
  const min = Math.max(1, question.minLength ?? 1)
  if (length < min) return no('text.short', { min, length })
  const max = question.maxLength
  return max !== undefined && length > max ? no('text.long', { max, length }) : ok(text)
}

/** Comparable form of a typed choice: no case, no signs, no explanation after the dash. */
const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}:.,+\s—-]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()

const affirmations = new Set(['да', 'yes', 'on', 'вкл', '+', 'ага', 'true'])
const negations = new Set(['нет', 'no', 'off', 'выкл', '-', 'false'])

/** What people write for a value, in the form of the values: `16 на 9` is 16:9, `5 сек` is 5. */
const spelled = (typed: string): string =>
  typed
    .replace(/^(\d+)\s*(?::|x|х|на|by)\s*(\d+)$/, '$1:$2')
    .replace(/^(\d+(?:[.,]\d+)?)\s*(?:с|сек|секунд[аы]?|s|sec|seconds?)\.?$/, '$1')

/** Words of a label apart from its dashes and commas. */
const partsOf = (label: string): string[] => label.split(/ — |, /).map((part) => part.trim())

/** A value as it stands on its button, or a part of that which only one button has. */
function checkChoice({ options = [], kind }: Question, text: string): Checked {
  const typed = plain(text)
  const exact = options.find((o) => String(o.value) === text)
  if (exact) return ok(exact.value)
  if (kind === 'toggle' && affirmations.has(typed)) return ok(true)
  if (kind === 'toggle' && negations.has(typed)) return ok(false)
  if (typed === '') return no('choice.unknown')
  const choices = options.map(({ value, label }) => {
    const labels = [label('ru'), label('en')].map(plain)
    const heads = labels.map((l) => l.split(' — ')[0] as string)
    const wholes = [plain(String(value)), ...labels, ...heads]
    return { value, wholes, parts: labels.flatMap(partsOf) }
  })
  const ways: ((choice: (typeof choices)[number]) => boolean)[] = [
    ({ wholes }) => wholes.includes(typed),
    ({ wholes }) => wholes.includes(spelled(plain(text.replaceAll('/', ':')))),
    ({ parts }) => parts.includes(typed),
  ]
  for (const fits of ways) {
    const [only, second] = choices.filter(fits)
    if (only && !second) return ok(only.value)
  }
  return no('choice.unknown')
}

function checkNumber(question: Question, text: string): Checked {
  const { min, max, step, integer, asText } = question
  const isNamed = /\p{L}/u.test(text)
  const chosen = isNamed ? checkChoice(question, text) : no('choice.unknown')
  if (chosen.ok) return chosen
  const written = spelled(text.trim().toLowerCase())
    .replace(/\s/g, '')
    .replace(',', '.')
    .replace('−', '-')
  if (!/^[+-]?\d{1,15}(\.\d{1,6})?$/.test(written)) return no('number.invalid')
  const value = Number(written)
  if (integer && !Number.isInteger(value)) return no('number.integer')
  if (value < (min ?? value) || value > (max ?? value))
    return no('number.range', { min: min ?? '−∞', max: max ?? '∞' })
  if (integer && step !== undefined && value % step !== 0) return no('number.multiple', { step })
  return ok(asText ? String(value) : value)
}

/** A public web address that is safe to hand on: https, no password, no bare or local host. */
function httpsUrl(text: string): URL | undefined {
  if (text.length > 2048 || /\s/.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const host = url.hostname
  const named = /^([a-z0-9-]+\.)+[a-z][a-z0-9-]+$/.test(host) && !/\.(local|internal)$/.test(host)
  const secret = url.username !== '' || url.password !== '' || host === 'api.telegram.org'
  return url.protocol === 'https:' && named && !secret ? url : undefined
}

function checkLink({ pattern, maxLength = 2048 }: Question, text: string): Checked {
  const url = httpsUrl(text)
  if (url === undefined || (pattern && !new RegExp(pattern).test(text))) return no('link.invalid')
  return text.length > maxLength
    ? no('text.long', { max: maxLength, length: text.length })
    : ok(text)
}

function checkMedia(question: Question, rules: MediaRules, raw: RawAnswer, given: Given): Checked {
  const link = typeof raw === 'string' && given.links ? linkFile(raw) : undefined
  if (typeof raw === 'string' && link === undefined && given.links && isLinkLike(raw))
    return no('link.invalid')
  const files = link ? [link] : typeof raw === 'string' ? [] : [raw].flat()
  for (const file of files) {
    const problem = fileProblem(rules, file, given.unseen)
    if (problem) return { ok: false, problem }
  }
  // What the sender claims of the length is no reason to refuse a file that will be looked into.
  const span = given.unseen ? undefined : lengthProblem(rules, files)
  if (span) return { ok: false, problem: span }
  const [first] = files
  if (first === undefined) return no('media.expected', { media: rules.kind })
  if (files.length > rules.maxItems) return no('media.many', { max: rules.maxItems })
  if (question.kind === 'media') return ok(first)
  const few = Array.isArray(raw) && files.length < rules.minItems
  return few ? no('media.few', { min: rules.minItems }) : ok(files)
}

/** Written like a web address, however wrong: no words. */
export const isLinkLike = (text: string): boolean => /^\s*([a-z]+:\/\/|www\.)\S+\s*$/i.test(text)

function linkFile(text: string): MediaFile | undefined {
  const url = httpsUrl(text.trim())
  return url && { kind: 'link', url: url.href }
}

function checkList({ maxItems = Infinity }: Question, text: string): Checked {
  const items = text.split(/[\n,]/).map((s) => s.trim())
  const given = items.filter((s) => s !== '')
  if (given.length === 0) return no('text.short', { min: 1, length: 0 })
  return given.length > maxItems ? no('list.many', { max: maxItems }) : ok(given)
}

/** Scenes as lines: length in seconds, a dash or colon, what happens. */
function checkShots({ maxItems = Infinity, maxTotal = Infinity }: Question, text: string): Checked {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const shots = lines.map((line) =>
    /^\s*(\d+(?:[.,]\d+)?)\s*[^\s\d]*\s*[-—–:]\s*(\S.*)$/u.exec(line),
  )
  if (lines.length === 0 || shots.includes(null)) return no('shots.format')
  if (lines.length > maxItems) return no('list.many', { max: maxItems })
  const parsed = shots.map((m) => ({
    Scene: m?.[2]?.trim() ?? '',
    duration: Number(m?.[1]?.replace(',', '.')),
  }))
  const fits = parsed.every((s) => s.duration >= 0.1 && s.duration <= 15)
  if (!fits) return no('number.range', { min: 0.1, max: 15 })
  const total = secondsOf(parsed)
  return total > maxTotal ? no('shots.total', { max: maxTotal, total }) : ok(parsed)
}

/** Length of all scenes together, in seconds. */
export const secondsOf = (shots: readonly Shot[]): number =>
  Math.round(shots.reduce((sum, { duration }) => sum + duration, 0) * 1000) / 1000
