import type { AnyMachineSnapshot } from 'xstate'
import type { Effect, Stamped } from '../../../src/machines/engine/definition.ts'
import { begin, type Outcome, stateName, step } from '../../../src/machines/engine/transition.ts'
import type { JobContext, JobInput } from '../../../src/machines/job/context.ts'
import { jobDefinition } from '../../../src/machines/job/definition.ts'
import type { JobEvent, TaskReport } from '../../../src/machines/job/events.ts'

export const jobInput: JobInput = {
  id: 'j1',
  userId: 7,
  chatId: 7,
  conversation: 'conversation:1:7',
  language: 'ru',
  modelId: 'qwen/image-edit',
  output: 'image',
  answers: { prompt: 'зима', image_url: { kind: 'photo', fileId: 'f' } },
  mediaFields: ['image_url'],
  priceKopecks: 500,
  credits: 4,
  callbacks: true,
  at: 0,
}

export const report = (phase: TaskReport['phase'], more: Partial<TaskReport> = {}): JobEvent => ({
  type: 'task.reported',
  report: {
    taskId: 'task-1',
    phase,
    stage: phase === 'running' ? 'generating' : null,
    urls: phase === 'succeeded' ? ['https://files.example/1.png'] : [],
    text: null,
    failCode: phase === 'failed' ? '500' : null,
    failMessage: null,
    creditsConsumed: phase === 'succeeded' ? 4 : null,
    ...more,
  },
})

export const due = (delay: string, state: string): JobEvent =>
  ({ type: `xstate.after.${delay}.job.${state}` }) as unknown as JobEvent

export const uploaded: JobEvent = { type: 'inputs.uploaded', uploads: { image_url: ['https://u'] } }
export const claimed = (attempt = 1): JobEvent => ({ type: 'create.claimed', attempt })
export const accepted: JobEvent = { type: 'create.accepted', taskId: 'task-1' }
export const rejected: JobEvent = { type: 'create.rejected', code: 'kie.busy', retryAfterMs: 4_000 }

export const operator = (what: 'redeliver' | 'reconcile' | 'refund'): JobEvent => ({
  type: `operator.${what}`,
  by: 'ann',
  why: 'asked for it',
})

/** One of each thing that can happen, by a short name. */
export const happenings: Record<string, JobEvent> = {
  uploaded,
  'upload rejected': { type: 'inputs.rejected', code: 'media.unusable' },
  claimed: claimed(),
  'claimed again': claimed(2),
  accepted,
  rejected,
  refused: { type: 'create.refused', code: 'kie.refused' },
  'account refused': { type: 'create.refused', code: 'kie.credits' },
  lost: { type: 'create.lost' },
  running: report('running'),
  waiting: report('waiting'),
  succeeded: report('succeeded'),
  'task failed': report('failed'),
  'poll missed': { type: 'poll.missed' },
  delivered: { type: 'result.delivered' },
  undeliverable: { type: 'result.undeliverable', code: 'media.unavailable' },
  blocked: { type: 'result.undeliverable', code: 'telegram.blocked' },
  'user cancels': { type: 'user.cancel' },
  'operator redelivers': operator('redeliver'),
  'operator reconciles': operator('reconcile'),
  'operator refunds': operator('refund'),
  'upload limit': due('uploadLimit', 'preparing'),
  'create limit': due('createLimit', 'pending'),
  'answer limit': due('answerLimit', 'creating'),
  'retry pause': due('retryPause', 'retrying'),
  'poll pause': due('pollPause', 'created.waiting'),
  'poll limit': due('pollLimit', 'created.polling'),
  'generation limit': due('generationLimit', 'created'),
  'unknown limit': due('unknownLimit', 'unknown'),
  'long after delivery': due('closeLimit', 'delivered'),
  'long after failure': due('closeLimit', 'failed'),
}

/** The shortest way to each state. */
export const ways: Record<string, JobEvent[]> = {
  preparing: [],
  pending: [uploaded],
  creating: [uploaded, claimed()],
  retrying: [uploaded, claimed(), rejected],
  'created.waiting': [uploaded, claimed(), accepted],
  'created.polling': [uploaded, claimed(), accepted, due('pollPause', 'created.waiting')],
  unknown: [uploaded, claimed(), { type: 'create.lost' }],
  delivering: [uploaded, claimed(), accepted, report('succeeded')],
  delivered: [uploaded, claimed(), accepted, report('succeeded'), { type: 'result.delivered' }],
  failed: [{ type: 'inputs.rejected', code: 'media.unusable' }],
  closed: [{ type: 'inputs.rejected', code: 'media.unusable' }, due('closeLimit', 'failed')],
}

export interface Run {
  snapshot: AnyMachineSnapshot
  state: string
  context: JobContext
  /** Of all steps. */
  effects: Effect[]
  /** Of the last step. */
  last: Outcome
}

/** A job that goes through these events. */
export function run(events: readonly JobEvent[], input: Partial<JobInput> = {}): Run {
  let last = begin(jobDefinition, { ...jobInput, ...input })
  const effects = [...last.effects]
  for (const [i, event] of events.entries()) {
    last = step(jobDefinition, last.snapshot, { ...event, at: i + 1, rnd: `r${i}` } as Stamped)
    effects.push(...last.effects)
  }
  const { snapshot } = last
  return { snapshot, state: stateName(snapshot.value), context: snapshot.context, effects, last }
}

export const typesOf = (effects: readonly Effect[]): string[] => effects.map((e) => e.type)
