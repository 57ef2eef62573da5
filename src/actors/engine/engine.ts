import { randomInt, randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Logger } from 'pino'
import { TerminalError } from '../../errors.ts'
import {
  type Definition,
  type EffectName,
  effectNames,
  type ProjectionName,
  type ProjectionRow,
} from '../../machines/engine/definition.ts'
import { createRegistry, type Registry } from '../../machines/engine/registry.ts'
import { createPool, createWriters, openDb } from '../../store/database.ts'
import { type Migrations, migrateAll } from '../../store/engine/migrate.ts'
import { engineMigrations } from '../../store/engine/migrations/migrations.ts'
import type { EngineTables } from '../../store/engine/tables.ts'
import type { FollowUp } from './batch.ts'
import { type Booking, createStepRules, type Projections, type WriteRows } from './booking.ts'
import {
  type BoundEffect,
  createEffects,
  type DepsOf,
  type EffectDeclaration,
  type EngineDeps,
} from './effect.ts'
import { createRuntime, type Runtime, type RuntimeDeps } from './runtime.ts'
import { createSession } from './session.ts'
import { startWorker, type Worker, type WorkerDeps } from './worker.ts'

type Definitions = readonly Definition[]
type Table = readonly EffectDeclaration[]
type Bookings = readonly Booking[]

type Done<T extends Table, B extends Bookings> = T[number]['name'] | B[number]['names'][number]

/** Nothing to add when the machines and the tables name the same effects; else what is amiss. */
type Fitting<Ds extends Definitions, T extends Table, B extends Bookings> = [
  Exclude<EffectName<Ds[number]>, Done<T, B>>,
] extends [never]
  ? [Exclude<Done<T, B>, EffectName<Ds[number]>>] extends [never]
    ? unknown
    : { 'no machine asks for': Exclude<Done<T, B>, EffectName<Ds[number]>> }
  : { 'nobody handles': Exclude<EffectName<Ds[number]>, Done<T, B>> }

/** A writer for every projection that a definition names. */
type ProjectionsOf<Ds extends Definitions> = {
  readonly [D in Ds[number] as ProjectionName<D>]: WriteRows<ProjectionRow<D>>
}

/** What an engine is made of: the machines, and all that is done for them. */
export interface EngineParts<Ds extends Definitions, T extends Table, B extends Bookings> {
  definitions: Ds
  /** What is done after the commit. */
  effects: T
  /** Effects of one queue that run at the same time in one process. */
  slots: Readonly<Record<string, number>>
  /** What is written within the commit, in this order; first the projections. */
  bookings: B
  projections: ProjectionsOf<Ds>
}

export interface Engine {
  registry: Registry
  /** Takes events from now on, and commits the steps that they lead to. */
  createRuntime(deps: Omit<RuntimeDeps, 'registry' | 'rules' | 'followUp'>): Runtime
  /** Does the effects of the runtime's steps, and fires timers; needs a migrated database. */
  work(options: WorkOptions): Promise<Worker>
}

export interface WorkOptions extends Omit<WorkerDeps, 'slots' | 'send' | 'versions'> {
  runtime: Pick<Runtime, 'send'>
  /** Every effect of the table, and those that people ask for rather than machines. */
  effects: readonly BoundEffect[]
}

/**
 * Joins machines and what is done for them. Throws `machine.unstorable` for a machine that storage
 * can't keep and `effect.unhandled` when an effect has no handler, a handler no machine, a queue no
 * slots, or a projection no writer; for most of it the types fail before.
 */
export function createEngine<
  const Ds extends Definitions,
  const T extends Table,
  const B extends Bookings,
>(parts: EngineParts<Ds, T, B> & Fitting<Ds, T, B>): Engine {
  const { definitions, effects: table, slots, bookings, projections } = parts
  const registry = createRegistry(definitions)
  checkParts({ definitions, effects: table, slots, bookings, projections })
  const rules = createStepRules({ effects: table, bookings, projections })
  let worker: Worker | undefined
  // Until work begins, effects are left in nobody's name.
  const followUp: FollowUp = {
    owner: () => worker?.owner() ?? null,
    ask: (actor, wanted) => worker?.ask(actor, wanted) ?? [],
    committed: (actor, committed) => worker?.committed(actor, committed),
    doubt: () => worker?.doubt(),
  }
  return {
    registry,
    createRuntime: (deps) => createRuntime({ ...deps, registry, rules, followUp }),
    async work({ runtime, ...deps }) {
      const versions = Object.fromEntries(registry.all.map(({ id, version }) => [id, version]))
      worker = await startWorker({ ...deps, slots, versions, send: runtime.send })
      return worker
    },
  }
}

