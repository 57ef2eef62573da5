import { z } from 'zod'
import type { MediaFile } from '../../machines/catalogue/media.ts'
import type { Answers } from '../../machines/catalogue/payload.ts'
import {
  declareQuestion as declareEngineQuestion,
  type EffectDeclaration,
  type Patience,
  type QuestionDeclaration,
} from '../engine/effect.ts'
import type { EffectDeps } from './deps.ts'

/**
 * How many effects of a queue one process runs at the same time. What is slow has a queue of its own:
 * taps never wait for a chat that Telegram holds back, deliveries never for the provider, and nothing
 * for what people link to. Waiting for a rate limit takes no slot (`gate`).
 */
export const SLOTS = {
  answers: 64,
  screens: 64,
  notices: 16,
  account: 32,
  orders: 8,
  events: 16,
  admin: 4,
  invoices: 8,
  operator: 4,
  uploads: 8,
  creates: 20,
  polls: 10,
  deliveries: 16,
  refunds: 4,
  receipts: 4,
  probes: 4,
  words: 8,
  maintenance: 2,
  broadcasts: 2,
} as const

export type QueueName = keyof typeof SLOTS

/** Declares one of the bot's effects; see `EffectDeclaration`. */
export const declareEffect = <const Name extends string, Params, Deps>(
  declaration: EffectDeclaration<Name, Params, Deps, QueueName>,
): EffectDeclaration<Name, Params, Deps, QueueName> => declaration

/** Declares one of the bot's questions; see `declareQuestion` of the engine. */
export const declareQuestion = <const Name extends string, Params, Deps extends EffectDeps>(
  declaration: QuestionDeclaration<Name, Params, Deps, QueueName>,
): EffectDeclaration<Name, Params, Deps, QueueName> => declareEngineQuestion(declaration)

export const SECOND = 1_000
export const MINUTE = 60 * SECOND

/** Somebody looks at the screen, and what is read may be read again. */
export const ASKED: Patience = { attempts: 20, maxPauseMs: 5 * SECOND }

/** Somebody looks at the screen, and what was begun must be done. */
export const BEGUN: Patience = { attempts: 200, maxPauseMs: 30 * SECOND }

/** The turn of a chat: Telegram lets through only so much to each. */
export const chatTurn = ({ chatId }: { chatId: number }): string => `chat:${chatId}`

/** The turn of a chat with a user, whose id is the chat's. */
export const userTurn = ({ userId }: { userId: number }): string => `chat:${userId}`

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

// Their fields are checked where they are used, by the model's own rules.
export const answersSchema = z.custom<Answers>(isObject, 'no answers')
export const mediaSchema = z.custom<MediaFile>(isObject, 'no file')
/** The message whose file is looked into. */
export const messageSchema = z.object({ chatId: z.int(), messageId: z.int() })
export const languageSchema = z.enum(['ru', 'en'])
/** A user who asks; nothing else is needed. */
export const userSchema = z.object({ userId: z.int() })
