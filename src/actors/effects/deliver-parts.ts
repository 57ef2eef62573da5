import type { Db } from '../../store/db.ts'
import { readSend, readSent } from '../../store/sends.ts'
import type { Sent } from '../telegram/send-record.ts'
import type { SendFence } from './send-fence.ts'

interface PartDeps {
  readonly db: Db
  readonly fence: SendFence
}

/** Under what a delivery's parts are recorded; one more that an operator asked for begins anew. */
export const recordName = (actor: string, round = 0): string =>
  round === 0 ? actor : `${actor}:again-${round}`

/** The key of the record of what begins with this file. */
export const partKey = (name: string, index: number): string => `${name}:${index}`

/** The parts of one delivery as they are recorded. */
export interface Parts {
  /** Whether this result of the provider has been sent. */
  isSent(index: number): boolean
  /** Whether anything has been sent, now or by an earlier try. */
  anySent(): boolean
  /** Sends what begins at this result, with a record before and after. */
  send(index: number, send: () => Promise<Sent>): Promise<void>
}

/**
 * A part's record is kept under its first result and covers as many as it has messages, so that a
 * repeat knows what an album held. Between the send and its record lies the one window for a double.
 */
export async function openParts(
  deps: PartDeps,
  { actor, chatId, count }: { actor: string; chatId: number; count: number },
): Promise<Parts> {
  const sent = new Set<number>()
  const cover = (first: number, length: number) => {
    for (let i = first; i < first + length; i += 1) sent.add(i)
  }
  const firsts = new Map(Array.from({ length: count }, (_, i) => [partKey(actor, i), i]))
  for (const { key, message_ids } of await readSent(deps.db, [...firsts.keys()])) {
    cover(firsts.get(key) as number, message_ids.length)
  }
  return {
    isSent: (index) => sent.has(index),
    anySent: () => sent.size > 0,
    async send(index, send) {
      const record = await deps.fence.send({ key: partKey(actor, index), chatId }, send)
      cover(index, record.messageIds.length)
    },
  }
}

/** A part of a result that is no file: its words, or the buttons below an album. */
export async function openPart(
  deps: PartDeps,
  { actor, chatId }: { actor: string; chatId: number },
  what: 'text' | 'buttons',
) {
  const key = `${actor}:${what}`
  return {
    isSent: (await readSend(deps.db, key))?.status === 'sent',
    send: (send: () => Promise<Sent>) => deps.fence.send({ key, chatId }, send),
  }
}
