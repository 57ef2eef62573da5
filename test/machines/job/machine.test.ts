import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { getNextTransitions } from 'xstate'
import { getShortestPaths } from 'xstate/graph'
import { jobDefinition } from '../../../src/machines/job/definition.ts'
import { DELAYS } from '../../../src/machines/job/delays.ts'
import type { JobEvent } from '../../../src/machines/job/events.ts'
import { jobMachine } from '../../../src/machines/job/machine.ts'
import { nodesOf, transitionsOf } from '../charts/chart-walk.ts'
import {
  accepted,
  claimed,
  due,
  happenings,
  jobInput,
  rejected,
  report,
  run,
  typesOf,
  uploaded,
  ways,
} from './job-steps.ts'

const nodes = nodesOf(jobMachine.root)
const undeliverable: JobEvent = { type: 'result.undeliverable', code: 'media.unavailable' }
const stamped = (event: JobEvent) => ({ ...event, at: 9, rnd: 'r' })

/** While the money is on hold. */
const refundable = { 'operator refunds': 'failed' }

/** While the provider has not been asked, too. */
const cancellable = { ...refundable, 'user cancels': 'failed' }

/** Where each happening leads from each state; what is not listed changes nothing. */
const moves: Record<string, Record<string, string>> = {
  preparing: {
    ...cancellable,
    uploaded: 'pending',
    'upload rejected': 'failed',
    'upload limit': 'failed',
  },
  pending: {
    ...cancellable,
    claimed: 'creating',
    refused: 'failed',
    'account refused': 'failed',
    succeeded: 'delivering',
    'create limit': 'failed',
  },
  creating: {
    ...refundable,
    accepted: 'created.waiting',
    rejected: 'retrying',
    refused: 'failed',
    'account refused': 'failed',
    lost: 'unknown',
    'answer limit': 'unknown',
  },
  retrying: { ...cancellable, succeeded: 'delivering', 'retry pause': 'pending' },
  'created.waiting': {
    ...refundable,
    'poll pause': 'created.polling',
    'operator reconciles': 'created.polling',
    succeeded: 'delivering',
    'task failed': 'failed',
    'generation limit': 'failed',
  },
  'created.polling': {
    ...refundable,
    'poll missed': 'created.waiting',
    'poll limit': 'created.waiting',
    running: 'created.waiting',
    waiting: 'created.waiting',
    succeeded: 'delivering',
    'task failed': 'failed',
    'generation limit': 'failed',
  },
  unknown: {
    ...refundable,
    accepted: 'created.waiting',
    succeeded: 'delivering',
    'task failed': 'failed',
    'unknown limit': 'failed',
  },
  delivering: {
    ...refundable,
    delivered: 'delivered',
    blocked: 'delivered',
    undeliverable: 'failed',
  },
  delivered: { 'long after delivery': 'closed' },
  failed: { succeeded: 'delivering', 'long after failure': 'closed' },
  closed: {},
}

