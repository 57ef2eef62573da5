import { BotApiError, badRequest, conflict, tooManyRequests } from './api-error.ts'
import { type Args, payloadOf } from './args.ts'
import type { Fault } from './faults.ts'
import type { Methods } from './method.ts'
import type { Bot, CallRecord, World } from './model.ts'

/** What goes over the wire, or what happens to the connection instead. */
export type Outcome =
  | { readonly kind: 'json'; readonly status: number; readonly body: Record<string, unknown> }
  | { readonly kind: 'html'; readonly status: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang'; readonly ms: number | undefined }

export interface Call {
  readonly bot: Bot | undefined
  /** Shown in the call log instead of a token that nobody knows. */
  readonly botName: string
  readonly method: string
  readonly args: Args
  readonly signal: AbortSignal
  readonly via: CallRecord['via']
}

const failure = ({ status, message, parameters }: BotApiError): Outcome => ({
  kind: 'json',
  status,
  body: { ok: false, error_code: status, description: message, ...(parameters && { parameters }) },
})

const unauthorized = () => new BotApiError(401, 'Unauthorized')
const notFound = () => new BotApiError(404, 'Not Found')
const noMethod = () => new BotApiError(404, 'Not Found: method not found')

/** The keys of a result that carries the server's own remark, as setWebhook's does. */
const isDescribed = (value: unknown): value is { result: unknown; description: string } =>
  typeof value === 'object' && value !== null && Object.keys(value).join() === 'result,description'

const success = (value: unknown): Outcome => ({
  kind: 'json',
  status: 200,
  body: isDescribed(value) ? { ok: true, ...value } : { ok: true, result: value },
})

const OTHER_POLL =
  'terminated by other getUpdates request; make sure that only one bot instance is running'

function faultOutcome(fault: Fault): Outcome | undefined {
  switch (fault.kind) {
    case 'flood':
      return failure(tooManyRequests(fault.retryAfter ?? 1))
    case 'server-error':
      return { kind: 'html', status: 502 }
    case 'garbage':
      return { kind: 'html', status: 200 }
    case 'unauthorized':
      return failure(unauthorized())
    case 'not-found':
      return failure(notFound())
    case 'conflict':
      return failure(conflict(OTHER_POLL))
    case 'file-away':
      return failure(badRequest('wrong file_id or the file is temporarily unavailable'))
    case 'hang':
      return { kind: 'hang', ms: fault.ms }
    case 'reset-before':
      return { kind: 'reset' }
    default:
      return undefined
  }
}

interface DispatchDeps {
  readonly world: World
  readonly methods: Methods
}

/** Runs calls: token, faults, method; every one of them is recorded. */
export function createDispatch({ world, methods }: DispatchDeps) {
  const byName = new Map(
    Object.entries(methods).map(([name, method]) => [name.toLowerCase(), { name, method }]),
  )

  function record({ botName, method, args, via }: Call): CallRecord {
    const payload = payloadOf(args)
    const chatId = Number(args.values.get('chat_id') ?? Number.NaN)
    const added: CallRecord = {
      seq: (world.calls.at(-1)?.seq ?? 0) + 1,
      method: byName.get(method.toLowerCase())?.name ?? method,
      bot: botName,
      chatId: Number.isNaN(chatId) ? undefined : chatId,
      time: world.now(),
      via,
      payload,
      ok: undefined,
      error: undefined,
      fault: undefined,
      unheard: false,
    }
    world.calls.push(added)
    world.events.emit('change')
    return added
  }

  async function perform({ bot, method, args, signal }: Call): Promise<Outcome> {
    try {
      if (!bot || bot.loggedOut) throw unauthorized()
      const found = byName.get(method.toLowerCase())
      if (!found) throw noMethod()
      return success(await found.method({ world, bot, args, signal }))
    } catch (error) {
      if (error instanceof BotApiError) return failure(error)
      if (signal.aborted) return { kind: 'reset' }
      throw error
    }
  }

  function settle(call: CallRecord, outcome: Outcome): Outcome {
    call.ok = outcome.kind === 'json' && outcome.status === 200
    if (outcome.kind !== 'json') call.error = outcome.kind
    else if (!call.ok) call.error = String(outcome.body.description)
    world.events.emit('change')
    return outcome
  }

  return async function dispatch(call: Call): Promise<Outcome> {
    const recorded = record(call)
    const fault = world.faults.take(call.method, recorded.chatId)
    recorded.fault = fault?.kind
    if (fault?.kind === 'delay') await world.sleep(fault.ms ?? 1000, call.signal).catch(() => {})
    const planned = fault && faultOutcome(fault)
    if (planned) return settle(recorded, planned)
    const outcome = settle(recorded, await perform(call))
    const isCut = fault?.kind === 'reset-after'
    recorded.unheard = isCut || call.signal.aborted
    return isCut ? { kind: 'reset' } : outcome
  }
}

export type Dispatch = ReturnType<typeof createDispatch>
