import { z } from 'zod'
import type { MediaFile } from '../../machines/catalogue/media.ts'
import type { Answers } from '../../machines/catalogue/payload.ts'
import type { EffectDeclaration, Patience } from '../engine/effect.ts'
import { TIMERS } from '../engine/engine.ts'

/**
 * Queues by the slots that they share: taps never wait for a chat that Telegram holds back, neither
 * waits for the provider, and nothing for what people link to.
 */
export const QUEUES = [
  { names: ['answers', 'account', 'orders', 'events', 'maintenance', TIMERS], slots: 6 },
  { names: ['screens', 'notices', 'admin', 'invoices', 'operator'], slots: 10 },
  { names: ['uploads', 'creates', 'polls', 'deliveries', 'refunds', 'receipts'], slots: 16 },
  { names: ['probes'], slots: 4 },
] as const

export type QueueName = (typeof QUEUES)[number]['names'][number]

/** Declares one of the bot's effects; see `EffectDeclaration`. */
export const declareEffect = <const Name extends string, Params, Deps>(
  declaration: EffectDeclaration<Name, Params, Deps, QueueName>,
): EffectDeclaration<Name, Params, Deps, QueueName> => declaration

export const SECOND = 1_000
export const MINUTE = 60 * SECOND

/** Somebody looks at the screen, and what is read may be read again. */
export const ASKED: Patience = { priority: -15, attempts: 20, maxPauseMs: 5 * SECOND }

/** Somebody looks at the screen, and what was begun must be done. */
export const BEGUN: Patience = { priority: -15, attempts: 200, maxPauseMs: 30 * SECOND }

/** The turn of a chat: Telegram lets through only so much to each. */
export const chatTurn = ({ chatId }: { chatId: number }): string => `chat:${chatId}`

/** The turn of a chat with a user, whose id is the chat's. */
export const userTurn = ({ userId }: { userId: number }): string => `chat:${userId}`

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

// Their fields are checked where they are used, by the model's own rules.
export const answersSchema = z.custom<Answers>(isObject, 'no answers')
export const mediaSchema = z.custom<MediaFile>(isObject, 'no file')
export const languageSchema = z.enum(['ru', 'en'])
/** A user who asks; nothing else is needed. */
export const userSchema = z.object({ userId: z.int() })
