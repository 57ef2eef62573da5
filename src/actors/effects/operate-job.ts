import type { EventObject } from 'xstate'
import type { Registry } from '../../machines/engine/registry.ts'
import type { Db } from '../../store/db.ts'
import { loadActor } from '../../store/engine/actors.ts'
import { readJournal } from '../../store/engine/journal.ts'
import type { Receipt } from '../engine/envelope.ts'
import { hydrate } from '../engine/live-actor.ts'
import type { Runtime } from '../engine/runtime.ts'

export interface Operated {
  readonly outcome: 'done' | 'refused'
  readonly detail: string | null
  readonly seq: number | null
}

export const refuseOperation = (detail: string): Operated => ({
  outcome: 'refused',
  detail,
  seq: null,
})

/**
 * Hands what an operator wants of an order to the order itself, whose machine decides and whose journal
 * tells; `key` names the wish, so that a repeat changes nothing.
 */
export function createOperateJob({
  db,
  registry,
  runtime,
}: {
  db: Db
  registry: Registry
  runtime: Pick<Runtime, 'send'>
}) {
  return async (actor: string, event: EventObject, key: string): Promise<Operated> => {
    const row = actor.startsWith('job:') ? await loadActor(db, actor) : undefined
    const live = row && hydrate(registry.of(actor), row)
    if (live === undefined) return refuseOperation('There is no such job.')
    if (!live.snapshot.can(event)) {
      return refuseOperation(`A job in ${row?.state} does not take this.`)
    }
    const receipt = await runtime.send({ actor, key, event })
    if (receipt.outcome !== 'committed') return refuseOperation(reasonOf(receipt))
    // Another step may have come between the look and this one: then it changed nothing.
    const [entry] = await readJournal(db, actor, receipt.seq)
    const didSomething = entry !== undefined && (entry.effects as unknown[]).length > 0
    if (!didSomething) return { ...refuseOperation('The job had moved on.'), seq: receipt.seq }
    return { outcome: 'done', detail: receipt.state, seq: receipt.seq }
  }
}

function reasonOf(receipt: Receipt): string {
  if (receipt.outcome === 'refused') return `The database refused it: ${receipt.constraint}.`
  if (receipt.outcome === 'ended') return 'The order is closed.'
  return receipt.outcome === 'poisoned' ? 'The machine threw on it.' : 'It changed nothing.'
}
