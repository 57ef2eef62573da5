import { RetryableError } from '../../errors.ts'

/** From this size on a transfer takes seconds, and takes a place. */
export const BIG_BYTES = 4 * 1024 * 1024

/** No place came free in time; nothing is wrong with the file. */
export class TransfersBusy extends RetryableError {
  public override name = 'TransfersBusy'

  constructor() {
    super('media.unavailable', { detail: 'Too many large files at once.', retryAfterMs: 3_000 })
  }
}

/** One holder's ticket: at most one place, however often it is asked for. */
export interface Ticket {
  /** Resolves when the holder has a place; rejects with `TransfersBusy`. */
  enter(signal?: AbortSignal): Promise<void>
  /** Gives the place back, if there is one; safe to repeat. */
  leave(): void
}

export interface TransferGate {
  ticket(): Ticket
}

/**
 * Bounds how many large files travel at once, first come, first served. Only a few may wait here: the
 * others are sent back to the queue, so that waiting holds up nobody who shares the worker's slots.
 */
export function createTransferGate({
  places = 4,
  waiting: mayWait = 4,
  patienceMs = 20_000,
} = {}): TransferGate {
  let free = places
  const waiting = new Set<() => void>()

  const wait = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve, reject) => {
      const settle = (finish: () => void) => {
        waiting.delete(admit)
        clearTimeout(timer)
        signal?.removeEventListener('abort', giveUp)
        finish()
      }
      const admit = () => settle(resolve)
      const giveUp = () => settle(() => reject(new TransfersBusy()))
      const timer = setTimeout(giveUp, patienceMs)
      signal?.addEventListener('abort', giveUp, { once: true })
      waiting.add(admit)
    })

  const enter = async (signal: AbortSignal | undefined) => {
    if (free > 0) {
      free -= 1
      return
    }
    if (waiting.size >= mayWait || signal?.aborted) throw new TransfersBusy()
    await wait(signal)
  }
  const leave = () => {
    const [next] = waiting
    if (next === undefined) free += 1
    else next() // the place goes from hand to hand
  }

  return {
    ticket() {
      let inside = false
      return {
        async enter(signal) {
          if (inside) return
          await enter(signal)
          inside = true
        },
        leave() {
          if (inside) leave()
          inside = false
        },
      }
    },
  }
}
