import type { Logger } from 'pino'
import type { Registry } from '../../machines/engine/registry.ts'
import type { Db } from '../../store/database.ts'
import type { CrashAt } from '../crash-points.ts'
import type { Runtime } from './runtime.ts'

/** An effect as the queue keeps it. */
export interface EffectJob<P = Record<string, unknown>> {
  /** Actor that asked for it, at its step `seq`, as that step's effect `index`. */
  actor: string
  seq: number
  index: number
  /** When it was asked for, Unix ms. */
  at: number
  /** 1 for the first try. */
  attempt: number
  params: P
}

/**
 * Carries out one kind of effect. May run again after a crash or a failure, so it is idempotent by
 * the effect's identity or by the state it brings about. A RetryableError is tried again later.
 */
export type EffectHandler<P = Record<string, unknown>> = (
  job: EffectJob<P>,
  signal: AbortSignal,
) => Promise<void>

/** What most handlers need. */
export interface EffectDeps {
  runtime: Runtime
  registry: Registry
  db: Db
  now: () => number
  log: Logger
  crashAt: CrashAt
}

/** Identity of an effect: the step that asked for it and its place there. */
export const effectKey = ({ actor, seq, index }: EffectJob<unknown>): string =>
  `${actor}#${seq}.${index}`
