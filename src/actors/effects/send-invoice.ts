import { z } from 'zod'
import { TerminalError } from '../../errors.ts'
import { formatRub } from '../../machines/catalogue/pricing.ts'
import { translator } from '../../machines/texts/translate.ts'
import type { TopupEvent } from '../../machines/topup/events.ts'
import { type EffectHandler, effectKey } from '../engine/effect.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { orSeenTwice } from '../telegram/errors.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { sendGently } from '../telegram/send-gently.ts'
import { chatTurn, declareEffect, languageSchema, MINUTE } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const schema = z.object({
  topupId: z.string(),
  chatId: z.int(),
  language: languageSchema,
  kopecks: z.int(),
  stars: z.int(),
})

/**
 * Puts the invoice into the chat. One that may have arrived is sent again: the other one is refused
 * at its checkout once this one is paid. With a start parameter a forwarded copy can't be paid.
 * https://core.telegram.org/bots/api#sendinvoice
 */
export const createInvoiceHandler =
  (
    deps: EffectDeps & { api: TelegramApi; flood: FloodGate },
  ): EffectHandler<z.infer<typeof schema>> =>
  async (job) => {
    const { runtime, api, flood, crashAt } = deps
    const { topupId, chatId, language, kopecks, stars } = job.params
    const t = translator(language)
    const amount = formatRub(kopecks, language)
    const send = () =>
      api.call('sendInvoice', {
        chat_id: chatId,
        title: t('invoice.title'),
        description: t('invoice.description', { amount }),
        payload: topupId,
        provider_token: '',
        currency: 'XTR',
        prices: [{ label: t('invoice.title'), amount: stars }],
        start_parameter: 'topup',
      })
    let event: TopupEvent
    try {
      const { message_id: messageId } = await sendGently(flood, chatId, send)
      crashAt('invoice.sent')
      event = { type: 'invoice.sent', messageId }
    } catch (error) {
      if (!(error instanceof TerminalError)) throw orSeenTwice(error)
      event = { type: 'invoice.failed', code: error.code }
    }
    await runtime.send({ actor: job.actor, key: `invoice:${effectKey(job)}`, event })
  }

export const invoiceEffect = declareEffect({
  name: 'telegram.invoice',
  params: schema,
  delivery: 'once',
  queue: 'invoices',
  patience: { attempts: 60, maxPauseMs: MINUTE },
  turn: chatTurn,
  exhausted: () => ({ type: 'invoice.failed', code: 'telegram.unavailable' }),
  handler: createInvoiceHandler,
})
