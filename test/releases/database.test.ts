import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type pg from 'pg'
import type { EventObject } from 'xstate'
import { hydrate } from '../../src/actors/engine/live-actor.ts'
import { createRuntime, type Runtime } from '../../src/actors/engine/runtime.ts'
import { createTimerTask } from '../../src/actors/engine/timer.ts'
import { JOB_STATUSES } from '../../src/machines/job/statuses.ts'
import { createSimulations } from '../../src/machines/simulations.ts'
import { createDb, createWriters } from '../../src/store/database.ts'
import { loadActors, type StoredActor } from '../../src/store/engine/actors.ts'
import { migrate } from '../../src/store/migrate.ts'
import { reconcile, troubles } from '../../src/store/reconcile.ts'
import { createBotProcess, startFakes } from '../support/bot-process.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import {
  type KeptBundle,
  type KeptDatabase,
  keptReleases,
  readKeptDatabase,
  restoreDatabase,
  unpackBundle,
} from '../support/release.ts'
import { presentRegistry } from '../support/shapes.ts'
import { waitFor } from '../support/wait.ts'

/** What waits in the job queue, by its meaning: the form in which it waits may change. */
interface Waiting {
  task: string
  payload: { actor: string; seq: number; id?: string; index?: number; event?: EventObject }
  /** Unix ms. */
  runAt: number
}

const identityOf = ({ task, payload, runAt }: Waiting): string => {
  const { actor, seq, id, index } = payload
  return `${task} ${actor}#${seq}.${id ?? index} at ${new Date(runAt).toISOString()}`
}

/** As the present version keeps it. */
async function waitingIn(pool: pg.Pool): Promise<Waiting[]> {
  const { rows } = await pool.query(
    `select t.identifier as task, j.payload, j.run_at from graphile_worker._private_jobs j
     join graphile_worker._private_tasks t on t.id = j.task_id order by j.id`,
  )
  return rows.map(({ task, payload, run_at }) => ({ task, payload, runAt: run_at.getTime() }))
}

/** As it was kept. */
function waitingThen(kept: KeptDatabase): Waiting[] {
  const tasks = new Map(
    kept.rows('graphile_worker._private_tasks').map(({ id, identifier }) => [id, identifier]),
  )
  return kept.rows('graphile_worker._private_jobs').map(({ task_id, payload, run_at }) => ({
    task: String(tasks.get(task_id)),
    payload: payload as Waiting['payload'],
    runAt: Date.parse(String(run_at)),
  }))
}

const readActors = async (pool: pg.Pool): Promise<StoredActor[]> => {
  const { rows } = await pool.query('select id from actors')
  return loadActors(
    pool,
    rows.map(({ id }) => id),
  )
}

const lettersIn = async (pool: pg.Pool): Promise<{ kind: string }[]> =>
  (await pool.query('select kind, subject, key, error from dead_letters order by id')).rows

