import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type AnyMachineSnapshot, createMachine } from 'xstate'
import { effectTable } from '../../../src/actors/effects/table.ts'
import { modelBySlug } from '../../../src/machines/catalogue/catalogue.ts'
import { findModels } from '../../../src/machines/catalogue/search.ts'
import type { ConversationEvent } from '../../../src/machines/conversation/events.ts'
import { conversationMachine } from '../../../src/machines/conversation/machine.ts'
import { tapsOf } from '../../../src/machines/conversation/screens/screen.ts'
import type { Effect, Stamped } from '../../../src/machines/engine/definition.ts'
import { begin, fromStored, step, toStored } from '../../../src/machines/engine/transition.ts'
import { impurities, nodesOf, transitionsOf } from '../charts/chart-walk.ts'
import { contextOf, conversation, inOther, later, newcomer, screenOf, stateOf } from './chat.ts'
import { contentEvents } from './contents.ts'
import { type Moment, moments, taken } from './exploration.ts'
import { assertScreen } from './screen-rules.ts'

const nodes = nodesOf(conversationMachine.root)
const atomic = nodes.filter((n) => n.type === 'atomic' && (n.always ?? []).length === 0)
const at = (snapshot: AnyMachineSnapshot, event: ConversationEvent) =>
  ({ ...event, at: later(snapshot), rnd: 'rnd' }) as Stamped
const after = (snapshot: AnyMachineSnapshot, event: ConversationEvent) =>
  step(conversation, snapshot, at(snapshot, event))
const has = (effects: Effect[], type: string) => effects.some((e) => e.type === type)

/** One moment per state, with a question of every kind. */
const oneOfEach = [...new Map(moments.map((m) => [stateOf(m.snapshot), m])).values()]

/** All that a step depends on, and what an instance would keep beside it. */
const facts = ({ value, context, status, tags, historyValue, children }: AnyMachineSnapshot) => ({
  ...{ value, status, historyValue },
  context: JSON.parse(JSON.stringify(context)),
  tags: [...tags],
  children: Object.keys(children),
})

