import type { AnyMachineSnapshot, EventObject } from 'xstate'
import type { Samples } from '../charts/simulation.ts'
import type { Effect } from '../engine/definition.ts'
import type { JobContext, JobInput } from './context.ts'
import type { JobEvent, TaskReport } from './events.ts'

const happen = (events: readonly JobEvent[]): EventObject[] => [...events]

/** A paid job of a user who gave one picture. */
const input: JobInput = {
  id: 'j1',
  userId: 7,
  chatId: 7,
  conversation: 'conversation:1:7',
  language: 'ru',
  modelId: 'qwen/image-edit',
  output: 'image',
  answers: { prompt: 'A cat in the snow', image_url: { kind: 'photo', fileId: 'photo' } },
  mediaFields: ['image_url'],
  priceKopecks: 1_600,
  credits: 10,
  callbacks: true,
  at: Date.UTC(2026, 0, 1, 12),
}

const report = (phase: TaskReport['phase'], stage: string): JobEvent => ({
  type: 'task.reported',
  report: {
    taskId: 'task-1',
    phase,
    stage,
    urls: phase === 'succeeded' ? ['https://files.example/1.png'] : [],
    text: null,
    failCode: phase === 'failed' ? '500' : null,
    failMessage: phase === 'failed' ? 'Internal error' : null,
    creditsConsumed: phase === 'succeeded' ? 10 : null,
  },
})

const REPORTS = [
  report('succeeded', 'success'),
  report('failed', 'fail'),
  report('running', 'generating'),
]

const OPERATOR = ['operator.redeliver', 'operator.reconcile', 'operator.refund'] as const
const REQUESTS: readonly JobEvent[] = OPERATOR.map((type) => ({ type, by: 'Ann', why: 'asked' }))

const CALL_ENDS: readonly JobEvent[] = [
  { type: 'create.accepted', taskId: 'task-1' },
  { type: 'create.rejected', code: 'kie.busy', retryAfterMs: 30_000 },
  { type: 'create.refused', code: 'kie.credits' },
  { type: 'create.refused', code: 'kie.refused' },
  { type: 'create.lost' },
]

/** Samples for a job. */
export const jobSamples: Samples = {
  inputs: {
    'with a picture': input,
    'free, of words': { ...input, mediaFields: [], answers: { prompt: 'A cat' }, priceKopecks: 0 },
  },
  // How the call ends is reported after the claim, which answers the effect.
  happenings: () => happen([...CALL_ENDS, ...REPORTS, ...REQUESTS, { type: 'user.cancel' }]),
  answers: ({ type, params }: Effect, { context }: AnyMachineSnapshot) => {
    const { attempt } = context as JobContext
    switch (type) {
      case 'kie.upload':
        return happen([
          { type: 'inputs.uploaded', uploads: { image_url: ['https://files.example/in.png'] } },
          { type: 'inputs.rejected', code: 'media.too-large' },
        ])
      case 'kie.create':
        return happen([
          { type: 'create.claimed', attempt: Number(params.attempt ?? attempt) },
          { type: 'create.refused', code: 'kie.refused' },
        ])
      case 'kie.poll':
        return happen([...REPORTS, { type: 'poll.missed' }])
      case 'telegram.deliver':
        return happen([
          { type: 'result.delivered' },
          { type: 'result.undeliverable', code: 'telegram.blocked' },
          { type: 'result.undeliverable', code: 'media.unavailable' },
        ])
      default:
        return []
    }
  },
  trait: ({ context }) => {
    const { attempt, released, deferred } = context as JobContext
    return [attempt > 1, released, deferred?.phase]
  },
}
