import { mkdtemp, rmdir, statfs } from 'node:fs/promises'
import path from 'node:path'
import { RetryableError } from '../errors.ts'

/** Two of the largest results on their way at once, and some. */
const LEAST_BYTES = 256 * 1024 * 1024

/**
 * Rejects with `media.no-room` when files on their way to users can't be kept in this folder: it takes
 * nothing, or less than `leastBytes` are free.
 */
export async function checkRoom(folder: string, leastBytes = LEAST_BYTES): Promise<void> {
  const free = await freeBytes(folder).catch((cause: unknown) => {
    throw new RetryableError('media.no-room', { cause, detail: `${folder} can not be written.` })
  })
  if (free >= leastBytes) return
  const detail = `${folder} has ${Math.round(free / 1024 ** 2)} MB left.`
  throw new RetryableError('media.no-room', { detail })
}

async function freeBytes(folder: string): Promise<number> {
  await rmdir(await mkdtemp(path.join(folder, 'room-')))
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