describe('conversation machine', () => {
  test('reaches every state', () => {
    const reached = new Set(moments.flatMap((m) => m.snapshot._nodes.map((n) => n.id)))
    assert.deepEqual(
      atomic.map((n) => n.id).filter((id) => !reached.has(id)),
      [],
    )
    assert.ok(moments.length > 200, `${moments.length} moments`)
  })

  test('takes every transition', () => {
    // Ten codes in a row are a longer way than any other.
    const asking = moments.find((m) => stateOf(m.snapshot) === 'promo.asking')?.snapshot
    assert.ok(asking !== undefined)
    const tries = { count: 10, since: later(asking) }
    const tired = { ...asking, context: { ...asking.context, account: { tries } } }
    const more = new Set<unknown>(
      [
        { type: 'text.received', text: 'SPRING' } as const,
        { type: 'command.promo', payload: 'spring' } as const,
      ].flatMap((event) =>
        conversationMachine.getTransitionData(tired as never, at(asking, event) as never),
      ),
    )
    const missed = nodes
      .flatMap((n) =>
        transitionsOf(n).map((t) => ({ t, name: `${n.id}: ${t.eventType || 'always'}` })),
      )
      .filter(({ t }) => !taken.has(t) && !more.has(t))
    assert.deepEqual(
      missed.map(({ t, name }) => `${name} — ${t.description}`),
      [],
    )
  })

  test('comes to every moment by its shortest way too when it is stored as JSON at every step', () => {
    const stored = new Map<Moment, string>()
    for (const moment of moments) {
      const { from, snapshot } = moment
      let now = newcomer()
      if (from !== null) {
        const before = JSON.parse(stored.get(from.moment) ?? assert.fail('no way here'))
        now = step(conversation, fromStored(conversation, before), from.event as Stamped).snapshot
      }
      assert.deepEqual(toStored(now), toStored(snapshot))
      stored.set(moment, JSON.stringify(toStored(now)))
    }
  })

  test('goes on after a restart exactly as without one', () => {
    const tried = new Map<string, number>()
    for (const { snapshot, moves } of moments) {
      const restored = fromStored(conversation, JSON.parse(JSON.stringify(toStored(snapshot))))
      assert.deepEqual(facts(restored), facts(snapshot))
      // What decides a step is equal by now; a few moments of every state take all their moves.
      const times = (tried.get(stateOf(snapshot)) ?? 0) + 1
      tried.set(stateOf(snapshot), times)
      if (times > 3) continue
      for (const { event, outcome } of moves) {
        const now = step(conversation, restored, event as Stamped)
        assert.deepEqual(toStored(now.snapshot), toStored(outcome.snapshot))
        assert.deepEqual([now.effects, now.timers], [outcome.effects, outcome.timers])
      }
    }
  })

  test('asks for every effect with what its handler takes', () => {
    const schemas = new Map(effectTable.map(({ name, params }) => [name as string, params]))
    const seen = new Set<string>()
    const input = { chatId: 7, userId: 7, languageCode: 'ru' }
    const asked = [
      ...begin(conversation, input).effects,
      ...moments.flatMap((m) => m.moves.flatMap((x) => x.outcome.effects)),
    ]
    for (const { type, params } of asked) {
      const result = schemas.get(type)?.safeParse(JSON.parse(JSON.stringify(params)))
      assert.ok(result?.success, `${type} with ${JSON.stringify(params)}: ${result?.error}`)
      seen.add(type)
    }
    const unseen = Object.keys(conversation.effects).filter((name) => !seen.has(name))
    assert.deepEqual(unseen, [])
  })

  test('lets commands win in every state', () => {
    const leads: Record<string, string> = {
      'command.start': 'menu',
      'command.menu': 'menu',
      'command.models': 'browsing.groups',
      'command.search': 'browsing.searching',
      'command.history': 'results.list',
      'command.favourites': 'results.list',
      'command.cancel': 'menu',
      'command.help': 'help',
      'command.balance': 'balance',
      'command.invite': 'invite',
      'command.promo': 'promo.asking',
      'command.admin': 'admin.overview',
      'command.terms': 'terms',
      'command.paysupport': 'paysupport',
      'command.support': 'support.reading',
      'command.privacy': 'privacy.reading',
      'command.news': 'news',
      'command.export': 'privacy.reading',
      'command.delete_me': 'privacy.looking',
      'command.jobs': 'jobs',
      'command.language': 'language',
    }
    for (const { snapshot, moves } of moments) {
      for (const { event: command, outcome } of moves) {
        if (!command.type.startsWith('command.')) continue
        const next = outcome.snapshot
        const linked =
          command.type === 'command.start' && modelBySlug(command.payload.slice(2)) !== undefined
        const ready = command.type === 'command.start' && /^[ts]_/.test(command.payload)
        const found = command.type === 'command.search' && command.words !== ''
        const coded = command.type === 'command.promo' && command.payload !== ''
        const { tracked, draft, jobId } = contextOf(snapshot)
        const isOrdering = draft !== null && jobId === null
        const isStarting = stateOf(snapshot) === 'starting'
        const cancels =
          command.type === 'command.cancel' && tracked.length > 0 && !isOrdering && !isStarting
        const expected = found
          ? findModels(command.words).length > 0
            ? 'browsing.list'
            : 'browsing.nothing'
          : coded
            ? 'promo.checking'
            : ready
              ? 'templates.reading'
              : linked
                ? 'browsing.card'
                : cancels
                  ? /^(watching|jobs)$/
                  : (leads[command.type] ?? stateOf(snapshot))
        const where = `${command.type} in ${stateOf(snapshot)}`
        if (expected instanceof RegExp) assert.match(stateOf(next), expected, where)
        else assert.equal(stateOf(next), expected, where)
      }
    }
  })

  test('answers every message and tap', () => {
    for (const { snapshot, moves } of moments) {
      for (const { event, outcome } of moves) {
        if (!/^(text|media\.received|unsupported|command)/.test(event.type)) continue
        const { effects, snapshot: next } = outcome
        const renders = effects.filter((e) => e.type === 'telegram.render')
        assert.deepEqual(
          renders.map((r) => r.params),
          [{ chatId: 7, below: true }],
        )
        const asks = effects.some((e) =>
          /\.(request|redeem|overview|promo|adjust|start|cases|inspect|person|look|broadcast\w*)$/.test(
            e.type,
          ),
        )
        assert.ok(screenOf(next) !== null || asks, `${event.type} in ${stateOf(snapshot)}`)
      }
      const tapped = { type: 'button.tapped', data: 'forged', queryId: 'q' } as const
      const { effects } = after(snapshot, tapped)
      assert.deepEqual(effects.map((e) => e.type).slice(0, 1), ['telegram.answer'])
    }
  })

  test('answers whatever can be sent in every state, in words of either language', async () => {
    const contents = [...(await contentEvents())]
    // What the bot has no use for differs by its name alone: each state gets one of them in turn.
    const { some = [], rest = [] } = Object.groupBy(contents, ([, { type }]) =>
      type === 'unsupported.received' ? 'some' : 'rest',
    )
    assert.ok(some.length > 10 && rest.length > 20)
    const isWhole = process.env.TEST_SEED !== undefined
    for (const [i, { snapshot }] of (isWhole ? moments : oneOfEach).entries()) {
      const one = some[i % some.length] ?? assert.fail()
      for (const [name, event] of isWhole ? contents : [...rest, one]) {
        const { snapshot: next, effects } = after(snapshot, event)
        const where = `${name} in ${stateOf(snapshot)}`
        // At once: nothing that is waited for stands before the answer.
        assert.ok(has(effects, 'telegram.render'), where)
        const own = event.type === 'text.received' ? [event.text] : []
        for (const shown of [next, inOther(next)]) {
          const screen = screenOf(shown)
          if (screen !== null) assertScreen(screen, own)
        }
      }
    }
  })

  test('says why an unexpected message does nothing', () => {
    for (const { snapshot } of oneOfEach) {
      const state = stateOf(snapshot)
      const { hint } = contextOf(
        after(snapshot, { type: 'unsupported.received', what: 'poll' }).snapshot,
      )
      assert.deepEqual(hint, { code: 'unsupported' }, state)
      const sticker = { type: 'media.received', media: { kind: 'sticker' } } as const
      const next = after(snapshot, sticker).snapshot
      assert.ok(contextOf(next).hint !== null || stateOf(next) === 'offering.looking', state)
    }
  })

  test('shows a proper screen in every moment, or waits for an answer that it asked for', () => {
    const waits = new Set<string>()
    for (const { snapshot } of moments) {
      const screen = screenOf(snapshot)
      if (screen === null) waits.add(stateOf(snapshot))
      else assertScreen(screen, ['x'.repeat(6_000)])
    }
    assert.deepEqual([...waits].sort(), [
      'admin.broadcast.agreeing',
      'admin.broadcast.audience',
      'admin.broadcast.card',
      'admin.broadcast.list',
      'admin.desk.case',
      'admin.desk.cases',
      'admin.desk.deciding',
      'admin.failures',
      'admin.orphans',
      'admin.overview',
      'admin.person.card',
      'admin.person.deciding',
      'admin.shelf.card',
      'admin.shelf.deciding',
      'admin.templates.card',
      'admin.templates.deciding',
      'admin.templates.list',
      'admin.templates.reading',
      'admin.templates.saving',
      'admin.working',
      'balance',
      'drafting.quoting',
      'entries',
      'invite',
      'offering.counting',
      'paysupport',
      'privacy.erasing',
      'privacy.looking',
      'promo.checking',
      'recalling',
      'results.card',
      'results.list',
      'results.sharing',
      'starting',
      'support.reading',
      'templates.list',
      'templates.reading',
      'templates.showing',
      'topup.opening',
    ])
  })

  test('offers only buttons that its state accepts', () => {
    for (const { snapshot } of moments) {
      for (const { event } of tapsOf(screenOf(snapshot)?.keyboard ?? [])) {
        assert.ok(snapshot.can(at(snapshot, event)), `${event.type} in ${stateOf(snapshot)}`)
      }
    }
  })

  test('keeps running jobs and drops the order on the way home', () => {
    for (const { snapshot } of moments) {
      const home = contextOf(after(snapshot, { type: 'command.menu' }).snapshot)
      assert.deepEqual(home.tracked, contextOf(snapshot).tracked)
      assert.deepEqual([home.draft, home.quote, home.refusal, home.jobId], [null, null, null, null])
    }
  })

  test('asks for a price, a job or the balance only on the way into the state that waits', () => {
    for (const { moves } of moments) {
      for (const { event, outcome } of moves) {
        const { effects } = outcome
        const state = stateOf(outcome.snapshot)
        if (has(effects, 'quote.request')) assert.equal(state, 'drafting.quoting')
        if (has(effects, 'balance.request')) assert.match(state, /^(balance|offering\.counting)$/)
        if (has(effects, 'job.start') && event.type !== 'topup.credited') {
          assert.equal(state, 'starting')
        }
        if (has(effects, 'media.inspect')) assert.equal(state, 'drafting.asking.inspecting')
        if (has(effects, 'history.request')) assert.equal(state, 'results.list')
        if (has(effects, 'result.request'))
          assert.match(state, /^(recalling|results\.(card|using)|admin\.templates\.reading)$/)
        if (has(effects, 'result.inspect')) assert.equal(state, 'results.taking')
      }
    }
  })
})

