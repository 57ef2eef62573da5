import type { Logger } from 'pino'
import type { EventObject } from 'xstate'
import { askForReplay } from '../../actors/effects/dead-letter.ts'
import { createOperateJob, refuseOperation } from '../../actors/effects/operate-job.ts'
import type { Runtime } from '../../actors/engine/runtime.ts'
import type { Registry } from '../../machines/engine/registry.ts'
import { recordAction, settleAction } from '../../store/console/operator-actions.ts'
import type { Db } from '../../store/db.ts'
import { loadActor } from '../../store/engine/actors.ts'
import { type DeadLetter, readDeadLetter } from '../../store/engine/dead-letters.ts'
import { lettersOf } from '../../store/orphans.ts'
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

type LetterKind = DeadLetter['kind']

const refused: (detail: string) => Settled = refuseOperation

/**
 * Carries out what an operator asks for. It is recorded with who and why before anything is done;
 * what concerns an actor reaches it as an event, so that its own machine decides and its journal
 * tells. An action that the process dies in stays recorded as asked.
 */
export function createActions({ db, registry, runtime, now, log }: ActionsDeps) {
  const operate = createOperateJob({ db, registry, runtime })
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
    const event = { type: JOB_EVENTS[name] as string, by: who, why } as EventObject
    return operate(target, event, `operator:${id}`)
  }

  async function replayLetter(target: string): Promise<Settled> {
    const kind = /^letters:(event|effect|callback|update)$/.exec(target)?.[1]
    if (kind !== undefined) return replayAll(kind as LetterKind)
    const letter = await letterOf(target)
    if (letter === undefined) return refused('There is no such dead letter.')
    if (letter.replayed_at !== null) return refused('It was replayed already.')
    if (letter.kind === 'snapshot') return refused('A snapshot is kept to be read.')
    await askForReplay(db, letter.id, now())
    return { outcome: 'done', detail: 'It goes to the running bot.', seq: null }
  }

  async function replayAll(kind: LetterKind): Promise<Settled> {
    const letters = await lettersOf(db, kind)
    if (letters.length === 0) return refused('There is none of this kind.')
    for (const letter of letters) await askForReplay(db, letter, now())
    return { outcome: 'done', detail: `${letters.length} go to the running bot.`, seq: null }
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
