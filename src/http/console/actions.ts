import type { Logger } from 'pino'
import type { EventObject } from 'xstate'
import {
  type ReplayAnswer,
  replayLetter,
  replayLetters,
} from '../../actors/effects/ask-for-replay.ts'
import { createOperateJob, refuseOperation } from '../../actors/effects/operate-job.ts'
import type { Runtime } from '../../actors/engine/runtime.ts'
import { REPLAYABLE_KINDS } from '../../machines/conversation/admin/orphans.ts'
import type { Registry } from '../../machines/engine/registry.ts'
import { recordAction, settleAction } from '../../store/console/operator-actions.ts'
import type { Db } from '../../store/db.ts'
import { loadActor } from '../../store/engine/actors.ts'
import { type DeadLetter, readDeadLetter } from '../../store/engine/dead-letters.ts'
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

const REFUSALS: Record<Exclude<ReplayAnswer, 'asked'>, string> = {
  gone: 'There is no such dead letter.',
  replayed: 'It was replayed already.',
  'only-read': 'A snapshot is kept to be read.',
}

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
    if (name === 'letter.replay') return replay(target)
    if (name === 'user.reveal') return reveal(target)
    const event = { type: JOB_EVENTS[name] as string, by: who, why } as EventObject
    return operate(target, event, `operator:${id}`)
  }

  async function replay(target: string): Promise<Settled> {
    const kind = REPLAYABLE_KINDS.find((one) => target === `letters:${one}`)
    if (kind !== undefined) return replayAll(kind)
    const id = letterIdIn(target)
    const answer = id === undefined ? 'gone' : await replayLetter(db, id, now())
    if (answer !== 'asked') return refused(REFUSALS[answer])
    return { outcome: 'done', detail: 'It goes to the running bot.', seq: null }
  }

  async function replayAll(kind: LetterKind): Promise<Settled> {
    const letters = await replayLetters(db, kind, now())
    if (letters === 0) return refused('There is none of this kind.')
    return { outcome: 'done', detail: `${letters} go to the running bot.`, seq: null }
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
    const id = letterIdIn(target)
    return id === undefined ? undefined : await readDeadLetter(db, id)
  }
}

/** The id of the dead letter that `letter:<id>` names; undefined: it names none. */
function letterIdIn(target: string): number | undefined {
  const id = /^letter:(\d{1,15})$/.exec(target)?.[1]
  return id === undefined ? undefined : Number(id)
}
