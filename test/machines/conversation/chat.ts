import assert from 'node:assert/strict'
import type { AnyMachineSnapshot } from 'xstate'
import type { MediaFile } from '../../../src/machines/catalogue/media.ts'
import type { Answers } from '../../../src/machines/catalogue/payload.ts'
import { callbackData } from '../../../src/machines/conversation/buttons.ts'
import type { ConversationContext, Inspection } from '../../../src/machines/conversation/context.ts'
import { createConversationDefinition } from '../../../src/machines/conversation/definition.ts'
import type {
  ButtonEvent,
  ConversationEvent,
  Refusal,
} from '../../../src/machines/conversation/events.ts'
import { priceOrder } from '../../../src/machines/conversation/order/price.ts'
import { type ResultTap, tapData } from '../../../src/machines/conversation/results/message-taps.ts'
import { answersTo } from '../../../src/machines/conversation/samples/answers.ts'
import { drawScreen } from '../../../src/machines/conversation/screens/draw.ts'
import {
  type Button,
  type Screen,
  tapsOf,
  type View,
} from '../../../src/machines/conversation/screens/screen.ts'
import { IMPROVEMENTS } from '../../../src/machines/conversation/wish/improvement.ts'
import type { Effect, Stamped } from '../../../src/machines/engine/definition.ts'
import { begin, stateName, step } from '../../../src/machines/engine/transition.ts'
import type { Language } from '../../../src/machines/texts/translate.ts'
import { resultAnswer } from './orders.ts'

export const view: View = {
  rates: {
    ...{ usdRubRate: 78.57, markup: 2 },
    terms: new Map([['z-image', { example: 'film-poster' }]]),
  },
  support: '@helpers',
  improvements: IMPROVEMENTS,
  kept: {
    journal: 30,
    orderWords: 180,
    results: 400,
    letters: 180,
    erasedMarks: 400,
    broadcasts: 180,
  },
  topup: { starsPerRub: 1.6, manualDetails: 'Bank <Best>\n4000 1234 5678 9010' },
}
export const conversation = createConversationDefinition(view)

export const photo: MediaFile = {
  kind: 'photo',
  fileId: 'AgAD',
  uniqueId: 'u1',
  size: 100_000,
  width: 1280,
  height: 960,
}

/** An account with something of everything. */
export const balanceFacts = {
  availableKopecks: 1_000,
  bonusKopecks: 300,
  heldKopecks: 5_000,
  free: { today: 3, limit: 5, bonus: 2, nextAt: null },
}

/** What the rest of the system says to an effect of the conversation. */
export type Backend = (effect: Effect) => ConversationEvent[]

const MIME = { image: 'image/png', video: 'video/mp4', audio: 'audio/mpeg' } as const

/** A look into a file finds what was hoped for. */
const look = (params: Effect['params']): ConversationEvent => {
  const { serial, media, expects } = params as unknown as Inspection
  const seen = { size: 100_000, width: 1280, height: 960, duration: 3, ...media }
  return { type: 'media.inspected', serial, media: { ...seen, kind: expects, mime: MIME[expects] } }
}

type TopupWish = { topupId: string; way: 'stars' | 'manual'; kopecks: number }

/** Prices as the real one does and starts every job. */
export const backendWith =
  (balanceKopecks: number, free = false): Backend =>
  ({ type, params }) => {
    const order = params as { modelId: string; answers: Answers; serial: number; jobId: string }
    const read = resultAnswer({ type, params })
    if (read !== undefined) return [read]
    if (/^(entries|invite|promo|admin|erasure|person|support|templates?|share)\./.test(type)) {
      return answersTo({ type, params }, view).slice(0, 1) as ConversationEvent[]
    }
    if (type === 'balance.request') {
      return [{ type: 'balance.read', ...balanceFacts, availableKopecks: balanceKopecks }]
    }
    if (type === 'topup.start') {
      const { topupId, way, kopecks } = params as TopupWish
      return [{ type: 'topup.opened', topupId, way, kopecks, stars: 160 }]
    }
    if (type === 'payments.request') {
      return [
        { type: 'payments.read', payments: [{ chargeId: 'c', stars: 1, kopecks: 62, at: 0 }] },
      ]
    }
    if (type === 'job.start') {
      return [{ type: 'job.started', jobId: order.jobId, modelId: order.modelId }]
    }
    if (type === 'media.inspect' || type === 'wish.inspect') return [look(params)]
    if (type === 'words.improve') {
      return answersTo({ type, params }, view).slice(0, 1) as ConversationEvent[]
    }
    if (type !== 'quote.request') return []
    const { serial } = order
    const priced = priceOrder(order, view.rates)
    if ('refusal' in priced) return [{ type: 'quote.refused', reason: priced.refusal, serial }]
    const priceKopecks = free ? 0 : priced.priceKopecks
    const { houseCredits: credits } = priced
    return [
      { type: 'quote.ready', priceKopecks, credits, availableKopecks: balanceKopecks, serial },
    ]
  }

export const rich = backendWith(10_000_000)
export const poor = backendWith(0)
/** Nothing costs anything. */
export const generous = backendWith(0, true)
/** Says nothing by itself: a test tells what happens. */
export const mute: Backend = () => []

/** Prices, but turns every start down. */
export const refusing =
  (reason: Refusal): Backend =>
  (effect) =>
    effect.type === 'job.start'
      ? [{ type: 'job.refused', jobId: effect.params.jobId as string, reason }]
      : rich(effect)

