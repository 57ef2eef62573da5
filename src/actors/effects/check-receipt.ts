import { createHash } from 'node:crypto'
import { z } from 'zod'
import { TerminalError, UnknownOutcomeError } from '../../errors.ts'
import type { TopupEvent } from '../../machines/topup/events.ts'
import { findSameReceipts } from '../../store/topups.ts'
import type { EffectHandler } from '../engine/effect.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { declareEffect, MINUTE } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const schema = z.object({ topupId: z.string(), fileId: z.string(), uniqueId: z.string() })

/** A receipt is remembered this long. */
const MEMORY_MS = 90 * 86_400_000

/**
 * Looks whether a receipt came before: the same file of Telegram, or the same bytes uploaded anew. A
 * file that can't be fetched is compared by its id alone; the person who decides sees it anyway.
 */
export const createReceiptHandler =
  (deps: EffectDeps & { api: TelegramApi }): EffectHandler<z.infer<typeof schema>> =>
  async ({ actor, params: { topupId, fileId, uniqueId } }, signal) => {
    const { runtime, db, now, api } = deps
    const hash = await hashOf(api, fileId, signal)
    const since = new Date(now() - MEMORY_MS)
    const sameAs = await findSameReceipts(db, { id: topupId, uniqueId, hash, since })
    const event: TopupEvent = { type: 'receipt.checked', hash, sameAs }
    await runtime.send({ actor, key: `receipt:${uniqueId}`, event })
  }

async function hashOf(
  api: TelegramApi,
  fileId: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const { file_path: path } = await api.call('getFile', { file_id: fileId }, { signal })
    if (path === undefined) return null
    const { body } = await api.downloadFile(path, { signal })
    const hash = createHash('sha256')
    for await (const chunk of body) hash.update(chunk)
    return hash.digest('hex')
  } catch (error) {
    if (error instanceof TerminalError || error instanceof UnknownOutcomeError) return null
    throw error
  }
}

export const checkReceiptEffect = declareEffect({
  name: 'receipt.check',
  params: schema,
  queue: 'receipts',
  patience: { priority: 5, attempts: 10, maxPauseMs: MINUTE },
  exhausted: null,
  handler: createReceiptHandler,
})
