import { createHmac, randomUUID } from 'node:crypto'
import { coerceError } from '../../errors.ts'
import type { Fault, Faults } from './faults.ts'
import { pause } from './pause.ts'
import type { CallbackAttempt, Task } from './task.ts'

/** How long KIE waits for an answer, and the pauses before it sends again. */
export interface CallbackPolicy {
  readonly timeoutMs: number
  readonly retryPausesMs: readonly number[]
}

/**
 * 15 s and 3 retries, as for Veo; the pauses are ours.
 * Source: https://docs.kie.ai/veo3-api/generate-veo-3-video-callbacks
 */
export const defaultCallbackPolicy: CallbackPolicy = {
  timeoutMs: 15_000,
  retryPausesMs: [300, 1_000, 3_000],
}

/** Sends a task's callbacks, the final one until it is answered with 200 or the retries end. */
export interface CallbackSender {
  deliver(task: Task, body: unknown): Promise<void>
  /** One attempt before createTask has answered; the usual delivery follows if it fails. */
  deliverEarly(task: Task, body: unknown): Promise<void>
  /** One attempt to say how far it is; faults are kept for the callback that counts. */
  announce(task: Task, body: unknown): Promise<void>
}

type Kind = CallbackAttempt['kind']

/** The sender; it records every attempt in `task.callbacks`. */
export function createCallbackSender(deps: {
  now: () => number
  hmacKey: string | undefined
  policy: CallbackPolicy
  faults: Faults
  signal: AbortSignal
  changed: () => void
}): CallbackSender {
  function record(task: Task, kind: Kind, attempt: number, url: string): CallbackAttempt {
    const blank = { status: undefined, answer: undefined, error: undefined }
    const entry: CallbackAttempt = { at: deps.now(), kind, attempt, url, ...blank }
    task.callbacks.push(entry)
    deps.changed()
    return entry
  }

  /** One POST; true when it was answered with 200. */
  async function post(task: Task, text: string, kind: Kind, attempt: number): Promise<boolean> {
    const genuine = task.callBackUrl as string
    const url = kind === 'forged' ? tampered(genuine) : genuine
    const key = kind === 'forged' ? deps.hmacKey && randomUUID() : deps.hmacKey
    const entry = record(task, kind, attempt, url)
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'kie-callback/1.0',
          ...(key ? signature(task.taskId, key, deps.now()) : {}),
        },
        body: text,
        redirect: 'manual',
        signal: AbortSignal.any([deps.signal, AbortSignal.timeout(deps.policy.timeoutMs)]),
      })
      entry.status = response.status
      entry.answer = (await response.text()).slice(0, 2_000)
    } catch (error) {
      entry.error = coerceError(error).name
    }
    deps.changed()
    return entry.status === 200
  }

  async function insist(task: Task, text: string, kind: Kind): Promise<void> {
    const pauses = [0, ...deps.policy.retryPausesMs]
    for (const [index, pauseMs] of pauses.entries()) {
      await pause(pauseMs, deps.signal)
      if (deps.signal.aborted || (await post(task, text, kind, index + 1))) return
    }
  }

  async function deliver(task: Task, body: unknown): Promise<void> {
    if (task.callBackUrl === undefined) return
    const text = JSON.stringify(body)
    const fault = deps.faults.take('callback', (kind) => kind !== 'early')
    switch (fault?.kind) {
      case 'lost':
        record(task, 'lost', 0, task.callBackUrl)
        return
      case 'doubled':
        await Promise.all([insist(task, text, 'genuine'), insist(task, text, 'doubled')])
        return
      case 'forged':
        await post(task, forgedText(body), 'forged', 1)
        break
      case 'garbage':
        await post(task, text.slice(0, Math.floor(text.length / 2)), 'garbage', 1)
        break
      default:
        await pause(delayOf(fault), deps.signal)
    }
    await insist(task, text, 'genuine')
  }

  return {
    deliver,
    async announce(task, body) {
      if (task.callBackUrl !== undefined) await post(task, JSON.stringify(body), 'interim', 1)
    },
    async deliverEarly(task, body) {
      if (task.callBackUrl === undefined) return
      const accepted = await post(task, JSON.stringify(body), 'early', 1)
      if (!accepted) void deliver(task, body)
    },
  }
}

const delayOf = (fault: Fault | undefined) => (fault?.kind === 'delay' ? (fault.ms ?? 1_000) : 0)

/** Headers of https://docs.kie.ai/common-api/webhook-verification.md; the body is not signed. */
function signature(taskId: string, key: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  const digest = createHmac('sha256', key).update(`${taskId}.${timestamp}`).digest('base64')
  return { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': digest }
}

/** A forger knows path and job but not the proof: every secret-looking value is wrong. */
function tampered(genuine: string): string {
  const url = new URL(genuine)
  const secrets = [...url.searchParams.keys()].filter((name) => /sig|token|key|hmac/i.test(name))
  for (const name of secrets) url.searchParams.set(name, '0'.repeat(64))
  if (secrets.length === 0) url.search = ''
  return url.href
}

/** The genuine body, but every result address leads to the forger's file. */
const forgedText = (body: unknown) =>
  JSON.stringify(body).replaceAll(
    /https?:\/\/[^"\\]+\/files\/[^"\\]+/g,
    'https://forged.test/x.png',
  )
