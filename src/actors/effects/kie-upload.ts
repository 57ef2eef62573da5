import { z } from 'zod'
import { coerceError, RetryableError, TerminalError, UnknownOutcomeError } from '../../errors.ts'
import { filesOf, measuresOf } from '../../machines/catalogue/answer-files.ts'
import { type Model, modelById } from '../../machines/catalogue/catalogue.ts'
import { canonicalMime, type MediaFile } from '../../machines/catalogue/media.ts'
import type { Answers } from '../../machines/catalogue/payload.ts'
import { quoteCredits } from '../../machines/catalogue/pricing.ts'
import { type MediaRules, questionsOf } from '../../machines/catalogue/questions.ts'
import type { JobEvent } from '../../machines/job/events.ts'
import { type EffectHandler, effectKey } from '../engine/effect.ts'
import type { KieClient } from '../kie/client.ts'
import type { FetchGiven } from '../media/fetch-given.ts'
import type { MediaFacts } from '../media/measure.ts'
import { answersSchema, declareEffect, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'
import { uploadGiven } from './upload-given.ts'

const schema = z.object({
  modelId: z.string(),
  answers: answersSchema,
  fields: z.array(z.string()),
})

type UploadParams = z.infer<typeof schema>

export interface UploadDeps extends Pick<EffectDeps, 'runtime' | 'crashAt'> {
  kie: Pick<KieClient, 'upload'>
  fetchGiven: FetchGiven
}

/**
 * Hands what the user gave to the provider as bytes: a link to Telegram would contain the bot's
 * token, one of theirs could show something else the next moment. May run twice; the provider then
 * keeps a second copy for a day, and nobody is the worse for it. Its links are kept with this job
 * only: they live a day, and a job that repeats an order hands the files over anew.
 */
export function createKieUploadHandler(deps: UploadDeps): EffectHandler<UploadParams> {
  const { runtime, kie, crashAt, fetchGiven } = deps

  return async (job, signal) => {
    let event: JobEvent
    try {
      event = { type: 'inputs.uploaded', uploads: await handOverAll(job.params, signal) }
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

  async function handOverAll(
    { modelId, answers, fields }: UploadParams,
    signal: AbortSignal,
  ): Promise<Record<string, string[]>> {
    const model = modelById(modelId) as Model
    const questions = questionsOf(model, answers)
    const uploads: Record<string, string[]> = {}
    const seen: Record<string, MediaFile[]> = {}
    for (const field of fields) {
      const rules = questions.find((q) => q.field === field)?.media
      if (rules === undefined) continue
      uploads[field] = []
      seen[field] = []
      // One after the other: the files of one order must not take every place there is.
      for (const file of filesOf(answers[field])) {
        const { link, facts } = await handOver(file, rules, signal)
        uploads[field].push(link)
        seen[field].push({ ...facts, duration: secondsOf(facts) })
      }
    }
    checkPrice(model, answers, seen)
    return uploads
  }

  async function handOver(
    file: MediaFile,
    rules: MediaRules,
    signal: AbortSignal,
  ): Promise<{ link: string; facts: MediaFacts }> {
    const { media, dispose } = await fetchGiven(file, signal)
    try {
      checkFile(media, rules, file)
      return { link: await uploadGiven(kie, media, signal), facts: media }
    } finally {
      await dispose()
    }
  }
}

const secondsOf = ({ durationMs }: MediaFacts) =>
  durationMs === undefined ? undefined : durationMs / 1000

/** The bytes must be what the field takes, whatever the chat or a link's server said of them. */
function checkFile(media: MediaFacts, rules: MediaRules, { url }: MediaFile): void {
  if (media.damaged) throw new TerminalError('media.damaged')
  const isTaken = rules.accept.map(canonicalMime).includes(canonicalMime(media.mime))
  if (media.kind !== rules.kind || !isTaken) {
    throw new TerminalError('media.unusable', { detail: `A file is ${media.mime}.` })
  }
  const maxMb = url === undefined ? rules.maxSizeMb : rules.maxLinkMb
  if (media.size > maxMb * 1024 * 1024) throw new TerminalError('media.too-large')
}

/**
 * A file that turns out to cost more than what was confirmed is not taken: what lies behind a link
 * may have changed since, and what a chat says about a film's length is said by whoever sent it.
 */
function checkPrice(model: Model, answers: Answers, seen: Record<string, MediaFile[]>): void {
  const confirmed = quoteCredits(model, answers, measuresOf(answers))
  const measured = quoteCredits(model, answers, measuresOf({ ...answers, ...seen }))
  if ('unpriced' in confirmed || 'unpriced' in measured) return
  const wasKnown = confirmed.basis === measured.basis
  if (wasKnown && measured.houseCredits > confirmed.houseCredits) {
    throw new TerminalError('media.unusable', { detail: 'A file is longer or larger than it was.' })
  }
}

/** A refusal of the provider keeps its code; everything else is about the file. */
const codeOf = (error: TerminalError): string =>
  error.code.startsWith('media.') || error.code.startsWith('kie.') ? error.code : 'media.unusable'

export const kieUploadEffect = declareEffect({
  name: 'kie.upload',
  params: schema,
  delivery: 'once',
  queue: 'uploads',
  // Many times, because a place among the large files may take long; the job ends it in time.
  patience: { attempts: 100, maxPauseMs: 30 * SECOND },
  exhausted: () => ({ type: 'inputs.rejected', code: 'media.unavailable' }),
  handler: createKieUploadHandler,
})
