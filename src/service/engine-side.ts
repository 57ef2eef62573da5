import type { Logger } from 'pino'
import { bookings } from '../actors/bookings.ts'
import { QUEUES } from '../actors/effects/declare.ts'
import { effectTable } from '../actors/effects/table.ts'
import { createEngine, type Engine } from '../actors/engine/engine.ts'
import type { Runtime } from '../actors/engine/runtime.ts'
import { projections } from '../actors/projections.ts'
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
}

/** What the runtime does is said to `reports`. Throws when machines and tables do not fit together. */
export function createEngineSide({
  storage: { db, writers },
  reports,
  view,
  lifecycle,
  now,
  log,
}: {
  storage: Pick<Storage, 'db' | 'writers'>
  reports: Reports
  view: View
  lifecycle: Lifecycle
  now: () => number
  log: Logger
}): EngineSide {
  const engine = createEngine({
    definitions: createDefinitions(view),
    effects: effectTable,
    queues: QUEUES,
    bookings,
    projections,
  })
  const runtime = engine.createRuntime({
    ...{ db, writers, now },
    onStep: (batch) => reports.emit('step', batch),
    onReceipt: (machine, outcome) => reports.emit('receipt', machine, outcome),
    onCommit: (actor, steps) => reports.emit('commit', actor, steps),
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
  return { engine, runtime }
}
