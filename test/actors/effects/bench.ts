import type { TestContext } from 'node:test'
import { pino } from 'pino'
import type { EffectDeps } from '../../../src/actors/effects/deps.ts'
import type { EffectJob } from '../../../src/actors/engine/effect.ts'
import { createRuntime } from '../../../src/actors/engine/runtime.ts'
import { stepRules } from '../../../src/actors/step-rules.ts'
import type { TelegramApi } from '../../../src/actors/telegram/api.ts'
import { createFloodGate, type FloodGate } from '../../../src/actors/telegram/flood.ts'
import { conversationId } from '../../../src/machines/conversation/actor-id.ts'
import { createDefinitions } from '../../../src/machines/definitions.ts'
import { createRegistry } from '../../../src/machines/engine/registry.ts'
import { createWriters } from '../../../src/store/database.ts'
import { createDb } from '../../../src/store/db.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

export const CHAT = 42
export const CONVERSATION = conversationId(7, CHAT)
export const VIEW = { rates: { usdRubRate: 78.57, markup: 2 }, support: null }
/** What is random in the events of a bench's runtime. */
export const RANDOM = 'x'.repeat(24)

export interface Bench extends TestDatabase {
  deps: EffectDeps
  /** Sends an event to the conversation; every call is a new happening. */
  tell(event: { type: string } & Record<string, unknown>): Promise<void>
}

/** The engine without its workers: effects are run by hand. */
export async function createBench(
  t: TestContext,
  { now = Date.now }: { now?: () => number } = {},
): Promise<Bench> {
  const database = await createDatabase(t)
  const writers = createWriters(database.url)
  t.after(() => writers.end())
  const db = createDb(database.pool)
  const registry = createRegistry(createDefinitions(VIEW))
  const runtime = createRuntime({
    registry,
    rules: stepRules,
    db,
    writers,
    now,
    random: () => RANDOM,
  })
  const log = pino({ level: 'silent' })
  let happenings = 0
  return {
    ...database,
    deps: { runtime, registry, db, now, log, crashAt: () => {} },
    async tell(event) {
      happenings += 1
      const key = `happening:${happenings}`
      const receipt = await runtime.send({ actor: CONVERSATION, key, event })
      if (receipt.outcome !== 'committed') throw new Error(`${event.type}: ${receipt.outcome}`)
    },
  }
}

/** An effect's job as the queue would hand it over. */
export const jobOf = <P>(
  params: P,
  more: Partial<Omit<EffectJob, 'params'>> = {},
): EffectJob<P> => ({
  actor: CONVERSATION,
  seq: 1,
  index: 0,
  at: 0,
  attempt: 1,
  renewed: 0,
  ...more,
  params,
})

export const never = new AbortController().signal

interface Call {
  method: string
  payload: Record<string, unknown>
}

/** A message as the chat shows it. */
interface ShownMessage {
  text: unknown
  hasButtons: boolean
}

/** A Bot API that does what it is told; without a word, sends succeed. */
export function createStubApi(answer: (call: Call, earlier: number) => unknown = () => undefined): {
  api: TelegramApi
  calls: Call[]
  of(method: string): Call[]
  /** What became of the sends, edits and deletions that were answered, by message id. */
  chat: ReadonlyMap<number, ShownMessage>
} {
  const calls: Call[] = []
  const chat = new Map<number, ShownMessage>()
  const of = (method: string) => calls.filter((call) => call.method === method)
  let messageId = 100
  const call = async (method: string, payload: Record<string, unknown>) => {
    const made = { method, payload }
    const earlier = of(method).length
    calls.push(made)
    const given = await answer(made, earlier)
    if (given instanceof Error) throw given
    messageId += 1
    show(made, messageId)
    return { message_id: messageId }
  }
  function show({ method, payload }: Call, sentId: number): void {
    const { text, message_id, reply_markup } = payload as {
      text?: unknown
      message_id?: number
      reply_markup?: unknown
    }
    const id = message_id ?? sentId
    if (method === 'deleteMessage') chat.delete(id)
    else if (method === 'editMessageReplyMarkup')
      chat.set(id, { text: chat.get(id)?.text, hasButtons: false })
    else chat.set(id, { text, hasButtons: reply_markup !== undefined })
  }
  return { api: { call } as unknown as TelegramApi, calls, of, chat }
}

/** A gate whose waits cost no time: its clock jumps ahead. */
export function openGate(): FloodGate {
  let clock = Date.now()
  return createFloodGate({
    now: () => clock,
    after(ms, call) {
      clock += ms
      queueMicrotask(call)
      return () => {}
    },
  })
}
