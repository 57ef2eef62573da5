import { randomBytes } from 'node:crypto'
import { movementsOf } from '../../actors/bookings.ts'
import { projectionOf, type Timer } from '../../actors/engine/live-actor.ts'
import {
  type History,
  isFaithful,
  replay,
  replaySteps,
  toHistory,
} from '../../actors/engine/replay.ts'
import type { Definition, StoredSnapshot } from '../../machines/engine/definition.ts'
import { fromStored, toStored } from '../../machines/engine/transition.ts'
import { type ForkedTimer, insertForkedActor, setForkedTimers } from '../../store/console/fork.ts'
import type { Db } from '../../store/db.ts'
import { loadActor } from '../../store/engine/actors.ts'
import { addEffect } from '../../store/engine/effects.ts'
import { readJournal } from '../../store/engine/journal.ts'
import { type JobRecord, recordJobs } from '../../store/jobs.ts'
import { bookMovements } from '../../store/ledger.ts'
import { recordUsers, type UserRecord } from '../../store/users.ts'
import type { ConsoleDeps, SandboxTools } from './console-deps.ts'
import { ConsoleError } from './console-error.ts'
import type { ForkResult } from './contract.ts'
import { timersAfter } from './history.ts'
import { renamed } from './rename.ts'

type Deps = Pick<ConsoleDeps, 'db' | 'registry' | 'botId' | 'now'>

const refuse = (why: string) => new ConsoleError(409, 'console.refused', why)

/**
 * Brings an actor from a downloaded history to life in a chat of its own: the same events under new
 * names, proved by running them again. The history's own actor is not touched, wherever it lives.
 */
export function createFork({ db, registry, botId, now }: Deps, tools: SandboxTools) {
  return async (given: History): Promise<ForkResult> => {
    const definition = definitionOf(given)
    const chatId = await tools.newChat()
    const history = moved(given, chatId)
    if (!isFaithful(replay(definition, history))) {
      throw refuse('The history does not lead to its own end by the machine of today.')
    }
    const timers = timersOf(definition, history)
    const row = projectionOf(definition, fromStored(definition, snapshotOf(history)))
    await db.transaction().execute(async (trx) => {
      await recordUsers(trx, [userOf(definition, row, chatId)])
      await insertForkedActor(trx, {
        id: history.actor,
        machine: history.machine,
        machineVersion: history.machineVersion,
        status: history.snapshot.status,
        state: history.entries.at(-1)?.state ?? '',
        snapshot: history.snapshot,
        timers: Object.fromEntries(timers.map(({ id, seq, dueAt }) => [id, { seq, dueAt }])),
        entries: history.entries,
      })
      if (definition.id === 'job') await payFor(trx, history, row as JobRecord)
      await setForkedTimers(trx, history.actor, timers)
      if (definition.id === 'conversation') await showIn(trx, history, chatId)
    })
    return { actor: history.actor, chatId }
  }

  function definitionOf(history: History): Definition {
    const definition = registry.all.find(({ id }) => id === history.machine)
    if (definition?.id !== 'conversation' && definition?.id !== 'job') {
      throw refuse(`Actors of ${history.machine} can't be forked.`)
    }
    if (history.machineVersion > definition.version) throw refuse('It is of a newer version.')
    return definition
  }

  function moved(history: History, chatId: number): History {
    const [, ...rest] = history.actor.split(':')
    const id = randomBytes(9).toString('hex')
    const names = new Map<string, string>()
    const context = history.snapshot.context as Record<string, unknown>
    const conversation = `conversation:${botId}:${chatId}`
    if (history.machine === 'conversation') names.set(history.actor, conversation)
    else {
      const fork = `fork-${id}`
      names.set(history.actor, `job:${fork}`).set(rest.join(':'), fork)
      // A task of another provider's account; the number is unique here.
      if (typeof context.taskId === 'string') names.set(context.taskId, `task-${id}`)
      if (typeof context.conversation === 'string') names.set(context.conversation, conversation)
    }
    const people = [context.chatId, context.userId].filter((n) => typeof n === 'number')
    return renamed(history, names, new Set(people), chatId)
  }

  /** Its timers, begun anew from now. */
  function timersOf(definition: Definition, history: History): ForkedTimer[] {
    let timers: Record<string, Timer> = {}
    for (const replayed of replaySteps(definition, history.entries)) {
      timers = timersAfter(timers, replayed)
    }
    const last = history.entries.at(-1) as History['entries'][number]
    const laterMs = now() - Date.parse(last.at)
    return Object.entries(timers).map(([id, { seq, dueAt }]) => ({
      id,
      seq,
      dueAt: dueAt + laterMs,
    }))
  }

  /** A dialogue's screen appears in its new chat. */
  async function showIn(db: Db, { actor, entries }: History, chatId: number): Promise<void> {
    const { seq } = entries.at(-1) as History['entries'][number]
    const params = { chatId, below: true }
    const type = 'telegram.render'
    await addEffect(db, { actor, key: type, type, seq, at: now(), params })
  }
}

/** The life of an actor up to a step, as if nothing had happened since. */
export async function historyUpTo(
  { db, registry }: Pick<Deps, 'db' | 'registry'>,
  actor: string,
  seq: number,
): Promise<History> {
  const row = await loadActor(db, actor)
  if (row === undefined) throw new ConsoleError(404, 'actor.unknown')
  const whole = toHistory(row, await readJournal(db, actor))
  const entries = whole.entries.filter((entry) => entry.seq <= seq)
  const definition = registry.of(actor)
  const outcome = [...replaySteps(definition, entries)].at(-1)?.outcome
  if (outcome === undefined) throw refuse('The journal no longer has this step.')
  const snapshot = JSON.parse(JSON.stringify(toStored(outcome.snapshot))) as History['snapshot']
  return { ...whole, machineVersion: definition.version, entries, snapshot }
}

const snapshotOf = ({ snapshot }: History): StoredSnapshot => snapshot as StoredSnapshot

const userOf = ({ id: machine }: Definition, row: unknown, id: number): UserRecord =>
  machine === 'conversation' ? (row as UserRecord) : { id, language: 'en', blocked: false }

/** A job's row and all that was booked for it, out of money that the new user is given for it. */
async function payFor(db: Db, history: History, row: JobRecord): Promise<void> {
  const movements = history.entries
    // A free generation stays with whoever had it.
    .flatMap(({ effects }) => effects.flatMap(movementsOf))
  const hold = movements.find(({ kind }) => kind === 'hold')
  if (row.priceKopecks > 0 && hold === undefined) throw refuse('Its beginning was trimmed.')
  if (hold !== undefined) {
    const { userId, kopecks, ref } = hold
    await bookMovements(db, [{ userId, kind: 'top_up', ref: `fork:${ref}`, kopecks }])
  }
  for (const movement of movements) await bookMovements(db, [movement])
  await recordJobs(db, [row])
}
