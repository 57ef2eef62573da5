import assert from 'node:assert/strict'
import { filesOf } from '../../../src/machines/catalogue/answer-files.ts'
import type { Shot } from '../../../src/machines/catalogue/answers.ts'
import { type Model, needsEarlierResult } from '../../../src/machines/catalogue/catalogue.ts'
import type { MediaFile, MediaKind } from '../../../src/machines/catalogue/media.ts'
import { buildInput, buildRequest } from '../../../src/machines/catalogue/payload.ts'
import type { MediaRules, Question } from '../../../src/machines/catalogue/questions.ts'
import type { ButtonEvent } from '../../../src/machines/conversation/events.ts'
import {
  askNext,
  currentQuestion,
  extraQuestions,
  newDraft,
} from '../../../src/machines/conversation/order/draft.ts'
import { tapsOf } from '../../../src/machines/conversation/screens/screen.ts'
import { fromStored } from '../../../src/machines/engine/transition.ts'
import type { Language } from '../../../src/machines/texts/translate.ts'
import { type Chat, conversation, createChat, photo, tapOn } from '../conversation/chat.ts'

/** How a person fills in an order. */
export interface Person {
  language: Language
  /** What they want of a field; undefined: they leave it alone if they may. */
  wants(question: Question): unknown
  /** How they send a file. */
  send(kind: MediaKind): MediaFile | string
}

/** Files of which Telegram tells everything. */
export const plain: Record<MediaKind, MediaFile> = {
  image: photo,
  video: { kind: 'video', fileId: 'BAAC', mime: 'video/mp4', size: 900_000, duration: 5 },
  audio: { kind: 'voice', fileId: 'AwAC', mime: 'audio/ogg', size: 20_000, duration: 5 },
}

/** Files that must be looked into first. */
export const untold: Record<MediaKind, MediaFile | string> = {
  image: { kind: 'document', fileId: 'BQAC', mime: 'image/png', fileName: 'cat.png', size: 9_000 },
  video: 'https://example.com/cat.mp4',
  audio: { kind: 'audio', fileId: 'CQAC', mime: 'audio/mpeg', size: 90_000, duration: 5 },
}

/** Every text and label that was on the screen, without what the person wrote. */
export interface Walk {
  chat: Chat
  said: string[]
}

const MAX_STEPS = 200

/** A chat at the first question of a model, whether it is on offer or not. */
export function beginAt(model: Model, language: Language): Chat {
  const chat = createChat({ language })
  chat.command('start', `m_${model.slug}`)
  assert.equal(chat.state, 'browsing.card')
  const begin = tapsOf(chat.screen.keyboard).find((b) => b.event.type === 'draft.begun')
  if (begin) {
    chat.happen(tapOn(chat.screen, begin.event))
    return chat
  }
  // What the card does not offer is begun as an order that was left and is taken up again.
  const answers = needsEarlierResult(model) ? { task_id: 'task_grok_12345678' } : {}
  const context = { ...chat.context, draft: askNext({ ...newDraft(model.id), answers }) }
  chat.snapshot = fromStored(conversation, { value: 'help', context, status: 'active' })
  tap(chat, { type: 'order.resumed' })
  return chat
}

/** From the first question to the preview, and through the settings that the person cares about. */
export function walk(model: Model, person: Person): Walk {
  const chat = beginAt(model, person.language)
  const said: string[] = []
  const tried = new Set<string>()
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const { text, keyboard } = chat.screen
    said.push(text, ...keyboard.flat().map((b) => b.label))
    const draft = chat.context.draft ?? assert.fail('the order is gone')
    const question = currentQuestion(chat.context)
    if (question !== undefined) {
      tried.add(question.field)
      answer(chat, question, person)
      continue
    }
    const next = extraQuestions(draft).find(
      (q) => !tried.has(q.field) && person.wants(q) !== undefined,
    )
    if (chat.state === 'drafting.preview') {
      if (next === undefined) return { chat, said }
      tap(chat, { type: 'extras.opened' })
    } else {
      tap(chat, next ? { type: 'field.opened', field: next.field } : { type: 'back.pressed' })
    }
  }
  return assert.fail(`${model.id}: the wizard does not end`)
}

/** Taps the button that stands for this, on whatever page it is. */
export function tap(chat: Chat, event: ButtonEvent): void {
  const same = (b: { event: ButtonEvent }) => JSON.stringify(b.event) === JSON.stringify(event)
  const page = chat.context.draft?.page ?? 0
  const forth: ButtonEvent = { type: 'page.turned', page: page + 1 }
  if (
    !tapsOf(chat.screen.keyboard).some(same) &&
    tapsOf(chat.screen.keyboard).some((b) => JSON.stringify(b.event) === JSON.stringify(forth))
  ) {
    chat.happen(tapOn(chat.screen, forth))
    tap(chat, event)
    return
  }
  assert.ok(
    tapsOf(chat.screen.keyboard).some(same),
    `no button ${JSON.stringify(event)} on ${chat.screen.text}`,
  )
  chat.happen(tapOn(chat.screen, event))
}

/** Answers a question by the button or message that a person would choose. */
function answer(chat: Chat, question: Question, person: Person): void {
  const wanted = person.wants(question)
  const { kind, media } = question
  if (kind === 'choice' || kind === 'toggle') {
    tap(chat, { type: 'option.chosen', value: wanted as string })
  } else if (media) {
    for (let i = 0; i < (kind === 'media' ? 1 : Number(wanted)); i += 1) {
      const sent = acceptable(person.send(media.kind), media)
      if (typeof sent === 'string') chat.text(sent)
      else chat.file(sent)
    }
    if (kind === 'media-list') tap(chat, { type: 'answer.kept' })
  } else if (kind === 'shots') {
    const shots = wanted as readonly Shot[]
    chat.text(shots.map((s) => `${s.duration} — ${s.Scene}`).join('\n'))
    tap(chat, { type: 'answer.kept' })
  } else {
    chat.text(String(wanted))
  }
  const { hint } = chat.context
  assert.ok(hint === null || !('problem' in hint), `${question.field}: ${JSON.stringify(hint)}`)
}

/** Not every model takes a voice message: then it is a file of a type that it takes. */
export function acceptable(
  file: MediaFile | string,
  { kind, accept }: MediaRules,
): MediaFile | string {
  if (typeof file === 'string' || kind !== 'audio' || file.kind !== 'voice') return file
  if (accept.includes('audio/ogg')) return file
  return { ...file, kind: 'audio', mime: accept[0] }
}

/** The create request of an order, as if its files had been uploaded. */
export function requestOf(model: Model, answers: Readonly<Record<string, unknown>>) {
  const uploads = Object.fromEntries(
    Object.entries(answers).map(([field, value]) => [
      field,
      filesOf(value).map((_, i) => `https://files.example/${field}-${i + 1}`),
    ]),
  )
  const input = buildInput(model, answers, uploads)
  return { input, ...buildRequest(model, input, 'https://bot.example/callbacks/kie') }
}
