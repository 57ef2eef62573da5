import { coerceError } from '../../errors.ts'

/** How far a batch came: everything below `nextOffset` is accepted. */
export interface BatchResult {
  /** Undefined when nothing at the front was accepted. */
  readonly nextOffset: number | undefined
  /** The first reason why an update was not accepted. */
  readonly error: Error | undefined
}

/**
 * Accepts the updates of different people in parallel and those of one person in order. After a
 * failure the rest of that person's updates wait; the offset stops before the earliest failure, so
 * some of the others come twice. Resolves at once on abort, with nothing to confirm.
 */
export async function acceptBatch(
  updates: readonly unknown[],
  accept: (update: unknown) => Promise<void>,
  signal: AbortSignal,
): Promise<BatchResult> {
  const failed = new Set<unknown>()
  let error: Error | undefined
  const inOrder = async (queue: readonly unknown[]) => {
    for (const [index, update] of queue.entries()) {
      if (signal.aborted) return
      try {
        await accept(update)
      } catch (thrown) {
        error ??= coerceError(thrown)
        for (const rest of queue.slice(index)) failed.add(rest)
        return
      }
    }
  }
  const queues = Object.values(Object.groupBy(updates, orderKey))
  const aborted = Promise.withResolvers<true>()
  const abort = () => aborted.resolve(true)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  const done = Promise.all(queues.map((queue) => inOrder(queue ?? []))).then(() => false)
  const wasAborted = await Promise.race([done, aborted.promise])
  signal.removeEventListener('abort', abort)
  if (wasAborted || signal.aborted) return { nextOffset: undefined, error: undefined }
  return { nextOffset: offsetAfter(updates, failed), error }
}

/**
 * Taken from this batch alone, even if it is lower than before: after a week without updates the
 * server goes on with a random number (core.telegram.org/bots/api#update).
 */
function offsetAfter(updates: readonly unknown[], failed: ReadonlySet<unknown>) {
  const idsOf = (list: readonly unknown[]) => list.map(updateId).filter((id) => id !== undefined)
  const failedIds = idsOf([...failed])
  if (failedIds.length > 0) return Math.min(...failedIds)
  const ids = idsOf(updates)
  return ids.length > 0 ? Math.max(...ids) + 1 : undefined
}

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

function updateId(update: unknown): number | undefined {
  const { update_id: id } = fields(update)
  return Number.isSafeInteger(id) ? (id as number) : undefined
}

/**
 * The chat, else the person, of whatever kind of update; unreadable ones share one queue. A checkout
 * has ten seconds and an inline query changes nothing: they wait for nothing that their person did before.
 */
function orderKey(update: unknown): string {
  const [kind, content] = Object.entries(fields(update)).find(([key]) => key !== 'update_id') ?? []
  const { chat, message, from } = fields(content)
  if (kind === 'pre_checkout_query') return `checkout ${fields(content).id}`
  if (kind === 'inline_query') return `inline ${fields(content).id}`
  const { id = fields(fields(message).chat).id ?? fields(from).id } = fields(chat)
  return String(id ?? '')
}
