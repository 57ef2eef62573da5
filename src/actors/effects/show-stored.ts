import { TerminalError } from '../../errors.ts'
import { isJob } from '../../machines/job/statuses.ts'
import type { Db } from '../../store/db.ts'
import { readJob, type StoredJob } from '../../store/jobs.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { orSeenTwice } from '../telegram/errors.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { type StoredFile, sendAgain } from '../telegram/send-again.ts'
import { isUnreachable } from '../telegram/send-gently.ts'
import type { Words } from '../telegram/send-media.ts'
import { openPart } from './deliver-parts.ts'
import type { EffectDeps } from './deps.ts'
import { createSendFence } from './send-fence.ts'
import { readSentFiles } from './sent-files.ts'

/** The files of a result as Telegram keeps them, in order; none before they were delivered. */
export async function storedFilesOf(db: Db, job: StoredJob): Promise<StoredFile[]> {
  const { urls = [] } = (job.result ?? {}) as { urls?: string[] }
  return (await readSentFiles(db, job.id, urls.length)).flatMap(({ files }) => files)
}

/** An order of which others may see the result, with its files as Telegram keeps them. */
export async function showableFiles(
  db: Db,
  jobId: string,
): Promise<{ modelId: string; files: StoredFile[] } | undefined> {
  const job = await readJob(db, jobId)
  if (job === undefined || !isJob(job.status, 'succeeded')) return undefined
  return { modelId: job.model_id, files: await storedFilesOf(db, job) }
}

interface Shown {
  /** Under what the send is recorded: the same one is never sent twice. */
  actor: string
  chatId: number
  files: readonly [StoredFile, ...StoredFile[]]
  words: Words
}

/**
 * Sends files by Telegram's own ids, once, or twice where no answer came; false: the chat can't be
 * reached. What Telegram doesn't know any more is left out without an error.
 */
export async function showStored(
  deps: Pick<EffectDeps, 'db' | 'crashAt'> & { api: TelegramApi; flood: FloodGate },
  { actor, chatId, files, words }: Shown,
): Promise<boolean> {
  const { db, crashAt } = deps
  const fence = createSendFence({ db, onSent: () => crashAt('result.sent') })
  const part = await openPart({ db, fence }, { actor, chatId }, 'text')
  try {
    if (!part.isSent) await part.send(() => sendAgain(deps, chatId, [...files], words))
    return true
  } catch (error) {
    if (isUnreachable(error)) return false
    if (!(error instanceof TerminalError)) throw orSeenTwice(error)
    return true
  }
}
