import type { Logger } from 'pino'
import type { ApiPayload, TelegramApi } from '../../actors/telegram/api.ts'
import { createBackoff } from '../../actors/telegram/backoff.ts'
import { isWebhookActive } from '../../actors/telegram/errors.ts'
import {
  coerceError,
  type ErrorCode,
  RetryableError,
  TrtError,
  UnknownOutcomeError,
} from '../../errors.ts'
import { acceptBatch } from './accept-batch.ts'

export type AllowedUpdates = NonNullable<ApiPayload<'getUpdates'>['allowed_updates']>

/** What the poller is doing; `reason` says why it waits. */
export type PollerState =
  | { readonly phase: 'polling' | 'stopped' }
  | { readonly phase: 'waiting'; readonly reason: ErrorCode | 'input'; readonly waitMs: number }

export interface PollerDeps {
  api: Pick<TelegramApi, 'call'>
  /** Resolves when the update is committed or stored as undeliverable. */
  accept(update: unknown): Promise<void>
  allowedUpdates: AllowedUpdates
  now(): number
  random(): number
  /** Rejects when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  onState?(state: PollerState): void
}

export interface Poller {
  /** Polls until aborted, whatever happens; resolves at once then. */
  run(signal: AbortSignal): Promise<void>
}

const POLL_TIMEOUT_S = 50
/** A dead connection must not hold updates back longer than this. */
const HTTP_TIMEOUT_MS = 60_000
const SLOW_RETRY_MS = 60_000
/** Same offset within 0.5 s makes the server answer one update at a time (Client.cpp of tdlib). */
const SHORTEST_POLL_MS = 500

/**
 * Long polling that outlives everything: 409, 401, 5xx, garbage, a failing database. The offset
 * moves past an update only when `accept` has resolved for it and all before it; on abort an
 * unconfirmed batch simply comes again.
 */
export function createPoller(deps: PollerDeps): Poller {
  const { api, log, random } = deps
  const waits = {
    conflict: createBackoff({ minMs: 3000, maxMs: 30_000, random }),
    fault: createBackoff({ minMs: 1000, maxMs: 30_000, random }),
    // Short: a checkout among the updates to come must still be refused in time.
    input: createBackoff({ minMs: 1000, maxMs: 3000, random }),
  }

  async function run(signal: AbortSignal) {
    let webhookDeleted = false
    let offset: number | undefined

    /** One round; returns how long to wait before the next one. */
    async function round(): Promise<number> {
      if (!webhookDeleted) {
        // Dropping pending updates would lose what people wrote during a restart.
        await api.call('deleteWebhook', { drop_pending_updates: false }, { signal })
        webhookDeleted = true
      }
      deps.onState?.({ phase: 'polling' })
      const startedAt = deps.now()
      const updates: unknown = await api.call(
        'getUpdates',
        {
          timeout: POLL_TIMEOUT_S,
          allowed_updates: deps.allowedUpdates,
          ...(offset === undefined ? {} : { offset }),
        },
        { signal, timeoutMs: HTTP_TIMEOUT_MS },
      )
      if (!Array.isArray(updates)) throw new UnknownOutcomeError('telegram.unknown')
      waits.conflict.reset()
      waits.fault.reset()
      const batch = await acceptBatch(updates, deps.accept, signal)
      offset = batch.nextOffset ?? offset
      if (batch.error) return inputFailed(batch.error)
      waits.input.reset()
      const tookMs = deps.now() - startedAt
      return updates.length === 0 ? Math.max(0, SHORTEST_POLL_MS - tookMs) : 0
    }

    function inputFailed(error: Error): number {
      const waitMs = waits.input.nextMs()
      log.error({ reason: error.message, waitMs }, 'update not accepted, it will be tried again')
      deps.onState?.({ phase: 'waiting', reason: 'input', waitMs })
      return waitMs
    }

    function pollFailed(error: Error): number {
      if (signal.aborted) return 0
      if (isWebhookActive(error)) webhookDeleted = false
      const reason = error instanceof TrtError ? error.code : 'telegram.unknown'
      const waitMs = waitAfter(error, reason)
      const level = reason === 'telegram.unauthorized' ? 'error' : 'warn'
      log[level]({ code: reason, reason: error.message, waitMs }, 'polling failed, trying again')
      deps.onState?.({ phase: 'waiting', reason, waitMs })
      return waitMs
    }

    log.info('polling starts')
    while (!signal.aborted) {
      const waitMs = await round().catch((thrown: unknown) => pollFailed(coerceError(thrown)))
      if (waitMs > 0 && !signal.aborted) await deps.sleep(waitMs, signal).catch(() => {})
    }
    deps.onState?.({ phase: 'stopped' })
    log.info('polling has stopped')
  }

  function waitAfter(error: Error, reason: ErrorCode): number {
    if (reason === 'telegram.unauthorized') return SLOW_RETRY_MS
    if (reason === 'telegram.conflict') return waits.conflict.nextMs()
    const asked = error instanceof RetryableError ? error.retryAfterMs : undefined
    return asked ?? waits.fault.nextMs()
  }

  return { run }
}