export const contextOf = (snapshot: AnyMachineSnapshot): ConversationContext => snapshot.context
export const stateOf = (snapshot: AnyMachineSnapshot): string => stateName(snapshot.value)

/** Late enough after everything so far that no tap counts as a double one. */
export const later = (snapshot: AnyMachineSnapshot): number => {
  const { leftAt, seenAt } = contextOf(snapshot)
  return Math.max(leftAt, seenAt, 1_700_000_000_000) + 10_000
}

/** Snapshots are never changed in place, so all chats may begin with the same. */
const newcomers = new Map<Language, AnyMachineSnapshot>()

export function newcomer(language: Language = 'ru'): AnyMachineSnapshot {
  const known = newcomers.get(language)
  if (known !== undefined) return known
  const { snapshot } = begin(conversation, { chatId: 7, userId: 7, languageCode: language })
  newcomers.set(language, snapshot)
  return snapshot
}

export interface Played {
  snapshot: AnyMachineSnapshot
  effects: Effect[]
}

/** One event and all that the backend answers to its effects, until nothing is left to say. */
export function play(
  from: AnyMachineSnapshot,
  event: ConversationEvent,
  backend: Backend,
  at = later(from),
): Played {
  const effects: Effect[] = []
  const queue: ConversationEvent[] = [event]
  let snapshot = from
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const time = next === event ? at : Math.max(at, contextOf(snapshot).leftAt)
    const outcome = step(conversation, snapshot, {
      ...next,
      at: time,
      rnd: `rnd${time}`,
    } as Stamped)
    snapshot = outcome.snapshot
    effects.push(...outcome.effects)
    queue.push(...outcome.effects.flatMap(backend))
  }
  return { snapshot, effects }
}

export const screenOf = (snapshot: AnyMachineSnapshot): Screen | null => drawScreen(snapshot, view)

/** The same moment for somebody who reads the other language. */
export const inOther = (snapshot: AnyMachineSnapshot): AnyMachineSnapshot => {
  const language: Language = contextOf(snapshot).language === 'ru' ? 'en' : 'ru'
  return { ...snapshot, context: { ...snapshot.context, language } }
}

export const tapOn = (screen: Screen, event: ButtonEvent): ConversationEvent => ({
  type: 'button.tapped',
  data: callbackData(screen, event),
  queryId: 'query',
})

/** One person's chat with the bot. */
export interface Chat {
  snapshot: AnyMachineSnapshot
  /** Effects of the last thing that happened. */
  effects: Effect[]
  readonly state: string
  readonly context: ConversationContext
  readonly screen: Screen
  readonly labels: string[]
  happen(event: ConversationEvent, afterMs?: number): void
  command(name: string, payload?: string): void
  text(words: string): void
  photo(caption?: string, groupId?: string): void
  file(media: MediaFile, groupId?: string): void
  button(label: string): Button
  /** Taps the first button whose label has this part. */
  press(label: string): void
  /** Taps a button on the message of a result. */
  tapResult(tap: ResultTap, afterMs?: number): void
  effect(type: string): Effect | undefined
}

export function createChat({
  language = 'ru',
  backend = rich,
}: {
  language?: Language
  backend?: Backend
} = {}): Chat {
  const chat: Chat = {
    snapshot: newcomer(language),
    effects: [],
    get state() {
      return stateOf(chat.snapshot)
    },
    get context() {
      return contextOf(chat.snapshot)
    },
    get screen() {
      return screenOf(chat.snapshot) ?? assert.fail(`nothing on the screen in ${chat.state}`)
    },
    get labels() {
      return chat.screen.keyboard.flat().map((b) => b.label)
    },
    happen(event, afterMs) {
      const at = afterMs === undefined ? later(chat.snapshot) : chat.context.leftAt + afterMs
      const played = play(chat.snapshot, event, backend, at)
      chat.snapshot = played.snapshot
      chat.effects = played.effects
    },
    command(name, payload = '') {
      chat.happen({ type: `command.${name}` as 'command.start', payload })
    },
    text: (words) => chat.happen({ type: 'text.received', text: words }),
    photo(caption, groupId) {
      const extras = { ...(caption && { caption }), ...(groupId && { groupId }) }
      chat.happen({ type: 'media.received', media: photo, ...extras })
    },
    file: (media, groupId) =>
      chat.happen({ type: 'media.received', media, ...(groupId && { groupId }) }),
    button(label) {
      const found = tapsOf(chat.screen.keyboard).find((b) => b.label.includes(label))
      return found ?? assert.fail(`no button ${label} among ${chat.labels.join(' | ')}`)
    },
    press(label) {
      chat.happen(tapOn(chat.screen, chat.button(label).event))
    },
    tapResult(tap, afterMs) {
      const data = tapData(tap)
      chat.happen({ type: 'button.tapped', data, queryId: 'query', messageId: 40 }, afterMs)
    },
    effect: (type) => chat.effects.find((e) => e.type === type),
  }
  return chat
}

/** From /start to a model's first question. */
export function openModel(chat: Chat, slug: string): void {
  chat.command('start', `m_${slug}`)
  chat.happen(tapOn(chat.screen, { type: 'draft.begun' }))
}

/** A job of the free model on its way. */
export function runJob(chat: Chat, words = 'кот'): string {
  openModel(chat, 'z-image')
  chat.text(words)
  chat.press('1:1')
  chat.press(chat.context.language === 'ru' ? 'Запустить' : 'Run')
  return chat.context.jobId ?? assert.fail('no job')
}
