import { z } from 'zod'
import { coerceError, TerminalError } from '../../errors.ts'
import { resultCaption } from '../../machines/conversation/screens/run.ts'
import type { Language } from '../../machines/texts/translate.ts'
import { readJob, type StoredJob } from '../../store/jobs.ts'
import { type EffectHandler, effectKey } from '../engine/effect.ts'
import type { TransferGate } from '../media/transfer-gate.ts'
import { orSeenTwice } from '../telegram/errors.ts'
import { type StoredFile, sendAgain } from '../telegram/send-again.ts'
import { CAPTION_LIMIT, fitHtml } from '../telegram/send-caption.ts'
import { isUnreachable, sendGently } from '../telegram/send-gently.ts'
import type { InlineMarkup, Words } from '../telegram/send-media.ts'
import { type Sent, sentFile } from '../telegram/send-record.ts'
import { chatTurn, declareEffect, languageSchema, SECOND } from './declare.ts'
import { deliverFiles, type FilesDeps } from './deliver-files.ts'
import { openPart, openParts, type Parts } from './deliver-parts.ts'
import { deliverText } from './deliver-text.ts'
import { lostText } from './deliver-words.ts'
import type { EffectDeps } from './deps.ts'
import { type MarkupDeps, resultMarkup } from './result-markup.ts'
import { sendButtonsBelow } from './send-buttons.ts'
import { createSendFence } from './send-fence.ts'
import { readSentFiles, type SentFiles } from './sent-files.ts'

/** Parameters of `telegram.sendAgain` and `telegram.sendOriginal`. */
const schema = z.object({
  /** A job that ran in this very chat; any other is not shown. */
  jobId: z.string(),
  chatId: z.int(),
  language: languageSchema,
})

export type ShowResultParams = z.infer<typeof schema>

export interface ShowResultDeps
  extends FilesDeps,
    MarkupDeps,
    Pick<EffectDeps, 'db' | 'now' | 'log' | 'runtime'> {
  readonly transfers: TransferGate
}

/** A person waits: what doesn't come at the third try is replaced by what Telegram has. */
const PATIENCE = { tries: 3, goneAfterMs: 0 }

interface Result {
  urls: string[]
  text: string | null
}

/**
 * Shows a delivered result once more, as it was: by Telegram's own ids, which work for ever. What was
 * never sent as a file (a link, a blocked chat) is fetched anew as long as it lives.
 */
export const createSendAgainHandler = (deps: ShowResultDeps): EffectHandler<ShowResultParams> =>
  showResult(deps, async ({ chatId, stored, parts, caption, markup }) => {
    for (const { index, files } of stored) {
      const [first, ...others] = files
      if (first === undefined || parts.isSent(index)) continue
      const words = parts.anySent() ? {} : { caption: fitHtml(caption, CAPTION_LIMIT) }
      await parts
        .send(index, () => sendAgain(deps, chatId, [first, ...others], { ...words, markup }))
        // An id that this bot doesn't know (any more): the file itself is the next best.
        .catch(unlessRefused)
    }
    return { markup }
  })

/**
 * Sends the files of a result as they came from the provider, which Telegram's photos and films are
 * not. Where they are gone, the copy that Telegram has goes instead, and says so.
 */
export const createSendOriginalHandler = (deps: ShowResultDeps): EffectHandler<ShowResultParams> =>
  showResult(deps, async () => ({ asDocuments: true }))

interface Shown {
  readonly chatId: number
  readonly stored: readonly SentFiles[]
  readonly parts: Parts
  readonly caption: string
  /** Buttons of a result in one message. */
  readonly markup: InlineMarkup | undefined
}

