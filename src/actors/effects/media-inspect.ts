import { z } from 'zod'
import { RetryableError, TerminalError } from '../../errors.ts'
import { canonicalMime, type MediaFile, type MediaKind } from '../../machines/catalogue/media.ts'
import type { ConversationEvent, MediaRefusal } from '../../machines/conversation/events.ts'
import { type EffectHandler, effectKey } from '../engine/effect.ts'
import type { FetchGiven } from '../media/fetch-given.ts'
import type { MediaFacts } from '../media/measure.ts'
import { TransfersBusy } from '../media/transfer-gate.ts'
import { FILE_TRIES } from '../telegram/file-path.ts'
import { type ReactionDeps, showLook } from '../telegram/reaction.ts'
import { declareEffect, mediaSchema, messageSchema, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const schema = z.object({
  /** Comes back with the answer. */
  serial: z.int(),
  media: mediaSchema,
  expects: z.enum(['image', 'video', 'audio']),
  /** Where it came from in the chat, if it did. */
  message: messageSchema.optional(),
})

export type InspectParams = z.infer<typeof schema>

const isOneOf = (kind: string): kind is MediaKind => ['image', 'video', 'audio'].includes(kind)

/** What was given, described by its bytes instead of by whoever sent it. */
function described(given: MediaFile, facts: MediaFacts): MediaFile {
  const { kind, mime, size, width, height, durationMs } = facts
  const { fileId, uniqueId, fileName, url } = given
  const known = { fileId, uniqueId, fileName, url, size, width, height }
  const duration = durationMs === undefined ? undefined : durationMs / 1000
  const all = { kind, mime: canonicalMime(mime), ...known, duration }
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as unknown as MediaFile
}

const refusalOf = ({ code }: TerminalError): MediaRefusal =>
  code === 'media.too-large' || code === 'media.unavailable' ? code : 'media.unusable'

/** What the conversation hears of a file that came; whether its kind will do is decided there. */
const verdictOn = (
  { serial, media: given }: InspectParams,
  media: MediaFacts,
): ConversationEvent =>
  media.damaged
    ? { type: 'media.refused', serial, code: 'media.damaged' }
    : isOneOf(media.kind)
      ? { type: 'media.inspected', serial, media: described(given, media) }
      : { type: 'media.refused', serial, code: 'media.unusable' }

type ProbeDeps = Pick<EffectDeps, 'runtime'> & ReactionDeps & { fetchGiven: FetchGiven }

/**
 * Looks into a given file or link before it counts as an answer, and tells the conversation what it
 * truly is: kind, type, bytes, sides, seconds. Whatever the chat said about it is not believed.
 */
export const createProbeMediaHandler =
  (deps: ProbeDeps): EffectHandler<InspectParams> =>
  async (job, signal) => {
    const { runtime, fetchGiven } = deps
    const { serial, media: given, message } = job.params
    let event: ConversationEvent
    const looked = showLook(deps, message)
    try {
      const { media, dispose } = await fetchGiven(given, signal)
      await dispose()
      event = verdictOn(job.params, media)
    } catch (error) {
      const isMissing = error instanceof RetryableError && error.code === 'media.unavailable'
      const isOver = isMissing && !(error instanceof TransfersBusy) && job.attempt >= FILE_TRIES
      if (!isOver && !(error instanceof TerminalError)) throw error
      const code = error instanceof TerminalError ? refusalOf(error) : 'media.unavailable'
      event = { type: 'media.refused', serial, code }
    } finally {
      looked()
    }
    await runtime.send({ actor: job.actor, key: `inspected:${effectKey(job)}`, event })
  }

const declareProbe = <const Name extends string>(name: Name) =>
  declareEffect({
    name,
    params: schema,
    // Alone, because what people link to may be as slow as they like.
    delivery: 'once',
    queue: 'probes',
    // A person looks at the screen; what is not there soon is called so by the effect itself.
    patience: { attempts: 60, maxPauseMs: 5 * SECOND },
    exhausted: ({ serial }) => ({ type: 'media.refused', serial, code: 'media.unavailable' }),
    handler: createProbeMediaHandler,
  })

export const probeEffects = [
  declareProbe('media.inspect'),
  declareProbe('result.inspect'),
  declareProbe('wish.inspect'),
] as const
