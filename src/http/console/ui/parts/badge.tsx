import type { EffectStatus } from '../../contract.ts'

export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'plain'

export const Badge = ({ tone = 'plain', children }: { tone?: Tone; children: string }) => (
  <span class={`badge ${tone}`}>{children}</span>
)

const STATUSES: Record<EffectStatus, { tone: Tone; words: string }> = {
  booked: { tone: 'good', words: 'booked' },
  queued: { tone: 'busy', words: 'queued' },
  running: { tone: 'busy', words: 'running' },
  repeating: { tone: 'warn', words: 'will repeat' },
  done: { tone: 'good', words: 'done' },
  dead: { tone: 'bad', words: 'given up' },
}

/** What became of an effect. */
export const StatusBadge = ({ status }: { status: EffectStatus }) => (
  <Badge tone={STATUSES[status].tone}>{STATUSES[status].words}</Badge>
)

const JOB_TONES: Record<string, Tone> = {
  delivered: 'good',
  failed: 'bad',
  unknown: 'warn',
  retrying: 'warn',
}

export const JobStatus = ({ status }: { status: string }) => (
  <Badge tone={JOB_TONES[status] ?? 'busy'}>{status}</Badge>
)

/** A light that also says it in words. */
export const Light = ({ tone, children }: { tone: Tone; children: string }) => (
  <span class={`light ${tone}`}>{children}</span>
)
