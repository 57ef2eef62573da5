import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type AnyMachineSnapshot, assign, createMachine, raise, setup } from 'xstate'
import { createConversationDefinition } from '../../../src/machines/conversation/definition.ts'
import {
  type Definition,
  type EffectParams,
  effectActions,
  type Stamped,
} from '../../../src/machines/engine/definition.ts'
import {
  advance,
  advancePublic,
  begin,
  beginPublic,
  fromStored,
  type Outcome,
  quickenAssigns,
  stateName,
  step,
  toStored,
} from '../../../src/machines/engine/transition.ts'
import { jobDefinition } from '../../../src/machines/job/definition.ts'
import { fc } from '../../support/properties.ts'

const VIEW = { rates: { usdRubRate: 80, markup: 2 }, support: null }

const INPUTS: Record<string, unknown> = {
  conversation: { botId: 1, chatId: 5, userId: 5, languageCode: 'en' },
  job: {
    id: 'j',
    userId: 5,
    chatId: 5,
    conversation: 'conversation:1:5',
    language: 'en',
    modelId: 'z-image',
    output: 'image',
    answers: { prompt: 'a cat' },
    mediaFields: [],
    priceKopecks: 100,
    credits: 1,
    callbacks: true,
    at: 0,
  },
}

/** Whatever any event of these machines may carry; each takes what it knows. */
const payload = fc.record({
  payload: fc.constantFrom('', 'm_z-image', 'm_nothing', 'ref_x'),
  text: fc.constantFrom('a cat', '16:9', '', '/x', '5'),
  category: fc.constantFrom('image', 'video', 'none'),
  modelId: fc.constantFrom('z-image', 'none'),
  field: fc.constantFrom('prompt', 'aspect_ratio', 'none'),
  value: fc.constantFrom<unknown>('16:9', '1:1', true, 5),
  page: fc.nat(3),
  language: fc.constantFrom('ru', 'en'),
  serial: fc.nat(3),
  jobId: fc.constantFrom('j', 'k'),
  reason: fc.constantFrom('money', 'busy'),
  code: fc.constantFrom('kie.refused', 'telegram.blocked'),
  error: fc.constant('kie.failed'),
  stage: fc.constantFrom('queuing', null),
  priceKopecks: fc.constantFrom(0, 100),
  availableKopecks: fc.nat(500),
  heldKopecks: fc.nat(500),
  refundKopecks: fc.nat(500),
  credits: fc.constantFrom(0, 1),
  attempt: fc.constantFrom(1, 2),
  taskId: fc.constantFrom('t1', 't2'),
  retryAfterMs: fc.constantFrom(null, 1_000),
  uploads: fc.constant({}),
  name: fc.constant('x'),
  what: fc.constant('sticker'),
  media: fc.constant({ kind: 'image', fileId: 'f', width: 9, height: 9 }),
  report: fc.record({
    phase: fc.constantFrom('waiting', 'succeeded', 'failed'),
    taskId: fc.constantFrom('t1', 't2'),
    stage: fc.constantFrom('queuing', 'generating'),
    urls: fc.constant(['https://x.example/a.png']),
    text: fc.constant(null),
    failCode: fc.constantFrom(null, '500'),
    failMessage: fc.constant(null),
    creditsConsumed: fc.constant(1),
  }),
})

type Turn = { type: string; nth?: number } & Record<string, unknown>

const REPORT = {
  ...{ phase: 'succeeded', taskId: 't1', stage: 'success', urls: ['https://x.example/a.png'] },
  ...{ text: null, failCode: null, failMessage: null, creditsConsumed: 1 },
}

/** As far as random events alone would hardly get. */
const LEADS: Record<string, readonly Turn[]> = {
  conversation: [
    { type: 'command.start', payload: 'm_z-image' },
    { type: 'draft.begun' },
    { type: 'text.received', text: 'a cat' },
    { type: 'option.chosen', value: '16:9' },
    { type: 'quote.ready', priceKopecks: 100, credits: 1, availableKopecks: 500 },
    { type: 'run.confirmed' },
    { type: 'job.started', modelId: 'z-image' },
    { type: 'job.delivered', modelId: 'z-image', priceKopecks: 100 },
  ],
  job: [
    { type: 'create.claimed', attempt: 1 },
    { type: 'create.rejected', code: 'kie.busy', retryAfterMs: 1_000 },
    { type: 'timer' },
    { type: 'create.claimed', attempt: 2 },
    { type: 'create.accepted', taskId: 't1' },
    // The second one is the pause before a question; the first one ends all patience.
    { type: 'timer', nth: 1 },
    { type: 'task.reported', report: REPORT },
    { type: 'result.delivered' },
  ],
}

const plain = ({ snapshot, effects, timers }: Outcome) => ({
  stored: toStored(snapshot),
  tags: [...snapshot.tags],
  effects,
  timers,
})

const attempt = (go: () => Outcome) => {
  try {
    return plain(go())
  } catch (error) {
    return `threw ${error}`
  }
}

