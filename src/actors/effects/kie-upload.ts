import { coerceError, RetryableError, TerminalError, UnknownOutcomeError } from '../../errors.ts'
import type { JobEvent } from '../../machines/job/events.ts'
import type { MediaFile } from '../../machines/media.ts'
import type { Answers } from '../../machines/payload.ts'
import type { KieClient } from '../kie/client.ts'
import { sniffMedia } from '../media/sniff.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { type EffectDeps, type EffectHandler, effectKey } from './effect.ts'

interface UploadParams {
  answers: Answers
  fields: string[]
}

export interface UploadDeps extends EffectDeps {
  api: TelegramApi
  kie: KieClient
}

/** Telegram lets bots fetch files of up to 20 MB. */
const MAX_BYTES = 20 * 1024 * 1024

/**
 * Hands the user's files to the provider as bytes: a link to Telegram would contain the bot's token.
 * May run twice; the provider then keeps a second copy for a day, and nobody is the worse for it.
 */
export function createKieUploadHandler(deps: UploadDeps): EffectHandler<UploadParams> {
  const { runtime, api, kie, crashAt } = deps

  return async (job, signal) => {
    const { answers, fields } = job.params
    let event: JobEvent
    try {
      const uploads: Record<string, string[]> = {}
      for (const field of fields) {
        const files = [answers[field]].flat() as MediaFile[]
        uploads[field] = await Promise.all(files.map((file) => handOver(file, signal)))
      }
      event = { type: 'inputs.uploaded', uploads }
    } catch (thrown) {
      const error = coerceError(thrown)
      // Reading and copying may be done again, whatever became of it the first time.
      if (error instanceof UnknownOutcomeError) {
        throw new RetryableError('media.unavailable', { cause: error })
      }
      if (!(error instanceof TerminalError)) throw error
      event = { type: 'inputs.rejected', code: codeOf(error) }
    }
    crashAt('photo.uploaded')
    await runtime.send({ actor: job.actor, key: `upload:${effectKey(job)}:${event.type}`, event })
  }

  async function handOver(file: MediaFile, signal: AbortSignal): Promise<string> {
    const { file_path: path } = await api.call(
      'getFile',
      { file_id: file.fileId ?? '' },
      { signal },
    )
    if (path === undefined) throw new TerminalError('media.unusable')
    const { body } = await api.downloadFile(path, { maxBytes: MAX_BYTES, signal })
    const bytes = new Uint8Array(await new Response(body).arrayBuffer())
    const type = await sniffMedia(bytes)
    if (type?.kind !== 'image') throw new TerminalError('media.unusable')
    const { mime, ext } = type
    const fileName = `input.${ext}`
    return kie.upload({ content: bytes, fileName, mime, size: bytes.byteLength }, signal)
  }
}

/** Telegram's refusal of a file (too big, gone) is about the file, not about Telegram. */
const codeOf = (error: TerminalError): string =>
  error.code.startsWith('media.') || error.code.startsWith('kie.') ? error.code : 'media.unusable'