/** Throws `effect.unhandled` with what does not fit; see `createEngine`. */
function checkParts({
  definitions,
  effects,
  slots,
  bookings,
  projections,
}: {
  definitions: Definitions
  effects: Table
  /** Effects of one queue that run at the same time in one process. */
  slots: Readonly<Record<string, number>>
  bookings: Bookings
  projections: Projections
}): void {
  const done = [...effects.map(({ name }) => name), ...bookings.flatMap(({ names }) => names)]
  const asked = new Set(definitions.flatMap(effectNames))
  const faults = [
    ...definitions.flatMap((definition) =>
      effectNames(definition)
        .filter((name) => !done.includes(name))
        .map((name) => `Nobody handles the effect ${name} of the machine ${definition.id}.`),
    ),
    ...done
      .filter((name) => !asked.has(name))
      .map((name) => `No machine asks for the effect ${name}.`),
    ...done
      .filter((name, i) => done.indexOf(name) !== i)
      .map((name) => `The effect ${name} is declared twice.`),
    ...effects
      .filter(({ queue }) => slots[queue] === undefined)
      .map(({ name, queue }) => `The queue ${queue} of the effect ${name} has no slots.`),
    ...projectionFaults(definitions, projections),
  ]
  if (faults.length > 0) throw new TerminalError('effect.unhandled', { detail: faults.join(' ') })
}

function projectionFaults(definitions: Definitions, projections: Projections): string[] {
  const names = new Set(definitions.flatMap(({ projection }) => projection?.name ?? []))
  const missing = [...names].filter((name) => !(name in projections))
  const idle = Object.keys(projections).filter((name) => !names.has(name))
  return [
    ...missing.map((name) => `Nobody writes the projection ${name}.`),
    ...idle.map((name) => `No machine has the projection ${name}.`),
  ]
}

/** An instance under this name, with a lock of its own that dies with its session. */
export const createInstance = (name: string): WorkerDeps['instance'] => ({
  id: name,
  lockKey: 2 ** 52 + randomInt(2 ** 47),
})

export interface StartOptions<Deps> {
  url: string
  log: Logger
  /** What handlers need, from what the engine has. */
  deps: (engine: EngineDeps) => Deps
  now?: () => number
  /** This process among others on the same database. */
  name?: string
  migrations?: Migrations
}

export interface StartedEngine {
  registry: Registry
  runtime: Runtime
  pool: pg.Pool
  /** Finishes what runs, for up to `graceMs`; what remains is done by others, or after a restart. */
  stop(graceMs?: number): Promise<void>
}

/**
 * A whole engine on a database that is there: migrates it, works, and stops. Rejects with what the
 * database says when it can't be reached.
 */
export async function startEngine<
  const Ds extends Definitions,
  const T extends Table,
  const B extends Bookings,
>(
  parts: EngineParts<Ds, T, B> & Fitting<Ds, T, B> & StartOptions<DepsOf<T>>,
): Promise<StartedEngine> {
  const { url, log, now = Date.now, name = randomUUID(), migrations = engineMigrations } = parts
  const pool = createPool({ url, max: 16, name: 'engine' })
  const writers = createWriters(url)
  const db = openDb<EngineTables>(pool)
  const engine = createEngine<Ds, T, B>(parts)
  const { registry } = engine
  const runtime = engine.createRuntime({ db, writers, now })
  const instance = createInstance(name)
  await migrateAll(pool, migrations)
  let worker: Worker | undefined
  const session = await createSession({
    ...{ url, log, hold: [instance.lockKey] },
    onReconnected: () => void worker?.register(),
  })
  const effects = createEffects(parts.effects, parts.deps({ runtime, registry, db, now, log }))
  const started = await engine.work({ runtime, effects, db, now, instance, log })
  worker = started
  return {
    registry,
    runtime,
    pool,
    async stop(graceMs = 5_000) {
      await started.stop(graceMs)
      await runtime.drain()
      await session.close()
      await Promise.all([pool.end(), writers.end()])
    },
  }
}
