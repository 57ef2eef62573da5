import { RetryableError, TerminalError } from '../../errors.ts'
import { type MediaFacts, measureMedia } from './measure.ts'
import { sniffMedia } from './sniff.ts'
import { createSpool, type MediaContent, type Spool } from './spool.ts'
import { BIG_BYTES } from './transfer-gate.ts'

/** A file that has been taken in; `dispose` frees the memory or the disk that it takes. */
export interface TakenMedia extends MediaFacts {
  readonly content: MediaContent
  readonly dispose: () => Promise<void>
}

export interface TakeOptions {
  /** Where files too large for memory are kept until they are disposed of. */
  readonly tempDir: string
  readonly maxBytes: number
  readonly maxBytesInMemory?: number | undefined
  /** What the sender announced, if it did. */
  readonly announcedBytes?: number | undefined
  /** Called as soon as the file turns out to be large, before the bulk of it is taken. */
  readonly admit?: (() => Promise<void>) | undefined
}

/** Sixteen deliveries of ten pictures each must fit, too. */
const MAX_BYTES_IN_MEMORY = 262_144

const tooLarge = (maxBytes: number) =>
  new TerminalError('media.too-large', { detail: `The limit is ${maxBytes} bytes.` })

async function receive(
  chunks: AsyncIterable<Uint8Array>,
  spool: Spool,
  { maxBytes, announcedBytes = 0, admit = async () => {} }: TakeOptions,
): Promise<void> {
  if (announcedBytes > maxBytes) throw tooLarge(maxBytes)
  let isAdmitted = false
  let received = 0
  for await (const chunk of chunks) {
    received += chunk.byteLength
    if (received > maxBytes) throw tooLarge(maxBytes)
    if (!isAdmitted && Math.max(announcedBytes, received) > BIG_BYTES) {
      await admit()
      isAdmitted = true
    }
    await spool.write(chunk)
  }
  if (received === 0)
    throw new RetryableError('media.unavailable', { detail: 'The file is empty.' })
}

/**
 * Takes in a file whose bytes come as they come, and tells what it is by those bytes alone. Takes
 * the chunks for itself. Keeps nothing behind when it fails; text in place of media is
 * `media.unusable`, more than `maxBytes` is `media.too-large`.
 */
export async function takeMedia(
  chunks: AsyncIterable<Uint8Array>,
  options: TakeOptions,
): Promise<TakenMedia> {
  const spool = createSpool(options.tempDir, options.maxBytesInMemory ?? MAX_BYTES_IN_MEMORY)
  try {
    await receive(chunks, spool, options)
    const type = await sniffMedia(spool.head())
    if (type === undefined) {
      throw new TerminalError('media.unusable', { detail: 'Text came in place of media.' })
    }
    const { content, size } = spool.finish()
    return { ...(await measureMedia(type, { content, size })), content, dispose: spool.dispose }
  } catch (thrown) {
    await spool.dispose()
    throw thrown
  }
}