function showResult(
  deps: ShowResultDeps,
  begin: (shown: Shown) => Promise<{ asDocuments?: boolean; markup?: InlineMarkup | undefined }>,
): EffectHandler<ShowResultParams> {
  const { api, flood, db, log, now, runtime, transfers, crashAt } = deps
  const parted = { ...deps, fence: createSendFence({ db, onSent: () => crashAt('result.sent') }) }

  return async (job, signal) => {
    const { jobId, chatId, language } = job.params
    const row = await readJob(db, jobId)
    if (row === undefined || row.chat_id !== chatId) {
      log.warn({ job: jobId }, 'a result was asked for where it does not belong')
      return
    }
    const result = row.result as Result | null
    const { urls = [], text = null } = result ?? {}
    const caption = captionOf(row, language)
    // Each tap is an effect of its own: the same one again shows only what is still missing.
    const place = { actor: `show:${effectKey(job)}`, chatId }
    const buttons = await resultMarkup(deps, { jobId, language })
    const files = async (): Promise<void> => {
      const stored = await readSentFiles(db, jobId, urls.length)
      const parts = await openParts(parted, { ...place, count: urls.length })
      const markup = urls.length === 1 ? buttons : undefined
      const shown = await begin({ chatId, stored, parts, caption, markup })
      const { asDocuments = false } = shown
      const ticket = transfers.ticket()
      const { attempt, at } = job
      const order = {
        ...{ chatId, language, urls, caption, attempt, parts, ticket, asDocuments },
        markup: shown.markup,
      }
      const replace = (index: number, words: Words) =>
        sendCopy(chatId, fileAt(stored, index), language, words)
      const rest = { modelId: row.model_id, ageMs: now() - at, patience: PATIENCE, replace }
      await deliverFiles(deps, { ...order, ...rest }, signal).finally(() => ticket.leave())
      if (!asDocuments && buttons !== undefined && urls.length > 1) {
        const count = urls.length
        await sendButtonsBelow(parted, { ...place, language, count, markup: buttons })
      }
    }
    try {
      if (urls.length === 0) await words({ ...place, text, caption, language, markup: buttons })
      else await files()
    } catch (thrown) {
      return rethrow(coerceError(thrown))
    }
    // So that the screen is shown again beneath it.
    const event = { type: 'result.sent', jobId }
    await runtime.send({ actor: job.actor, key: `sent:${effectKey(job)}`, event })
  }

  async function words(wanted: {
    actor: string
    chatId: number
    text: string | null
    caption: string
    language: Language
    markup: InlineMarkup | undefined
  }): Promise<void> {
    const { chatId, text, caption, language, markup } = wanted
    const part = await openPart(parted, wanted, 'text')
    if (part.isSent) return
    await part.send(() =>
      text === null
        ? say(chatId, lostText(language, 'nothing', caption))
        : deliverText(deps, { chatId, text, caption, markup }),
    )
  }

  async function sendCopy(
    chatId: number,
    file: StoredFile | undefined,
    language: Language,
    { caption, markup }: Words,
  ): Promise<Sent> {
    if (file !== undefined) {
      const note = fitHtml(lostText(language, 'copy', caption), CAPTION_LIMIT)
      const copy = await sendAgain(deps, chatId, [file], { caption: note, markup }).catch(
        unlessRefused,
      )
      if (copy !== undefined) return copy
    }
    return say(chatId, lostText(language, 'nothing', caption))
  }

  async function say(chatId: number, text: string): Promise<Sent> {
    const send = () => api.call('sendMessage', { chat_id: chatId, text, parse_mode: 'HTML' })
    return sentFile(await sendGently(flood, chatId, send))
  }
}

const captionOf = (row: StoredJob, language: Language): string =>
  resultCaption(row.model_id, row.courtesy ? 0 : row.price_kopecks, row.courtesy, language)

function fileAt(stored: readonly SentFiles[], index: number): StoredFile | undefined {
  const part = stored.findLast((p) => p.index <= index)
  return part?.files[index - part.index]
}

/** Goes on when Telegram said no to this very file; nothing else is swallowed. */
function unlessRefused(error: unknown): undefined {
  const isAboutFile = error instanceof TerminalError && !isUnreachable(error)
  if (!isAboutFile) throw error
  return undefined
}

/** Who blocked the bot misses nothing: the result stays where it is. */
function rethrow(error: Error): void {
  if (isUnreachable(error)) return
  throw orSeenTwice(error)
}

const declareShow = <const Name extends string>(
  name: Name,
  handler: (deps: ShowResultDeps) => EffectHandler<ShowResultParams>,
) =>
  declareEffect({
    name,
    params: schema,
    delivery: 'once',
    queue: 'deliveries',
    // Asked for by a person who can ask again.
    patience: { attempts: 50, maxPauseMs: 30 * SECOND },
    turn: chatTurn,
    exhausted: null,
    handler,
  })

export const showResultEffects = [
  declareShow('telegram.sendAgain', createSendAgainHandler),
  declareShow('telegram.sendOriginal', createSendOriginalHandler),
] as const
