import type { MediaFile } from '../../machines/catalogue/media.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { FETCH_BYTES } from '../telegram/file-download.ts'
import { filePathOf } from '../telegram/file-path.ts'
import type { Download } from './download.ts'
import { type TakenMedia, takeMedia } from './take-media.ts'
import type { TransferGate } from './transfer-gate.ts'

export interface GivenDeps {
  readonly api: TelegramApi
  readonly download: Download
  readonly tempDir: string
  /** Bounds the large files of all people together. */
  readonly transfers: TransferGate
}

/** Fetches what a person gave: a file in the chat, or a link. */
export type FetchGiven = (file: MediaFile, signal: AbortSignal) => Promise<Given>

export interface Given {
  readonly media: TakenMedia
  /** Frees the file and its place among the large ones. */
  dispose(): Promise<void>
}

/** What the provider's upload takes at most, by its own advice (docs.kie.ai/file-upload-api). */
const LINK_BYTES = 100 * 1024 * 1024

/**
 * Takes in a file of the chat, or follows a link as carefully as one of the provider's. Links are
 * fetched here too, and never handed on: only so are their bytes what was looked at, and only so is
 * every address on the way checked. Terminal errors are about the file: `media.too-large`,
 * `media.unusable`, `media.unavailable` (gone for good); everything else is retryable.
 */
export function createFetchGiven({ api, download, tempDir, transfers }: GivenDeps): FetchGiven {
  return async (file, signal) => {
    const ticket = transfers.ticket()
    try {
      const media = await fetch(file, signal, (limit) => ticket.enter(limit))
      const dispose = async () => {
        ticket.leave()
        await media.dispose()
      }
      return { media, dispose }
    } catch (thrown) {
      ticket.leave()
      throw thrown
    }
  }

  async function fetch(
    { fileId, url }: MediaFile,
    signal: AbortSignal,
    admit: (limit: AbortSignal) => Promise<void>,
  ): Promise<TakenMedia> {
    if (fileId === undefined && url !== undefined) {
      return download(url, { signal, maxBytes: LINK_BYTES, admit })
    }
    const path = await filePathOf(api, fileId ?? '', signal)
    const { body, size } = await api.downloadFile(path, { maxBytes: FETCH_BYTES, signal })
    return takeMedia(body, {
      ...{ tempDir, maxBytes: FETCH_BYTES, announcedBytes: size },
      admit: () => admit(signal),
    })
  }
}
