/** What can go wrong on command; see `FaultKind` for what each does to a call. */
export const FAULT_KINDS = [
  'delay',
  'flood',
  'server-error',
  'hang',
  'reset-before',
  'reset-after',
  'garbage',
  'unauthorized',
  'not-found',
  'conflict',
  'file-away',
] as const

/**
 * `delay` waits, then performs; `reset-after` performs, then cuts the connection unanswered; all
 * others do not perform the call; `file-away` is what getFile now and then answers for a good file. `hang` never answers, or cuts the connection after `ms`.
 */
export type FaultKind = (typeof FAULT_KINDS)[number]

export interface NewFault {
  readonly kind: FaultKind
  /** Any method when absent; case does not matter. */
  readonly method?: string
  readonly chatId?: number
  /** How many calls it hits, 1 by default; 0 means until it is cleared. */
  readonly times?: number
  readonly ms?: number
  readonly retryAfter?: number
}

export interface Fault extends NewFault {
  readonly id: number
  left: number
}

/** The faults in force; the first one that matches a call is used up by it. */
export function createFaults() {
  let faults: Fault[] = []
  let nextId = 1
  const matches = (fault: Fault, method: string, chatId: number | undefined) =>
    (fault.method === undefined || fault.method.toLowerCase() === method.toLowerCase()) &&
    (fault.chatId === undefined || fault.chatId === chatId)
  return {
    add(fault: NewFault): Fault {
      const times = fault.times ?? 1
      const added = { ...fault, id: nextId++, left: times > 0 ? times : Number.POSITIVE_INFINITY }
      faults.push(added)
      return added
    },
    list: (): readonly Fault[] => faults,
    clear(): void {
      faults = []
    },
    take(method: string, chatId: number | undefined): Fault | undefined {
      const fault = faults.find((candidate) => matches(candidate, method, chatId))
      if (!fault) return undefined
      fault.left -= 1
      if (fault.left <= 0) faults = faults.filter((other) => other !== fault)
      return fault
    },
  }
}

export type FaultTable = ReturnType<typeof createFaults>