for (const release of await keptReleases()) {
  describe(`the database of release ${release}`, () => {
    let bundle: KeptBundle
    let kept: KeptDatabase
    let database: TestDatabase
    let pool: pg.Pool
    let writers: pg.Pool

    before(async () => {
      bundle = await unpackBundle(release)
      kept = await readKeptDatabase(release)
      const closeFirst = async () => {
        await writers.end()
      }
      database = await createDatabase({ closeFirst }, { empty: true })
      pool = database.pool
      writers = createWriters(database.url)
      await restoreDatabase(pool, bundle, kept)
      await migrate(pool)
    })
    after(() => bundle.remove())

    test('has an actor of every machine in every state in which one ever rested', () => {
      const stateOf = ({ machine, state }: Record<string, unknown>) => `${machine} ${state}`
      const resting = new Set(kept.rows('public.actors').map(stateOf))
      const machines = new Map(kept.rows('public.actors').map(({ id, machine }) => [id, machine]))
      const seen = kept
        .rows('public.journal')
        .map(({ actor_id, state }) => stateOf({ machine: machines.get(actor_id), state }))
      assert.deepEqual([...new Set(seen)].filter((state) => !resting.has(state)).sort(), [])
      assert.ok(resting.size > 60)
    })

    test('keeps its rows, its money and its open orders in the newest schema', async () => {
      for (const { table, rows } of kept.tables.filter((t) => t.table.startsWith('public.'))) {
        const { rows: counted } = await pool.query(`select count(*)::int as n from ${table}`)
        assert.ok(counted[0].n >= rows.length, `${table}: ${counted[0].n} of ${rows.length}`)
      }
      // The orders of a past day are stuck, and the dead letters lie there, as they did then.
      const { stuckJobs, refusedSteps, ...books } = await reconcile(createDb(pool), JOB_STATUSES)
      assert.deepEqual(troubles(books as Parameters<typeof troubles>[0]), [])
      const open = kept
        .rows('public.jobs')
        .filter(({ status }) => status !== 'delivered' && status !== 'failed')
      assert.ok(open.length > 5)
      assert.equal(stuckJobs, open.length)
      const held = async (sql: string) => Number((await pool.query(sql)).rows[0].kopecks)
      const onAccounts = await held('select sum(held_kopecks) as kopecks from accounts')
      const ofOrders = open.reduce((sum, { price_kopecks }) => sum + Number(price_kopecks), 0)
      assert.ok(ofOrders > 0)
      assert.equal(onAccounts, ofOrders)
      assert.equal(refusedSteps, 0)
    })

    test('keeps every parked timer and every queued effect, once', async () => {
      const then = waitingThen(kept).map(identityOf).sort()
      const now = (await waitingIn(pool)).map(identityOf).sort()
      assert.ok(then.some((one) => one.startsWith('timer ')))
      assert.deepEqual(now, then)
    })

    test('has no actor that the present machines can not go on with', async () => {
      const registry = presentRegistry()
      const actors = await readActors(pool)
      assert.equal(actors.length, kept.rows('public.actors').length)
      const lost = actors.filter((row) => hydrate(registry.of(row.id), row) === undefined)
      assert.deepEqual(
        lost.map(({ id, state, machine_version }) => `${id} ${machine_version} ${state}`),
        [],
      )
    })

    test('of the newest schema is served by the program of then', async (t) => {
      // The present schema, as in the minutes of a deployment in which both programs run.
      const own = await createDatabase(t, { empty: true })
      await restoreDatabase(own.pool, bundle, kept, { asOf: Date.now() })
      await migrate(own.pool)
      const fakes = await startFakes(t)
      const [first, ...others] = kept.rows('public.users').map(({ id }) => Number(id))
      for (const id of others) fakes.telegram.control.user(id)
      const user = fakes.telegram.control.user(first as number)
      const before = await lettersIn(own.pool)
      const { main } = bundle
      const bot = await createBotProcess(t, { databaseUrl: own.url, fakes, main })
      await bot.start()

      const seen = user.chat().length
      user.sendCommand('menu')
      await waitFor(
        () =>
          user
            .chat()
            .slice(seen)
            .some((m) => m.from === 'bot' && m.keyboard.length > 3),
        { what: 'the menu' },
      ).catch((error: Error) => assert.fail(`${error.message}; ${bot.logs().slice(-2_000)}`))
      const { code } = await bot.terminate()
      assert.equal(code, 0, bot.logs().slice(-2_000))
      const isOfActors = ({ kind }: { kind: string }) => kind === 'event' || kind === 'snapshot'
      const letters = (await lettersIn(own.pool)).slice(before.length)
      assert.deepEqual(letters.filter(isOfActors), [])
    })

    test('lets every parked timer fire and every actor take its next event', async () => {
      const registry = presentRegistry()
      // Long after all of it, as when the bot was down.
      const now = () => Date.parse(kept.head.keptAt) + 48 * 3_600_000
      const runtime = createRuntime({ registry, db: createDb(pool), writers, now })
      const before = await lettersIn(pool)
      const moved = await fireTimers(runtime, await waitingIn(pool))
      assert.ok(moved.size > 10)

      const stuck: string[] = []
      for (const row of await readActors(pool)) {
        const event = nextEventOf(registry.of(row.id), row)
        if (event === undefined) continue
        const key = 'next release'
        const { outcome } = await runtime.send({ actor: row.id, key, event })
        if (outcome === 'committed') moved.add(row.id)
        else stuck.push(`${row.id} in ${row.state}, ${event.type}: ${outcome}`)
      }
      assert.deepEqual(stuck, [])
      const unmoved = (await readActors(pool)).filter(({ id }) => !moved.has(id))
      assert.deepEqual(
        unmoved.map(({ id, state }) => `${id} ${state}`),
        [],
      )
      assert.deepEqual(await lettersIn(pool), before)
      await runtime.drain()
    })
  })
}

/** Returns the actors that a timer has moved; each must have been waited for. */
async function fireTimers(runtime: Runtime, waiting: readonly Waiting[]): Promise<Set<string>> {
  const moved = new Set<string>()
  const late: string[] = []
  const task = createTimerTask({
    ...runtime,
    async send(envelope) {
      const receipt = await runtime.send(envelope)
      if (receipt.outcome === 'committed') moved.add(envelope.actor)
      else late.push(`${envelope.actor} ${envelope.key}: ${receipt.outcome}`)
      return receipt
    },
  })
  for (const { task: type, payload } of waiting) {
    if (type === 'timer') await task(payload, {} as Parameters<typeof task>[1])
  }
  // Two timers of one actor: the first takes it away from the second.
  assert.deepEqual(
    late.filter((one) => !moved.has(one.split(' ')[0] as string)),
    [],
  )
  return moved
}

const simulations = createSimulations()

type Machine = ReturnType<ReturnType<typeof presentRegistry>['of']>

/** Something that may happen to an actor in its state, as the machine's own samples have it. */
function nextEventOf(definition: Machine, row: StoredActor): EventObject | undefined {
  if (definition.id === 'conversation') return { type: 'command.menu' }
  const live = hydrate(definition, row)
  const simulation = simulations.get(definition.id)
  if (live === undefined || simulation === undefined) return undefined
  const none = { event: null, effects: [], unanswered: [], timers: [], at: 0, step: 0 }
  const { snapshot } = live
  const offers = simulation.offers({ snapshot, ...none }).filter(({ bare }) => !bare)
  const offer =
    offers.find(({ group }) => group === 'state') ?? offers.find(({ event }) => fits(event))
  return offer && aboutIt(offer.event)

  // Nobody pays in Stars for a bank transfer.
  function fits({ type }: EventObject): boolean {
    const { way, payments = [] } = snapshot.context as TopupFacts
    return type !== 'payment.received' || way !== 'manual' || payments.length > 0
  }

  // The samples know one task and one payment; each actor has its own, or none yet.
  function aboutIt(event: EventObject): EventObject {
    const { userId, payments = [] } = snapshot.context as TopupFacts
    const chargeId = payments[0]?.chargeId ?? `next of ${row.id}`
    const text = JSON.stringify(event).replaceAll('task-1', `next of ${row.id}`)
    return JSON.parse(
      text.replaceAll('charge-1', chargeId).replaceAll('"userId":7', `"userId":${userId}`),
    )
  }
}

interface TopupFacts {
  userId: number
  way?: string
  payments?: { chargeId: string }[]
}
