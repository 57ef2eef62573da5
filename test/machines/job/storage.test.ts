import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { createMachine } from 'xstate'
import {
  advance,
  advancePublic,
  fromStored,
  step,
  toStored,
} from '../../../src/machines/engine/transition.ts'
import { jobDefinition } from '../../../src/machines/job/definition.ts'
import { DELAYS, generationLimit, pollPause } from '../../../src/machines/job/delays.ts'
import type { JobEvent } from '../../../src/machines/job/events.ts'
import { jobMachine } from '../../../src/machines/job/machine.ts'
import { impurities, nodesOf, transitionsOf } from '../charts/chart-walk.ts'
import { claimed, due, happenings, report, run, uploaded, ways } from './job-steps.ts'

const nodes = nodesOf(jobMachine.root)
const stamped = (event: JobEvent) => ({ ...event, at: 9, rnd: 'r' })

describe('a job in storage', () => {
  test('goes on after a restart exactly as without one, in every state', () => {
    for (const way of Object.values(ways)) {
      const { snapshot } = run(way)
      const restored = fromStored(jobDefinition, JSON.parse(JSON.stringify(toStored(snapshot))))
      for (const event of Object.values(happenings)) {
        const [a, b] = [snapshot, restored].map((s) => step(jobDefinition, s, stamped(event)))
        assert.deepEqual(toStored(b?.snapshot as never), toStored(a?.snapshot as never))
        assert.deepEqual([b?.effects, b?.timers], [a?.effects, a?.timers])
      }
    }
  })

  test('takes the same steps by the short way as by the public one', () => {
    for (const way of Object.values(ways)) {
      const { snapshot } = run(way)
      for (const event of Object.values(happenings)) {
        const [a, b] = [advance, advancePublic].map((go) =>
          go(jobDefinition, snapshot, stamped(event)),
        )
        assert.deepEqual(toStored(b?.snapshot as never), toStored(a?.snapshot as never))
        assert.deepEqual([b?.effects, b?.timers], [a?.effects, a?.timers])
      }
    }
  })

  test('mirrors its state by exactly the names that the database knows', () => {
    const sql = readFileSync(
      new URL('../../../src/store/migrations/0002-money.ts', import.meta.url),
      'utf8',
    )
    const [, list = ''] = /status text not null check \(status in \(([^)]*)\)/.exec(sql) ?? []
    const known = [...list.matchAll(/'(\w+)'/g)].map((m) => m[1])
    const shown = Object.values(ways).map((way) => jobDefinition.projection.row(run(way).snapshot))
    const statuses = shown.map((row) => row.status)
    assert.deepEqual([...new Set(statuses)].sort(), known.sort())
    // The row of a closed order still says how it ended.
    const states = Object.keys(jobMachine.config.states ?? {}).filter((name) => name !== 'closed')
    assert.deepEqual(states.sort(), known.sort())
    for (const end of ['delivered', 'failed']) {
      const closed = run([...(ways[end] ?? []), due('closeLimit', end)])
      assert.equal(closed.snapshot.status, 'done')
      assert.equal(jobDefinition.projection.row(closed.snapshot).status, end)
    }
  })

  test('names the reason of every failure', () => {
    for (const [state, way] of Object.entries(ways)) {
      for (const [name, event] of Object.entries(happenings)) {
        const next = run([...way, event])
        if (next.state !== 'failed') continue
        const row = jobDefinition.projection.row(next.snapshot)
        assert.match(
          row.errorCode ?? '',
          /^(kie|media|telegram|operator|user)\./,
          `${name} in ${state}`,
        )
      }
    }
  })
})

describe('the times of a job', () => {
  const timersOf = (way: JobEvent[], input = {}) =>
    run(way, input).last.timers.flatMap((t) => ('delayMs' in t ? [[t.id, t.delayMs]] : []))

  test('are asked for on the way into a state and taken back on the way out', () => {
    const open = new Set<string>()
    const way = [
      ...(ways['created.polling'] ?? []),
      report('running'),
      report('succeeded'),
      { type: 'result.delivered' } as const,
    ]
    const counts = way.map((_, i) => {
      for (const t of run(way.slice(0, i + 1)).last.timers) {
        if ('cancel' in t) open.delete(t.cancel)
        else open.add(t.id)
      }
      return open.size
    })
    // pending, creating, created + waiting, created + polling, created + waiting, delivering, and
    // from the end on the one that closes it.
    assert.deepEqual(counts, [1, 1, 2, 2, 2, 0, 1])
  })

  test('follow what the provider asked for', () => {
    assert.deepEqual(
      timersOf(ways.retrying ?? []).map(([, ms]) => ms),
      [4_000],
    )
    const unasked = { type: 'create.rejected', code: 'kie.busy', retryAfterMs: null } as const
    assert.deepEqual(
      timersOf([uploaded, claimed(), unasked]).map(([, ms]) => ms),
      [DELAYS.retryMs],
    )
  })

  test('poll seldom where callbacks come, and often at first where none do', () => {
    const of = (callbacks: boolean, polls: number) =>
      pollPause({ ...run([]).context, callbacks, polls })
    assert.deepEqual([of(true, 0), of(true, 5)], [30_000, 60_000])
    assert.deepEqual([of(true, 10), of(true, 30)], [120_000, 300_000])
    assert.deepEqual([of(false, 0), of(false, 10), of(false, 30)], [3_000, 7_000, 20_000])
  })

  test('give films longer than pictures', () => {
    const of = (output: string) => generationLimit({ ...run([]).context, output })
    assert.deepEqual([of('image'), of('video')], [30 * 60_000, 180 * 60_000])
  })
})

describe('job chart', () => {
  test('is pure data, the same after a trip through JSON', () => {
    const { context, ...config } = jobMachine.config as unknown as Record<string, unknown>
    assert.equal(typeof context, 'function')
    assert.deepEqual(impurities(config), [])
    const copy = createMachine(JSON.parse(JSON.stringify(config)))
    const chart = (machine: typeof jobMachine | typeof copy) =>
      nodesOf(machine.root).map((n) => [
        n.id,
        n.type,
        n.description,
        transitionsOf(n).map((t) => [
          t.eventType,
          t.guard,
          t.target?.map((s) => s.id),
          t.description,
        ]),
      ])
    assert.deepEqual(chart(copy), chart(jobMachine))
  })

  test('describes every state and every transition, and names every state', () => {
    for (const node of nodes) {
      assert.ok(node.description, node.id)
      assert.equal((node.config as { id?: string }).id, node.id)
      assert.equal(node.id, ['job', ...node.path].join('.'))
      for (const t of transitionsOf(node)) assert.ok(t.description, `${node.id}: ${t.eventType}`)
    }
  })

  test('uses every guard, action and delay that it declares, and has every effect', () => {
    const used = JSON.stringify(jobMachine.config)
    const { guards, actions, delays } = jobMachine.implementations
    for (const name of [guards, actions, delays].flatMap((of) => Object.keys(of))) {
      assert.ok(used.includes(`"${name}"`), name)
    }
    const effects = Object.keys(actions).filter((name) => name.includes('.'))
    assert.deepEqual(Object.keys(jobDefinition.effects).sort(), effects.sort())
  })
})
