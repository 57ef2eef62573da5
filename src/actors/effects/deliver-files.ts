import { RetryableError, TerminalError, UnknownOutcomeError } from '../../errors.ts'
import { modelById } from '../../machines/catalogue/catalogue.ts'
import { modelName } from '../../machines/labels/models.ts'
import { taskWords } from '../../machines/labels/tasks.ts'
import type { Language } from '../../machines/texts/translate.ts'
import type { CrashAt } from '../crash-points.ts'
import type { Download } from '../media/download.ts'
import type { TakenMedia } from '../media/take-media.ts'
import { type Ticket, TransfersBusy } from '../media/transfer-gate.ts'
import { actionFor, showAction } from '../telegram/chat-action.ts'
import { CAPTION_LIMIT, fitHtml } from '../telegram/send-caption.ts'
import { chooseKind, type SendKind, UPLOAD_BYTES } from '../telegram/send-choice.ts'
import { isUnreachable, sendGently } from '../telegram/send-gently.ts'
import {
  type InlineMarkup,
  type MediaItem,
  markupOf,
  type SendDeps,
  sendAlbum,
  sendMedia,
  type Words,
} from '../telegram/send-media.ts'
import { type Sent, sentFile } from '../telegram/send-record.ts'
import { type Fetched, gather } from './deliver-groups.ts'
import type { Parts } from './deliver-parts.ts'
import { type LinkReason, linkText } from './deliver-words.ts'

export interface FilesDeps extends SendDeps {
  readonly download: Download
  readonly crashAt: CrashAt
}

export interface FilesOrder {
  readonly chatId: number
  readonly language: Language
  readonly modelId: string
  readonly urls: readonly string[]
  /** Goes with whatever is sent first. */
  readonly caption: string
  /** 1 for the first try. */
  readonly attempt: number
  /** Since the delivery was asked for. */
  readonly ageMs: number
  readonly parts: Parts
  readonly ticket: Ticket
  /** Every file as it is, which no app shows smaller or changed. */
  readonly asDocuments?: boolean
  /** How long a file that doesn't come is waited for; without it, as long as a first delivery. */
  readonly patience?: Patience
  /** Sends something in the place of a file that is gone; without it the link goes there. */
  readonly replace?: (index: number, words: Words) => Promise<Sent>
  /** Buttons of the message; only a result of one file carries them itself. */
  readonly markup?: InlineMarkup | undefined
  /** Of a message with one file. */
  readonly effect?: string | undefined
}

interface Patience {
  /** So often a file that doesn't come holds up the others, to keep them in order and in one album. */
  readonly tries: number
  /** A file that did not come for so long is gone. */
  readonly goneAfterMs: number
}

const FIRST_DELIVERY: Patience = { tries: 5, goneAfterMs: 30 * 60_000 }

/** An upload that never gets an answer for so long is given up where a link gets one. */
const STUCK_AFTER_MS = 20 * 60_000
/** Longest wait that a chat's turn is waited for in place (telegram/flood.ts). */
const FLOOD_WAIT_MS = 3_000

interface FileItem extends Fetched, MediaItem {
  readonly kind: SendKind
}

type Item = FileItem | (Fetched & { readonly kind: 'link' })

const isFile = (item: Item): item is FileItem => item.kind !== 'link'

/**
 * Sends the files of a result, in order, in as few messages as Telegram allows, each as what it is
 * or as the next best: album, single message, document, link. Resumes after what is recorded.
 */