interface Plain {
  [key: string]: unknown
}

/** An action by name; timers are functions, made by XState, with a type. */
const nameOf = (action: unknown) =>
  typeof action === 'object' ? action : ((action as { type?: string }).type ?? action)

describe('conversation chart', () => {
  test('is pure data: names, no functions', () => {
    const { context, ...config } = conversationMachine.config as unknown as Plain
    assert.equal(typeof context, 'function')
    assert.deepEqual(impurities(config), [])
  })

  test('is the same after a trip through JSON', () => {
    const copy = createMachine(JSON.parse(JSON.stringify(conversationMachine.config)))
    const chart = (machine: typeof conversationMachine | typeof copy) =>
      nodesOf(machine.root).map((node) => ({
        id: node.id,
        type: node.type,
        description: node.description,
        initial: node.initial?.target.map((t) => t.id),
        entry: node.entry.map(nameOf),
        exit: node.exit.map(nameOf),
        transitions: transitionsOf(node).map((t) => ({
          event: t.eventType,
          guard: t.guard,
          actions: t.actions.map(nameOf),
          target: t.target?.map((s) => s.id),
          reenter: t.reenter,
          description: t.description,
        })),
      }))
    assert.deepEqual(chart(copy), chart(conversationMachine))
  })

  test('describes every state and every transition, and names every state', () => {
    for (const node of nodes) {
      assert.ok(node.description, node.id)
      const config = node.config as { id?: string }
      assert.equal(config.id, node.id)
      assert.equal(node.id, ['conversation', ...node.path].join('.'))
      for (const t of transitionsOf(node)) assert.ok(t.description, `${node.id}: ${t.eventType}`)
    }
  })

  test('uses every guard and action that it declares', () => {
    const used = JSON.stringify(conversationMachine.config)
    const { guards, actions, delays } = conversationMachine.implementations
    for (const name of [guards, actions, delays].flatMap((of) => Object.keys(of))) {
      assert.ok(used.includes(`"${name}"`), name)
    }
  })

  test('keeps a context that is cheap to copy', () => {
    assert.ok(Object.keys(contextOf(newcomer())).length <= 20)
  })
})
