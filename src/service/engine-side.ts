import type { Logger } from 'pino'
import { bookings } from '../actors/bookings.ts'
import { SLOTS } from '../actors/effects/declare.ts'
import { createScreenStore, type ScreenStore } from '../actors/effects/screen-store.ts'
import { effectTable } from '../actors/effects/table.ts'
import { createEngine, type Engine } from '../actors/engine/engine.ts'
import type { Runtime } from '../actors/engine/runtime.ts'
import { projections } from '../actors/projections.ts'
import { isConversation } from '../machines/conversation/actor-id.ts'
import type { View } from '../machines/conversation/screens/screen.ts'
import { createDefinitions } from '../machines/definitions.ts'
import { recountStates } from '../store/engine/state-counts.ts'
import type { Reports } from './engine-reports.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Storage } from './storage.ts'

/** The engine with the bot's machines and tables, and the runtime that steps its actors. */
export interface EngineSide {
  engine: Engine
  runtime: Runtime
  /** Which messages show the chats' screens, as far as this process knows. */
  screens: ScreenStore
}

/** What the runtime does is said to `reports`. Throws when machines and tables do not fit together. */
export function createEngineSide({
  storage: { db, engineDb, writers },
  reports,
  view,
  lifecycle,
  now,
  log,
}: {
  storage: Pick<Storage, 'db' | 'engineDb' | 'writers'>
  reports: Reports
  view: View
  lifecycle: Lifecycle
  now: () => number
  log: Logger
}): EngineSide {
  const engine = createEngine({
    definitions: createDefinitions(view),
    effects: effectTable,
    slots: SLOTS,
    bookings,
    projections,
  })
  const runtime = engine.createRuntime({
    ...{ db: engineDb, writers, now },
    onStep: (batch) => reports.emit('step', batch),
    onReceipt: (machine, outcome) => reports.emit('receipt', machine, outcome),
    onRejected: (error) => reports.emit('rejection', error),
    onCommit: (actor, steps, before) => reports.emit('commit', actor, steps, before),
    onLoaded(actor, isNew) {
      if (!isConversation(actor)) return
      if (isNew) screens.begin(actor)
      else screens.refresh(actor)
    },
    onPoison: (envelope, error) => {
      const { actor, event } = envelope
      log.error({ actor, event: event.type, err: error }, 'an event poisoned its actor')
      reports.emit('poison', envelope, error)
      reports.emit('dead letter', 'poisoned')
    },
    onRefused: (envelope, constraint) => {
      const { actor, event } = envelope
      log.error({ actor, event: event.type, constraint }, 'the database refused a step')
      reports.emit('refusal', envelope, constraint)
      reports.emit('dead letter', 'refused')
    },
  })
  // Whoever led before may have been of an older version, which did not count.
  lifecycle.onDuty('lead', () =>
    recountStates(db).catch((error) => {
      log.warn({ err: error }, 'the states could not be counted anew')
    }),
  )
  const screens = createScreenStore({ db, versionOf: (actor) => runtime.versionOf(actor) })
  return { engine, runtime, screens }
}