export async function deliverFiles(
  deps: FilesDeps,
  order: FilesOrder,
  signal: AbortSignal,
): Promise<void> {
  const { api, flood } = deps
  const { chatId, language, urls, attempt, ageMs, parts, ticket, replace } = order
  const patience = order.patience ?? FIRST_DELIVERY
  const missing: { index: number; error: Error }[] = []
  const late: Error[] = []

  const caption = () => (parts.anySent() ? undefined : fitHtml(order.caption, CAPTION_LIMIT))
  const words = () => ({
    caption: caption(),
    markup: urls.length === 1 ? order.markup : undefined,
    effect: urls.length === 1 ? order.effect : undefined,
  })
  const isRefused = (error: unknown) =>
    (error instanceof TerminalError && !isUnreachable(error)) ||
    (error instanceof UnknownOutcomeError && ageMs > STUCK_AFTER_MS)

  const open = urls.map((_, index) => index).filter((index) => !parts.isSent(index))
  // A file is not fetched for nothing while Telegram is down.
  if (attempt > 1 && open.length > 0) await probe()
  const stopAction =
    open.length > 0
      ? showAction(api, chatId, actionFor(modelById(order.modelId)?.output))
      : () => {}
  try {
    for await (const group of gather(open, fetchItem)) {
      try {
        deps.crashAt('result.fetched')
        await sendGroup(group)
      } finally {
        for (const item of group) await item.dispose()
      }
    }
  } finally {
    stopAction()
  }
  const [trouble] = late
  if (trouble !== undefined) throw trouble
  const [lost] = missing
  if (lost !== undefined && replace === undefined && !parts.anySent()) throw lost.error
  for (const { index } of missing) {
    await parts.send(index, () => replace?.(index, words()) ?? linkMessage(index, 'missing'))
  }

  async function fetchItem(index: number): Promise<Item | undefined> {
    const waitMs = flood.delayMs(chatId)
    if (waitMs > FLOOD_WAIT_MS) {
      throw new RetryableError('telegram.flooded', { retryAfterMs: Math.ceil(waitMs) })
    }
    const url = urls[index] as string
    try {
      const admit = (limit: AbortSignal) => ticket.enter(limit)
      return itemOf(
        order,
        index,
        await deps.download(url, { signal, maxBytes: UPLOAD_BYTES, admit }),
      )
    } catch (error) {
      if (isTooLarge(error)) return { index, kind: 'link', size: 0, dispose: async () => {} }
      return miss(index, error)
    }
  }

  /** What a file means that did not come: wait for it, go on without it, or give it up. */
  function miss(index: number, error: unknown): undefined {
    if (error instanceof TransfersBusy || signal.aborted) throw error
    const isUnusable = error instanceof TerminalError
    if (!isUnusable && !(error instanceof RetryableError)) throw error
    // Even a page in the file's place may be a "one moment, please".
    if (attempt < patience.tries) {
      throw isUnusable ? new RetryableError('media.unavailable', { cause: error }) : error
    }
    if (isUnusable) missing.push({ index, error })
    else if (ageMs > patience.goneAfterMs) {
      missing.push({ index, error: new TerminalError('media.unavailable', { cause: error }) })
    } else late.push(error)
  }

  async function sendGroup(group: readonly Item[]): Promise<void> {
    const files = group.filter(isFile)
    const [first] = files
    if (first !== undefined && files.length > 1) {
      try {
        return await parts.send(first.index, () => sendAlbum(deps, chatId, files, caption()))
      } catch (error) {
        if (!isRefused(error)) throw error
      }
    }
    for (const item of group) {
      await parts.send(item.index, () =>
        isFile(item) ? sendFile(item) : linkMessage(item.index, 'too-large'),
      )
    }
  }

  async function sendFile(item: FileItem): Promise<Sent> {
    const kinds: SendKind[] = item.kind === 'document' ? ['document'] : [item.kind, 'document']
    for (const kind of kinds) {
      try {
        return await sendMedia(deps, chatId, { ...item, kind }, words())
      } catch (error) {
        if (!isRefused(error)) throw error
      }
    }
    return linkMessage(item.index, 'refused')
  }

  async function linkMessage(index: number, reason: LinkReason): Promise<Sent> {
    const { caption, markup } = words()
    const text = linkText(language, reason, urls[index] as string, caption)
    return sentFile(
      await sendGently(flood, chatId, () =>
        api.call('sendMessage', {
          ...{ chat_id: chatId, text, parse_mode: 'HTML' },
          ...markupOf(markup),
        }),
      ),
    )
  }

  async function probe(): Promise<void> {
    try {
      await api.call('sendChatAction', { chat_id: chatId, action: 'upload_document' })
    } catch (error) {
      if (isUnreachable(error) || !(error instanceof TerminalError)) throw error
    }
  }
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof TerminalError && error.code === 'media.too-large'

function itemOf(order: FilesOrder, index: number, file: TakenMedia): FileItem {
  const { modelId, urls, language, asDocuments } = order
  const model = modelById(modelId)
  const number = urls.length > 1 ? ` ${index + 1}` : ''
  return {
    index,
    file,
    size: file.size,
    kind: asDocuments ? 'document' : chooseKind(file, { movingPictures: /\bgif\b/i.test(modelId) }),
    name: urls.length > 1 ? `result-${index + 1}` : 'result',
    ...(model === undefined
      ? {}
      : { performer: modelName(model), title: taskWords(model).does[language] + number }),
    dispose: file.dispose,
  }
}
