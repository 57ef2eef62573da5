import type { Logger } from 'pino'
import type { EventObject } from 'xstate'
import { REPLAY_TASK } from '../../actors/effects/dead-letter.ts'
import type { Receipt } from '../../actors/engine/envelope.ts'
import { hydrate } from '../../actors/engine/live-actor.ts'
import type { Runtime } from '../../actors/engine/runtime.ts'
import type { Registry } from '../../machines/engine/registry.ts'
import { recordAction, settleAction } from '../../store/console/operator-actions.ts'
import type { Db } from '../../store/db.ts'
import { loadActor } from '../../store/engine/actors.ts'
import { readDeadLetter } from '../../store/engine/dead-letters.ts'
import { readJournal } from '../../store/engine/journal.ts'
import { addJob } from '../../store/engine/queue.ts'
import type { Visitor } from './access.ts'
import type { ActionName, ActionRequest, ActionResult } from './contract.ts'

export interface ActionsDeps {
  db: Db
  registry: Registry
  runtime: Pick<Runtime, 'send'>
  now: () => number
  log: Pick<Logger, 'info'>
}

type Settled = Omit<ActionResult, 'id'>

/** What a job hears. */
const JOB_EVENTS: Partial<Record<ActionName, string>> = {
  'job.redeliver': 'operator.redeliver',
  'job.reconcile': 'operator.reconcile',
  'job.refund': 'operator.refund',
}

const refused = (detail: string): Settled => ({ outcome: 'refused', detail, seq: null })

/**
 * Carries out what an operator asks for. It is recorded with who and why before anything is done;
 * what concerns an actor reaches it as an event, so that its own machine decides and its journal
 * tells. An action that the process dies in stays recorded as asked.
 */
export function createActions({ db, registry, runtime, now, log }: ActionsDeps) {
  return async (visitor: Visitor, { name, target, why }: ActionRequest): Promise<ActionResult> => {
    const { id: session, who } = visitor
    const row = { name, target, who, why, session, at: new Date(now()) }
    const id = await recordAction(db, row)
    const settled = await perform(id, who, { name, target, why })
    await settleAction(db, id, settled)
    log.info({ action: name, target, who, number: id, outcome: settled.outcome }, 'operator action')
    return { id, ...settled }
  }

  async function perform(id: number, who: string, request: ActionRequest): Promise<Settled> {
    const { name, target, why } = request
    if (name === 'letter.replay') return replayLetter(target)
    if (name === 'user.reveal') return reveal(target)
    return tellJob(target, { type: JOB_EVENTS[name] as string, by: who, why } as EventObject, id)
  }

  async function tellJob(actor: string, event: EventObject, id: number): Promise<Settled> {
    const row = actor.startsWith('job:') ? await loadActor(db, actor) : undefined
    const live = row && hydrate(registry.of(actor), row)
    if (live === undefined) return refused('There is no such job.')
    if (!live.snapshot.can(event)) return refused(`A job in ${row?.state} does not take this.`)
    const receipt = await runtime.send({ actor, key: `operator:${id}`, event })
    if (receipt.outcome !== 'committed') return refused(reasonOf(receipt))
    // Another step may have come between the look and this one: then it changed nothing.
    const [entry] = await readJournal(db, actor, receipt.seq)
    const didSomething = entry !== undefined && (entry.effects as unknown[]).length > 0
    if (!didSomething) return { ...refused('The job had moved on.'), seq: receipt.seq }
    return { outcome: 'done', detail: receipt.state, seq: receipt.seq }
  }

  async function replayLetter(target: string): Promise<Settled> {
    const letter = await letterOf(target)
    if (letter === undefined) return refused('There is no such dead letter.')
    if (letter.replayed_at !== null) return refused('It was replayed already.')
    if (letter.kind === 'snapshot') return refused('A snapshot is kept to be read.')
    await addJob(db, REPLAY_TASK, { id: letter.id })
    return { outcome: 'done', detail: 'It goes to the running bot.', seq: null }
  }

  /** The record itself is what reveals: see `revealedUntil`. */
  async function reveal(target: string): Promise<Settled> {
    const found = target.startsWith('letter:')
      ? await letterOf(target)
      : await loadActor(db, target)
    return found === undefined
      ? refused('There is no such actor or letter.')
      : { outcome: 'done', detail: null, seq: null }
  }

  async function letterOf(target: string) {
    const id = /^letter:(\d{1,15})$/.exec(target)?.[1]
    return id === undefined ? undefined : await readDeadLetter(db, Number(id))
  }
}

function reasonOf(receipt: Receipt): string {
  if (receipt.outcome === 'refused') return `The database refused it: ${receipt.constraint}.`
  return receipt.outcome === 'poisoned' ? 'The machine threw on it.' : 'It changed nothing.'
}
