import type { Db } from '../../store/db.ts'
import { readSent } from '../../store/sends.ts'
import { type StoredFile, storedFiles } from '../telegram/send-again.ts'
import { partKey, recordName } from './deliver-parts.ts'

/** What one message or album of a delivery held, from the result's file `index` on. */
export interface SentFiles {
  readonly index: number
  readonly files: readonly StoredFile[]
}

/** What a job's first delivery sent of its `count` files, by Telegram's ids, in order. */
export async function readSentFiles(db: Db, jobId: string, count: number): Promise<SentFiles[]> {
  const name = recordName(`job:${jobId}`)
  const indices = new Map(Array.from({ length: count }, (_, i) => [partKey(name, i), i]))
  const records = await readSent(db, [...indices.keys()])
  return records
    .map(({ key, method, file_ids }) => ({
      index: indices.get(key) as number,
      files: storedFiles({ method: method ?? '', fileIds: file_ids }),
    }))
    .sort((a, b) => a.index - b.index)
}
