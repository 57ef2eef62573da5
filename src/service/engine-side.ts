import type { Logger } from 'pino'
import { createRuntime, type Runtime } from '../actors/engine/runtime.ts'
import type { View } from '../machines/conversation/screens/screen.ts'
import { createDefinitions } from '../machines/definitions.ts'
import { createRegistry, type Registry } from '../machines/engine/registry.ts'
import { recountStates } from '../store/engine/state-counts.ts'
import type { Reports } from './engine-reports.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Storage } from './storage.ts'

/** The machines and the runtime that steps them; what it does is said to `reports`. */
export function createEngineSide({
  storage,
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
}): { registry: Registry; runtime: Runtime } {
  const { db, writers } = storage
  const registry = createRegistry(createDefinitions(view))
  const runtime = createRuntime({
    ...{ registry, db, writers, now },
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
  return { registry, runtime }
}