describe('job machine', () => {
  for (const [state, way] of Object.entries(ways)) {
    test(`goes from ${state} only where the table says`, () => {
      assert.equal(run(way).state, state)
      for (const [name, event] of Object.entries(happenings)) {
        assert.equal(run([...way, event]).state, moves[state]?.[name] ?? state, name)
      }
    })
  }

  test('gives every state a row in the table', () => {
    const atomic = nodes.filter((n) => n.type === 'atomic' || n.type === 'final')
    assert.deepEqual(atomic.map((n) => n.path.join('.')).sort(), Object.keys(moves).sort())
  })

  test('has a way into every state and a way on from it', () => {
    const events = (snapshot: { can: (e: never) => boolean }) =>
      Object.values(happenings)
        .map(stamped)
        .filter((e) => snapshot.can(e as never))
    const paths = getShortestPaths(
      jobMachine as never,
      {
        input: jobInput,
        events,
        serializeState: (s: { value: unknown; context: typeof jobInput & { deferred: unknown } }) =>
          JSON.stringify([s.value, s.context.deferred]),
        limit: 5_000,
      } as never,
    )
    const reached = new Set(paths.map((p) => JSON.stringify((p.state as { value: unknown }).value)))
    assert.equal(reached.size, Object.keys(ways).length)
    for (const [state, way] of Object.entries(ways)) {
      const next = getNextTransitions(run(way).snapshot as never)
      assert.equal(next.length > 0, state !== 'closed', state)
    }
  })

  test('takes every transition', () => {
    const taken = new Set<string>()
    const tell = (description: string | undefined) => taken.add(description ?? '')
    const starts = [
      ...Object.values(ways),
      [uploaded, claimed(), report('succeeded')],
      [uploaded, claimed(), report('failed')],
      [uploaded, claimed(), accepted, report('failed')],
      [uploaded, claimed(), accepted, report('succeeded'), undeliverable],
      [
        uploaded,
        ...Array.from({ length: DELAYS.maxAttempts - 1 }, (_, i) => [
          claimed(i + 1),
          rejected,
          due('retryPause', 'retrying'),
        ]).flat(),
        claimed(DELAYS.maxAttempts),
      ],
    ]
    for (const way of starts) {
      const { snapshot } = run(way)
      for (const event of Object.values(happenings)) {
        const chosen = jobMachine.getTransitionData(snapshot as never, stamped(event) as never)
        for (const t of chosen) tell(t.description)
        // What follows without an event is told apart by where it leads.
        const to = run([...way, event])
        const deferred = snapshot.context.deferred?.phase
        if (chosen.length > 0 && deferred !== undefined) {
          const from = chosen[0]?.target?.[0]
          for (const t of from?.always ?? []) {
            if (t.target?.[0]?.path.join('.') === to.state) tell(t.description)
          }
        }
        if (to.state === 'delivering' && chosen.length === 0)
          tell(snapshot._nodes.at(-1)?.always?.[0]?.description)
      }
    }
    if (run([], { mediaFields: [] }).state === 'pending') tell('No files were given.')
    const all = nodes.flatMap((n) => transitionsOf(n).map((t) => t.description ?? n.id))
    assert.deepEqual(
      all.filter((d) => !taken.has(d)),
      [],
    )
  })

  test('needs no upload without files', () => {
    const { state, effects } = run([], { mediaFields: [] })
    assert.equal(state, 'pending')
    assert.deepEqual(typesOf(effects), ['ledger.hold', 'kie.create'])
  })

  test('holds a callback that overtakes the answer until the answer is there', () => {
    for (const [phase, state] of [
      ['succeeded', 'delivering'],
      ['failed', 'failed'],
      ['running', 'created.waiting'],
    ] as const) {
      const early = run([uploaded, claimed(), report(phase)])
      assert.equal(early.state, 'creating')
      assert.equal(early.last.effects.length, 0)
      const late = run([uploaded, claimed(), report(phase), accepted])
      assert.equal(late.state, state)
      assert.equal(late.context.taskId, 'task-1')
    }
  })

  test('finds the task by a callback when the answer of the call was lost', () => {
    const { state, context } = run([
      uploaded,
      claimed(),
      { type: 'create.lost' },
      report('succeeded'),
    ])
    assert.deepEqual([state, context.taskId], ['delivering', 'task-1'])
    const early = run([uploaded, claimed(), report('succeeded'), { type: 'create.lost' }])
    assert.equal(early.state, 'delivering')
  })

  test('delivers a success after the refund free', () => {
    const events = [
      uploaded,
      claimed(),
      { type: 'create.lost' } as const,
      due('unknownLimit', 'unknown'),
    ]
    const late = run([...events, report('succeeded')])
    const deliver = late.last.effects.find((e) => e.type === 'telegram.deliver')
    assert.equal(deliver?.params.courtesy, true)
    assert.equal(deliver?.params.priceKopecks, 0)
    const done = run([...events, report('succeeded'), { type: 'result.delivered' }])
    assert.equal(done.state, 'delivered')
    const money = typesOf(done.effects).filter((t) => t.startsWith('ledger.'))
    assert.deepEqual(money, ['ledger.hold', 'ledger.release'])
    const row = jobDefinition.projection.row(done.snapshot)
    assert.equal(row.courtesy, true)
  })

  test('tries again only with a new claim', () => {
    const again = run([uploaded, claimed(1), rejected, due('retryPause', 'retrying')])
    assert.deepEqual([again.state, again.context.attempt], ['pending', 2])
    assert.equal(again.last.effects.find((e) => e.type === 'kie.create')?.params.attempt, 2)
    const events = [uploaded, claimed(1), rejected, due('retryPause', 'retrying'), claimed(1)]
    assert.equal(run(events).state, 'pending', 'the claim of the try before counts for nothing')
    assert.equal(run([...events, claimed(2)]).state, 'creating')
  })

  test('keeps what a user blocked out for the history, and is paid', () => {
    const { state, context, effects } = run([
      ...(ways.delivering ?? []),
      happenings.blocked as JobEvent,
    ])
    assert.deepEqual([state, context.reachable], ['delivered', false])
    assert.ok(typesOf(effects).includes('ledger.capture'))
    assert.ok(context.result?.urls.length)
  })

  test('tells of a stage once', () => {
    const way = [...(ways['created.waiting'] ?? []), report('running')]
    assert.deepEqual(typesOf(run(way).last.effects), ['tell.stage'])
    assert.deepEqual(typesOf(run([...way, report('running')]).last.effects), [])
  })

  test('survives ten missed polls', () => {
    const missed = Array.from({ length: 10 }, () => [
      due('pollPause', 'created.waiting'),
      { type: 'poll.missed' } as const,
    ]).flat()
    const { state, context } = run([...(ways['created.waiting'] ?? []), ...missed])
    assert.deepEqual([state, context.polls], ['created.waiting', 10])
  })
})
