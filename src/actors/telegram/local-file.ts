import { type FileHandle, open } from 'node:fs/promises'
import path from 'node:path'
import { RetryableError, TerminalError } from '../../errors.ts'
import type { DownloadedFile } from './file-download.ts'

/** Telegram's own server has no say over files of this machine. */
const PUBLIC_HOST = 'api.telegram.org'

/** Only a Bot API server of one's own, started with `--local`, names files by their place on its disk. */
export const isOnDisk = (root: URL, filePath: string): boolean =>
  root.hostname !== PUBLIC_HOST && path.isAbsolute(filePath)

/** The part of such a place that the server would hand out over HTTP: what follows the bot's folder. */
export function servedPath(filePath: string, token: string): string {
  const folder = `/${token}/`
  const at = filePath.indexOf(folder)
  return at < 0 ? filePath.replace(/^\/+/, '') : filePath.slice(at + folder.length)
}

/**
 * A file of a Bot API server on this machine, straight from its disk; undefined when it is not to be
 * found here, as with a server in another container. Errors don't name the place: it holds the token.
 */
export async function openLocalFile(
  filePath: string,
  maxBytes: number,
): Promise<DownloadedFile | undefined> {
  const file = await open(filePath, 'r').catch(() => undefined)
  if (file === undefined) return undefined
  const facts = await file.stat()
  if (facts.isFile() && facts.size <= maxBytes) return { body: piecesOf(file), size: facts.size }
  await file.close()
  throw new TerminalError(facts.isFile() ? 'media.too-large' : 'media.unavailable')
}

const PIECE_BYTES = 65_536

async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      // Memory of its own: whoever takes a piece may give it back.
      const piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
      const { bytesRead } = await file.read(piece, 0, piece.length)
      if (bytesRead === 0) return
      yield bytesRead === piece.length ? piece : piece.subarray(0, bytesRead)
    }
  } catch {
    throw new RetryableError('media.unavailable', { detail: 'The file could not be read.' })
  } finally {
    await file.close()
  }
}
