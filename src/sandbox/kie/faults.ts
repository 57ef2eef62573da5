import * as z from 'zod'

const routes = ['createTask', 'recordInfo', 'upload', 'callback', 'file', 'credit', 'chat'] as const
const transport = [
  'delay',
  'code',
  'http',
  'hang',
  'reset-before',
  'reset-after',
  'garbage',
] as const
const delivery = ['delay', 'lost', 'doubled', 'early', 'forged', 'garbage'] as const

const faultSchema = z
  .strictObject({
    route: z.enum(routes),
    kind: z.enum([...transport, 'lost', 'doubled', 'early', 'forged']),
    code: z.int().optional(),
    msg: z.string().optional(),
    status: z.int().min(100).max(599).optional(),
    ms: z.number().nonnegative().optional(),
    times: z.number().positive().optional(),
  })
  .refine(
    ({ route, kind }) =>
      (route === 'callback' ? (delivery as readonly string[]) : transport).includes(kind),
    { error: 'This kind of fault does not exist on this route.' },
  )

/** One thing to go wrong; `times` (default 1) is how often. */
export type Fault = z.infer<typeof faultSchema>
export type FaultRoute = Fault['route']
export type FaultKind = Fault['kind']

/** The faults still to come; every one is used up in the order in which it was added. */
export interface Faults {
  /** Throws when the fault makes no sense (e.g. a lost upload). */
  add(fault: Fault): void
  list(): readonly Fault[]
  clear(): void
  take(route: FaultRoute, wanted?: (kind: FaultKind) => boolean): Fault | undefined
}

/** Checks what came over HTTP. */
export const parseFault = (value: unknown): Fault => faultSchema.parse(value)

/** The queue of faults; `changed` is told when one is added or used up. */
export function createFaults(changed: () => void): Faults {
  let queue: { fault: Fault; left: number }[] = []
  return {
    add(fault) {
      queue.push({ fault: parseFault(fault), left: fault.times ?? 1 })
      changed()
    },
    list: () => queue.map(({ fault, left }) => ({ ...fault, times: left })),
    clear() {
      queue = []
    },
    take(route, wanted = () => true) {
      const found = queue.find(({ fault }) => fault.route === route && wanted(fault.kind))
      if (!found) return undefined
      found.left -= 1
      if (found.left <= 0) queue = queue.filter((entry) => entry !== found)
      changed()
      return found.fault
    },
  }
}
