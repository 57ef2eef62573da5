import { assign, setup } from 'xstate'
import { effectActions } from '../engine/definition.ts'
import { plausibleCredits } from './consumed.ts'
import type { JobContext, JobInput } from './context.ts'
import { DELAYS, generationLimit, pollPause } from './delays.ts'
import { jobEffects } from './effects.ts'
import type { StampedJobEvent, TaskReport } from './events.ts'

type Args = { context: JobContext; event: StampedJobEvent }

const reportOf = ({ context, event }: Args): TaskReport | null =>
  event.type === 'task.reported' ? event.report : context.deferred

const phaseIs = (args: Args, phase: TaskReport['phase']) => reportOf(args)?.phase === phase
const codeOf = (event: StampedJobEvent) => ('code' in event ? event.code : null)

/** The operator has to act: nothing will work until then. */
const ACCOUNT_TROUBLE = new Set(['kie.credits', 'kie.unauthorized', 'kie.limited'])

const isFinal = (report: TaskReport | null): boolean =>
  report?.phase === 'succeeded' || report?.phase === 'failed'

/** What the rest of the system may ask about a job's state. */
export type JobTag =
  /** The run whose claim led here may send the create call. */
  | 'claimed'
  /** The provider has not been asked: the user may cancel it, and it waits for nobody but us. */
  | 'cancellable'
  /** Everything is there; it waits for its turn to be handed over. */
  | 'queued'
  /** An operator may have the provider asked, once its task is known. */
  | 'reconcilable'
  /** Nothing more happens by itself; an operator or a late report can still move it. */
  | 'ended'
  /** Ended with a result in the chat or, if its user blocked the bot, in the history. */
  | 'succeeded'
  /** Ended without a result; the money is back. */
  | 'failed'

/** Guards, changes of the context and effects of a job, by their persisted names. */
export const jobSetup = setup({
  types: {} as { context: JobContext; input: JobInput; events: StampedJobEvent; tags: JobTag },
  guards: {
    hasNothingToUpload: ({ context }) => context.mediaFields.length === 0,
    mayTryAgain: ({ context }) => context.attempt < DELAYS.maxAttempts,
    isClaimOfThisAttempt: ({ context, event }) =>
      event.type === 'create.claimed' && event.attempt === context.attempt,
    taskSucceeded: (args) => phaseIs(args, 'succeeded'),
    taskFailed: (args) => phaseIs(args, 'failed'),
    stageIsNew: ({ context, event }) =>
      event.type === 'task.reported' && event.report.stage !== context.stage,
    isAccountTrouble: ({ event }) => ACCOUNT_TROUBLE.has(codeOf(event) ?? ''),
    hasResult: ({ context }) => context.result !== null,
    hasTask: ({ context }) => context.taskId !== null,
    hasHold: ({ context }) => context.priceKopecks > 0 && !context.released,
    isPaid: ({ context }) => context.priceKopecks > 0 && !context.released && !context.refunded,
    wasBlocked: ({ event }) => codeOf(event) === 'telegram.blocked',
  },
  actions: {
    keepUploads: assign(({ event }) =>
      event.type === 'inputs.uploaded' ? { uploads: event.uploads } : {},
    ),
    keepTask: assign(({ context, event }) =>
      event.type === 'create.accepted' ? { taskId: event.taskId } : { taskId: context.taskId },
    ),
    keepPause: assign(({ event }) =>
      event.type === 'create.rejected' ? { retryAfterMs: event.retryAfterMs } : {},
    ),
    countAttempt: assign(({ context }) => ({ attempt: context.attempt + 1 })),
    countPoll: assign(({ context }) => ({ polls: context.polls + 1 })),
    // A final report is kept: reports of progress may come after it.
    defer: assign(({ context, event }) =>
      event.type === 'task.reported' && !isFinal(context.deferred)
        ? { deferred: event.report }
        : {},
    ),
    keepStage: assign(({ event }) =>
      event.type === 'task.reported' ? { stage: event.report.stage } : {},
    ),
    keepResult: assign((args) => {
      const report = reportOf(args)
      return {
        deferred: null,
        taskId: args.context.taskId ?? report?.taskId ?? null,
        result: { urls: report?.urls ?? [], text: report?.text ?? null },
        creditsConsumed: plausibleCredits(report?.creditsConsumed),
      }
    }),
    keepError: assign(({ event }) => ({ error: codeOf(event) ?? 'kie.failed' })),
    keepFailure: assign((args) => ({
      deferred: null,
      taskId: args.context.taskId ?? reportOf(args)?.taskId ?? null,
      error: `kie.failed${reportOf(args)?.failCode ? `:${reportOf(args)?.failCode}` : ''}`,
    })),
    expireUpload: assign({ error: 'media.unavailable' }),
    expireCreate: assign({ error: 'kie.unavailable' }),
    expireUnknown: assign({ error: 'kie.unknown' }),
    expireTask: assign({ error: 'kie.expired' }),
    expireByOperator: assign({ error: 'operator.refunded' }),
    cancelByUser: assign({ error: 'user.cancelled' }),
    noteTime: assign(({ context: { at, tookMs, released }, event }) =>
      released ? {} : { tookMs: tookMs ?? Math.max(0, event.at - at) },
    ),
    countRedelivery: assign(({ context }) => ({ redeliveries: context.redeliveries + 1 })),
    noteRefunded: assign({ refunded: true }),
    noteUnreachable: assign({ reachable: false }),
    noteReleased: assign({ released: true }),
    noteEnd: assign((_, { end }: { end: 'delivered' | 'failed' }) => ({ end })),
    noteCost: assign({ costBooked: true }),
    ...effectActions(jobEffects),
  },
  delays: {
    uploadLimit: DELAYS.uploadMs,
    createLimit: DELAYS.createMs,
    answerLimit: DELAYS.answerMs,
    pollLimit: DELAYS.pollMs,
    closeLimit: DELAYS.closeMs,
    unknownLimit: DELAYS.unknownMs,
    retryPause: ({ context }) =>
      Math.min(context.retryAfterMs ?? DELAYS.retryMs, DELAYS.mostRetryMs),
    pollPause: ({ context }) => pollPause(context),
    generationLimit: ({ context }) => generationLimit(context),
  },
})
