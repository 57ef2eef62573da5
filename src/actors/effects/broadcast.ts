import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { RetryableError, TrtError, UnknownOutcomeError } from '../../errors.ts'
import type { Audience } from '../../machines/broadcast/audience.ts'
import type { BroadcastButton, BroadcastContent } from '../../machines/broadcast/content.ts'
import type { BroadcastEvent } from '../../machines/broadcast/events.ts'
import { mailKeyboard } from '../../machines/broadcast/keyboard.ts'
import { SENDING } from '../../machines/broadcast/statuses.ts'
import { conversationId } from '../../machines/conversation/actor-id.ts'
import type { Language } from '../../machines/texts/translate.ts'
import {
  giveUpRecipients,
  type Recipient,
  type RecipientOutcome,
  readWaitingRecipients,
  settleRecipient,
  takeRecipient,
  takeTurn,
  tallyRecipients,
} from '../../store/broadcasts.ts'
import { type EffectHandler, type EffectJob, effectKey } from '../engine/effect.ts'
import { retryForever } from '../engine/retry-forever.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { deepLink } from '../telegram/deep-link.ts'
import { isSourceGone } from '../telegram/errors.ts'
import { type FloodGate, SENDS_PER_S } from '../telegram/flood.ts'
import { isUnreachable } from '../telegram/send-gently.ts'
import { ASKED, declareEffect, languageSchema, MINUTE, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'

export interface BroadcastDeps extends EffectDeps {
  api: TelegramApi
  flood: FloodGate
  botId: number
  botUsername: () => Promise<string>
  /** What may be sent in a second over all chats; a broadcast takes five sixths of it. */
  sendsPerS?: number | undefined
}

/** Of 30 messages a second 25: the rest is for those who wait for an answer. */
const SHARE = 25 / SENDS_PER_S
const BATCH_S = 2
/** Calls under way at the same time; so many at most are in doubt after a death. */
const IN_FLIGHT = 8
/** Telegram can't be reached, or says so. */
const REST_MS = 5 * SECOND
/** So many refusals without a single success mean that the message is at fault. */
const REFUSALS = 3

const mailSchema = z.object({
  broadcastId: z.string(),
  content: z.custom<BroadcastContent>((value) => typeof value === 'object' && value !== null),
  buttons: z.custom<BroadcastButton[]>(Array.isArray),
})
type Mail = z.infer<typeof mailSchema>

const turnSchema = z.object({
  broadcastId: z.string(),
  audience: z.custom<Audience>((value) => typeof value === 'object' && value !== null),
})
const previewSchema = mailSchema.extend({ chatId: z.int(), language: languageSchema })
const batchSchema = mailSchema.extend({ batch: z.int() })

/** One message of a broadcast to one chat; resolves with its id. */
export function createMailer({ api, botUsername }: Pick<BroadcastDeps, 'api' | 'botUsername'>) {
  return async ({ content, ...mail }: Mail, chatId: number, language: Language) => {
    const username = await botUsername()
    const keyboard = mailKeyboard(mail, { language, isMuted: false }, (start) =>
      deepLink(username, start),
    )
    const { message_id } = await api.call('copyMessage', {
      ...{ chat_id: chatId, from_chat_id: content.chatId, message_id: content.messageId },
      reply_markup: { inline_keyboard: keyboard },
    })
    return message_id
  }
}

const answerer =
  ({ runtime }: Pick<BroadcastDeps, 'runtime'>) =>
  (job: EffectJob<unknown>, event: BroadcastEvent) =>
    runtime.send({ actor: job.actor, key: `from:${effectKey(job)}`, event })

/** Shows a broadcast to the admin who makes it, as people would get it. */
export function createPreviewHandler(
  deps: BroadcastDeps,
): EffectHandler<z.infer<typeof previewSchema>> {
  const mail = createMailer(deps)
  const answer = answerer(deps)
  return async (job) => {
    const { chatId, language, ...rest } = job.params
    try {
      await deps.flood.pass(chatId, { priority: 'screen' })
      await mail(rest, chatId, language)
      await answer(job, { type: 'preview.sent' })
    } catch (error) {
      if (!(error instanceof TrtError) || error instanceof RetryableError) throw error
      await answer(job, { type: 'preview.failed', code: error.code })
    }
  }
}

/** Fixes whom a broadcast is for, and takes the turn to send; see `takeTurn`. */
export function createTurnHandler(deps: BroadcastDeps): EffectHandler<z.infer<typeof turnSchema>> {
  const { db, botId } = deps
  const answer = answerer(deps)
  return async (job) => {
    const { broadcastId: id, audience } = job.params
    const total = await takeTurn(db, { id, filter: audience, botId })
    await answer(
      job,
      total === undefined ? { type: 'turn.refused' } : { type: 'turn.given', total },
    )
  }
}

/** What has come of a batch so far. */
interface Tally {
  sent: number
  refused: number
  code: string | null
  restMs: number
  /** Nobody more is taken. */
  stopped: boolean
  defect: unknown
}

/**
 * Sends a batch: each recipient is taken by their row right before the message leaves, so whoever was
 * taken is never sent to again, whatever happens to this process. Slower than Telegram allows, behind
 * everything that somebody waits for, and only while the broadcast is being sent.
 */
export function createBatchHandler(
  deps: BroadcastDeps,
): EffectHandler<z.infer<typeof batchSchema>> {
  const { db, flood, runtime, botId, sendsPerS = SENDS_PER_S } = deps
  const mail = createMailer(deps)
  const answer = answerer(deps)
  const perSecond = Math.max(1, sendsPerS * SHARE)
  const intervalMs = SECOND / perSecond

  async function sendTo(given: Mail, { userId, language }: Recipient): Promise<RecipientOutcome> {
    try {
      const messageId = await flood.watch(userId, () => mail(given, userId, language))
      return { status: 'sent', messageId }
    } catch (error) {
      if (!(error instanceof TrtError)) throw error
      const { code } = error
      if (error instanceof UnknownOutcomeError) return { status: 'lost', code }
      if (error instanceof RetryableError) {
        return { status: 'waiting', code, restMs: restOf(error) }
      }
      if (isSourceGone(error)) return { status: 'waiting', code: 'broadcast.gone' }
      return { status: isUnreachable(error) ? 'blocked' : 'failed', code }
    }
  }

  /** Takes one recipient and sends; `tally` says what came of it. */
  async function serve(
    given: Mail,
    recipient: Recipient,
    { taker, tally, signal }: { taker: string; tally: Tally; signal: AbortSignal },
  ): Promise<void> {
    const { broadcastId: id } = given
    const { userId } = recipient
    await flood.turn(userId, { priority: 'broadcast', signal })
    const taken = tally.stopped
      ? 'stopped'
      : await retryForever(() => takeRecipient(db, { id, userId, taker, sending: SENDING }))
    if (taken !== 'ours') {
      flood.giveBack(userId)
      if (taken === 'stopped') tally.stopped = true
      return
    }
    const outcome = await sendTo(given, recipient)
    // Before the row says so: after a death in between, nobody would mark them.
    if (outcome.status === 'blocked') await markBlocked(id, userId)
    // What Telegram has taken must not be forgotten because the database was away.
    await retryForever(() => settleRecipient(db, { id, userId, taker }, outcome))
    note(tally, outcome)
  }

  const markBlocked = (id: string, userId: number) =>
    retryForever(() =>
      runtime.send({
        actor: conversationId(botId, userId),
        key: `broadcast:${id}:blocked`,
        event: { type: 'user.blocked' },
      }),
    )

  return async (job, signal) => {
    const { batch, ...given } = job.params
    const { broadcastId: id } = given
    const taker = randomUUID()
    await giveUpRecipients(db, id, taker)
    const recipients = await readWaitingRecipients(db, id, Math.ceil(perSecond * BATCH_S))
    const tally: Tally = {
      ...{ sent: 0, refused: 0, code: null, restMs: 0 },
      ...{ stopped: false, defect: undefined },
    }
    const started = performance.now()
    const waitFor = (n: number) =>
      sleep(Math.max(0, started + n * intervalMs - performance.now()), undefined, { signal })
    let next = 0
    async function sendNext(): Promise<void> {
      while (!tally.stopped && next < recipients.length) {
        const n = next
        next += 1
        try {
          await waitFor(n)
          await serve(given, recipients[n] as Recipient, { taker, tally, signal })
        } catch (error) {
          tally.stopped = true
          tally.defect ??= error
        }
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, sendNext))
    if (signal.aborted) throw new RetryableError('runtime.draining')
    if (tally.defect !== undefined) throw tally.defect
    // The next batch keeps the pace, too.
    if (!tally.stopped) await waitFor(recipients.length)
    await answer(job, {
      type: 'batch.done',
      batch,
      progress: await tallyRecipients(db, id),
      restMs: tally.restMs,
      code: tally.code ?? null,
    })
  }
}

const restOf = (error: TrtError): number =>
  error instanceof RetryableError ? (error.retryAfterMs ?? REST_MS) : MINUTE

/** A refusal stops the batch where it would hit everybody: the limit, the connection, the message. */
function note(tally: Tally, outcome: RecipientOutcome): void {
  switch (outcome.status) {
    case 'sent':
    case 'blocked':
      tally.sent += 1
      return
    case 'failed':
      tally.refused += 1
      if (tally.sent > 0 || tally.refused < REFUSALS) return
      tally.code = outcome.code
      tally.stopped = true
      return
    case 'waiting':
      tally.stopped = true
      if (outcome.restMs === undefined) tally.code = outcome.code
      else tally.restMs = Math.max(tally.restMs, outcome.restMs)
  }
}

const STUCK = { type: 'step.failed', code: 'broadcast.stuck' } as const satisfies BroadcastEvent

export const broadcastEffects = [
  declareEffect({
    name: 'broadcast.preview',
    params: previewSchema,
    delivery: 'once',
    queue: 'admin',
    patience: ASKED,
    exhausted: () => ({ type: 'preview.failed', code: 'broadcast.stuck' }),
    handler: createPreviewHandler,
  }),
  declareEffect({
    name: 'broadcast.turn',
    params: turnSchema,
    delivery: 'once',
    queue: 'broadcasts',
    patience: { attempts: 200, maxPauseMs: 5 * SECOND },
    exhausted: () => STUCK,
    handler: createTurnHandler,
  }),
  declareEffect({
    name: 'broadcast.batch',
    params: batchSchema,
    delivery: 'once',
    queue: 'broadcasts',
    patience: { attempts: 1_000, maxPauseMs: 5 * SECOND },
    exhausted: () => STUCK,
    handler: createBatchHandler,
  }),
] as const
