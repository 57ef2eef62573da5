import { z } from 'zod'
import { coerceError, TerminalError } from '../../errors.ts'
import { resultCaption } from '../../machines/conversation/screens/run.ts'
import type { JobEvent } from '../../machines/job/events.ts'
import { JOB_STATUSES } from '../../machines/job/statuses.ts'
import { isFirstResult } from '../../store/jobs.ts'
import type { EffectHandler, EffectJob } from '../engine/effect.ts'
import { retryForever } from '../engine/retry-forever.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { Download } from '../media/download.ts'
import { createTransferGate, type TransferGate } from '../media/transfer-gate.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { orSeenTwice } from '../telegram/errors.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { PARTY_EFFECT } from '../telegram/send-media.ts'
import { chatTurn, declareEffect, languageSchema, MINUTE } from './declare.ts'
import { deliverFiles } from './deliver-files.ts'
import { openPart, openParts, recordName } from './deliver-parts.ts'
import { deliverText } from './deliver-text.ts'
import type { EffectDeps } from './deps.ts'
import { jobIdOf, type MarkupDeps, resultMarkup } from './result-markup.ts'
import { sendButtonsBelow } from './send-buttons.ts'
import { createSendFence } from './send-fence.ts'

const schema = z.object({
  chatId: z.int(),
  language: languageSchema,
  modelId: z.string(),
  priceKopecks: z.int(),
  courtesy: z.boolean(),
  result: z.object({ urls: z.array(z.string()), text: z.string().nullable() }),
  /** How often an operator had it sent again; absent: never. */
  round: z.int().optional(),
})

export type DeliverParams = z.infer<typeof schema>

export interface DeliverDeps extends Pick<EffectDeps, 'db' | 'now' | 'crashAt'>, MarkupDeps {
  runtime: Pick<Runtime, 'send'>
  api: TelegramApi
  flood: FloodGate
  download: Download
  /** Bounds the large files of all deliveries together. */
  transfers?: TransferGate
}

/**
 * Sends a finished result, part by part; each part is recorded before and after, so that a repeat
 * goes on where it stopped. A part whose answer was lost is sent again: losing it would be worse.
 */
export function createDeliverHandler(deps: DeliverDeps): EffectHandler<DeliverParams> {
  const { runtime, now, crashAt, transfers = createTransferGate() } = deps
  const fence = createSendFence({ ...deps, onSent: () => crashAt('result.sent') })
  const parted = { ...deps, fence }

  return async (job, signal) => {
    let event: JobEvent = { type: 'result.delivered' }
    try {
      await deliver(job, signal)
    } catch (thrown) {
      event = verdict(coerceError(thrown))
    }
    const { actor, seq, attempt } = job
    await retryForever(() => runtime.send({ actor, key: `${event.type}:${seq}.${attempt}`, event }))
    crashAt('result.recorded')
  }

  async function deliver(
    { actor, at, attempt, params }: EffectJob<DeliverParams>,
    signal: AbortSignal,
  ): Promise<void> {
    const { chatId, language, modelId, priceKopecks, courtesy, result } = params
    const { urls, text } = result
    const place = { actor: recordName(actor, params.round), chatId }
    const caption = resultCaption(modelId, priceKopecks, courtesy, language)
    const jobId = jobIdOf(actor)
    const buttons = resultMarkup(deps, { jobId, language })
    if (urls.length === 0) {
      const markup = await buttons
      if (text === null || text.trim() === '') {
        throw new TerminalError('media.unusable', { detail: 'The result is empty.' })
      }
      const part = await openPart(parted, place, 'text')
      if (!part.isSent) await part.send(() => deliverText(deps, { chatId, text, caption, markup }))
      return
    }
    const [markup, parts, isParty] = await Promise.all([
      buttons,
      openParts(parted, { ...place, count: urls.length }),
      // Only a message with one file can have it.
      urls.length === 1 && isFirstResult(deps.db, jobId, JOB_STATUSES.succeeded),
    ])
    const ticket = transfers.ticket()
    const effect = isParty ? PARTY_EFFECT : undefined
    const order = {
      ...{ chatId, language, modelId, urls, caption, attempt, parts, ticket, markup, effect },
    }
    try {
      await deliverFiles(deps, { ...order, ageMs: now() - at }, signal)
      if (markup !== undefined && urls.length > 1) {
        await sendButtonsBelow(parted, { ...place, language, count: urls.length, markup })
      }
    } finally {
      ticket.leave()
    }
  }
}

/** What a failed delivery means to the job; what may work later is thrown on, to be repeated. */
function verdict(error: Error): JobEvent {
  if (!(error instanceof TerminalError)) throw orSeenTwice(error)
  return { type: 'result.undeliverable', code: error.code }
}

export const deliverEffect = declareEffect({
  name: 'telegram.deliver',
  params: schema,
  delivery: 'once',
  queue: 'deliveries',
  // A paid result: go on for days, through any outage.
  patience: { attempts: 3_000, maxPauseMs: MINUTE },
  turn: chatTurn,
  exhausted: () => ({ type: 'result.undeliverable', code: 'telegram.unavailable' }),
  handler: createDeliverHandler,
})
