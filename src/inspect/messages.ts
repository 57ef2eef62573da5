import { z } from 'zod'

/** Longer names are no names. */
const name = z.string().min(1).max(400)
const said = z.looseObject({ type: z.string() })

const common = {
  sessionId: name,
  /** Unix ms of the app's clock, as text. */
  createdAt: z.string().nullish(),
}

const message = z.discriminatedUnion('type', [
  z.object({
    ...common,
    type: z.literal('@xstate.actor'),
    name: z.string().nullish(),
    parentId: z.string().nullish(),
    /** JSON of the machine's config; of an actor without a machine only its id. */
    definition: z.string().nullish(),
    snapshot: z.unknown(),
  }),
  z.object({
    ...common,
    type: z.literal('@xstate.event'),
    event: said,
    sourceId: z.string().nullish(),
  }),
  z.object({ ...common, type: z.literal('@xstate.snapshot'), event: said, snapshot: z.unknown() }),
])

/** A message of Stately's inspection protocol, as `@statelyai/inspect` sends it over a WebSocket. */
export type InspectMessage = z.infer<typeof message>

/** Undefined: it is no message of the protocol. */
export function readMessage(text: string): InspectMessage | undefined {
  try {
    const read = message.safeParse(JSON.parse(text))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