describe('a transition', () => {
  for (const definition of [createConversationDefinition(VIEW), jobDefinition]) {
    const types = definition.machine.events.filter((type) => !type.startsWith('xstate.'))
    const turn = fc.record({
      type: fc.constantFrom('timer', ...types),
      more: payload,
      nth: fc.nat(3),
    })
    const way = LEADS[definition.id] as readonly Turn[]
    const walk = fc
      .tuple(fc.nat(way.length), fc.array(turn, { maxLength: 30 }))
      .map(([lead, turns]) => [
        ...way.slice(0, lead).map(({ type, nth = 0, ...more }) => ({ type, more, nth })),
        ...turns,
      ])

    test(`of the ${definition.id} is the same in both ways of XState, and from JSON`, () => {
      const reached = new Set<string>()
      const quick: Definition = { ...definition, machine: definition.machine.provide({}) }
      quickenAssigns(quick.machine)
      assert.deepEqual(
        plain(begin(quick, INPUTS[definition.id])),
        plain(beginPublic(definition, INPUTS[definition.id])),
      )
      fc.assert(
        fc.property(walk, (turns) => {
          const first = begin(quick, INPUTS[definition.id])
          let { snapshot } = first
          const timers = new Map<string, { type: string }>()
          follow(timers, first)
          for (const [i, { type, more, nth }] of turns.entries()) {
            const due = [...timers.values()][nth % Math.max(1, timers.size)]
            const { serial, jobId } = snapshot.context as { serial?: number; jobId?: string }
            const fitting = nth === 0 && serial !== undefined ? { serial, jobId } : {}
            const base = type === 'timer' ? due : { type, ...more, ...fitting }
            if (base === undefined || snapshot.status === 'done') continue
            const event: Stamped = { ...base, at: i * 60_000, rnd: `r${i}` }
            const fast = attempt(() => advance(quick, snapshot, event))
            const same = fromStored(definition, toStored(snapshot))
            assert.deepEqual(
              fast,
              attempt(() => advancePublic(definition, same, event)),
            )
            const read = fromStored(quick, JSON.parse(JSON.stringify(toStored(snapshot))))
            // As JSON, but whatever the order of keys: it means nothing, and PostgreSQL changes it.
            const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
            assert.deepEqual(asJson(attempt(() => advance(quick, read, event))), asJson(fast))
            if (typeof fast === 'string') continue
            const next = advance(quick, snapshot, event)
            follow(timers, next)
            snapshot = next.snapshot
            reached.add(stateName(snapshot.value))
          }
        }),
        { numRuns: 150 },
      )
      assert.ok(reached.size >= 8, `the walks reached ${[...reached]}`)
    })
  }

  test('hands timers over as requests, in order', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: {
        a: { after: { 1000: 'b' }, on: { again: { target: 'a', reenter: true } } },
        b: { entry: raise({ type: 'late' }, { id: 'mine', delay: 5 }) },
      },
    })
    const definition: Definition = { id: 'm', version: 1, machine, effects: {} }
    const first = begin(definition, undefined)
    const id = 'xstate.after.1000.m.a'
    assert.deepEqual(first.timers, [{ id, delayMs: 1000, event: { type: id } }])
    const again = advance(definition, first.snapshot, { type: 'again' })
    assert.deepEqual(again.timers, [{ cancel: id }, { id, delayMs: 1000, event: { type: id } }])
    const fired = advance(definition, first.snapshot, { type: id })
    assert.deepEqual(fired.timers, [
      { cancel: id },
      { id: 'mine', delayMs: 5, event: { type: 'late' } },
    ])
  })

  test('refuses a child that is spawned within an assign, as a function or by property', () => {
    const child = createMachine({})
    const machine = setup({
      types: {} as { context: { child: unknown; n: number } },
      actors: { child },
      actions: {
        whole: assign(({ spawn }) => ({ child: spawn('child') })),
        part: assign({ child: ({ spawn }) => spawn('child'), n: 1 }),
        plain: assign({ n: ({ context }) => context.n + 1, child: 'none' }),
      },
    }).createMachine({
      context: { child: null, n: 0 },
      on: { whole: { actions: 'whole' }, part: { actions: 'part' }, plain: { actions: 'plain' } },
    })
    const definition: Definition = { id: 'm', version: 1, machine, effects: {} }
    quickenAssigns(machine)
    const { snapshot } = begin(definition, undefined)
    for (const type of ['whole', 'part']) {
      assert.throws(
        () => advance(definition, snapshot, { type }),
        /a child child: it is not stored/,
      )
    }
    const { snapshot: next } = advance(definition, snapshot, { type: 'plain' })
    assert.deepEqual(next.context, { child: 'none', n: 1 })
    assert.deepEqual(snapshot.context, { child: null, n: 0 })
  })

  test('fails on an action that is no effect, and on what the machine throws', () => {
    const boom = () => {
      throw new Error('boom')
    }
    const machine = setup({
      types: {} as { context: { n: number } },
      actions: { unknown: () => {}, assigns: assign(boom) },
      guards: { guards: boom },
    }).createMachine({
      context: { n: 0 },
      on: {
        effect: { actions: 'unknown' },
        assign: { actions: 'assigns' },
        guard: { guard: 'guards' },
      },
    })
    const definition: Definition = { id: 'm', version: 1, machine, effects: {} }
    const { snapshot } = begin(definition, undefined)
    for (const [type, reason] of [
      ['effect', /m has no effect unknown/],
      ['assign', /boom/],
      ['guard', /boom/],
    ] as const) {
      assert.throws(() => advance(definition, snapshot, { type }), reason)
      assert.throws(() => advancePublic(definition, snapshot, { type }), reason)
    }
    assert.equal(advance(definition, snapshot, { type: 'other' }).snapshot.status, 'active')
  })

  test('hands an effect the params that the chart gives its action', () => {
    const effects = {
      say: (_args: { context: { name: string } }, { text }: { text: string }) => ({ text }),
      ring: ({ context }: { context: { name: string } }, given?: { times: number }) => ({
        name: context.name,
        times: given?.times ?? 1,
      }),
    } satisfies Record<string, EffectParams>
    const made = setup({
      types: {} as { context: { name: string }; events: { type: 'go' | 'twice' } },
      actions: effectActions(effects),
    })
    const context = { name: 'Ada' }
    // @ts-expect-error it must be told what to say
    made.createMachine({ context, entry: 'say' })
    // @ts-expect-error it says text
    made.createMachine({ context, entry: { type: 'say', params: { words: 'hello' } } })
    const machine = made.createMachine({
      id: 'm',
      context,
      on: {
        go: {
          actions: [
            { type: 'say', params: { text: 'hello' } },
            { type: 'say', params: ({ context }) => ({ text: context.name }) },
            'ring',
          ],
        },
        twice: { actions: { type: 'ring', params: { times: 2 } } },
      },
    })
    const definition: Definition = { id: 'm', version: 1, machine, effects }
    const { snapshot } = begin(definition, undefined)
    for (const go of [advance, advancePublic]) {
      assert.deepEqual(go(definition, snapshot, { type: 'go' }).effects, [
        { type: 'say', params: { text: 'hello' } },
        { type: 'say', params: { text: 'Ada' } },
        { type: 'ring', params: { name: 'Ada', times: 1 } },
      ])
      const { effects: rung } = go(definition, snapshot, { type: 'twice' })
      assert.deepEqual(rung, [{ type: 'ring', params: { name: 'Ada', times: 2 } }])
    }
  })

  test('does not mix up machines that take turns, even after a throw', () => {
    const counter = (by: number): Definition => ({
      id: `c${by}`,
      version: 1,
      machine: createMachine({
        context: { n: 0 },
        on: {
          add: { actions: [assign(({ context }) => ({ n: context.n + by })), 'told'] },
          fail: {
            actions: assign(() => {
              throw new Error('x')
            }),
          },
        },
      }),
      effects: { told: ({ context }) => ({ n: context.n }) },
    })
    const [one, ten] = [counter(1), counter(10)]
    let a = begin(one, undefined).snapshot
    let b = begin(ten, undefined).snapshot
    for (let i = 1; i <= 3; i += 1) {
      assert.throws(() => advance(ten, b, { type: 'fail' }))
      const left = advance(one, a, { type: 'add' })
      const right = advance(ten, b, { type: 'add' })
      assert.deepEqual(left.effects, [{ type: 'told', params: { n: i } }])
      assert.deepEqual(right.effects, [{ type: 'told', params: { n: 10 * i } }])
      a = left.snapshot
      b = right.snapshot
    }
  })

  test('sees the event as `receive` understands it, and adds the derivedEffects', () => {
    const machine = createMachine({ initial: 'a', states: { a: { on: { go: 'b' } }, b: {} } })
    const seen: unknown[] = []
    const definition: Definition = {
      id: 'm',
      version: 1,
      machine,
      effects: {},
      resolveEvent: (_snapshot, event) => (event.type === 'raw' ? { ...event, type: 'go' } : event),
      derivedEffects: {
        names: ['drawn'],
        of: (before, event, after) => {
          seen.push([before?.value, event?.type, after.value])
          return [{ type: 'drawn', params: {} }]
        },
      },
    }
    const { snapshot } = begin(definition, undefined)
    const next = step(definition, snapshot, { type: 'raw', at: 0, rnd: 'r' })
    assert.deepEqual(seen, [['a', 'go', 'b']])
    assert.deepEqual(next.effects, [{ type: 'drawn', params: {} }])
  })
})

function follow(timers: Map<string, { type: string }>, { timers: requests }: Outcome): void {
  for (const request of requests) {
    if ('cancel' in request) timers.delete(request.cancel)
    else timers.set(request.id, request.event)
  }
}

describe('a state name', () => {
  test('is the path of the leaves', () => {
    const name = (value: AnyMachineSnapshot['value']) => stateName(value)
    assert.equal(name('menu'), 'menu')
    assert.equal(name({ drafting: { asking: 'writing' } }), 'drafting.asking.writing')
    assert.equal(name({ left: 'on', right: { up: 'off' } }), 'left.on,right.up.off')
    assert.equal(name({ alone: {} }), 'alone')
  })
})
