import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { createWebSocketInspector } from '@statelyai/inspect'
import Koa from 'koa'
import { WebSocket } from 'ws'
import { type AnyActorRef, assign, createActor, fromPromise, setup } from 'xstate'
import { createInspectRouter } from '../../src/http/console/inspect-router.ts'
import { createInspectMemory, type InspectLimits } from '../../src/inspect/memory.ts'
import { attachReceiver, isLocal } from '../../src/inspect/receiver.ts'
import { createInspectTools } from '../../src/inspect/tools.ts'
import { waitFor } from '../support/wait.ts'

const LIMITS: InspectLimits = { stepsPerActor: 200, actors: 20, bytes: 2_000_000 }

const child = setup({}).createMachine({
  id: 'child',
  context: { steps: 0 },
  initial: 'left',
  states: {
    left: {
      on: {
        go: { target: 'right', actions: assign({ steps: ({ context }) => context.steps + 1 }) },
      },
    },
    right: {
      on: {
        go: { target: 'left', actions: assign({ steps: ({ context }) => context.steps + 1 }) },
      },
    },
  },
})

/** A parent that spawns two children, as a program of somebody else would. */
const family = setup({
  types: { context: {} as { children: AnyActorRef[]; told: string[] } },
  actors: { child, lookUp: fromPromise(async () => 42) },
  guards: { isOpen: () => true },
}).createMachine({
  id: 'family',
  context: { children: [], told: [] },
  initial: 'empty',
  states: {
    empty: {
      on: {
        grow: {
          target: 'grown.idle',
          guard: 'isOpen',
          actions: assign({
            children: ({ spawn }) => [
              spawn('child', { id: 'anna' }),
              spawn('child', { id: 'bert' }),
            ],
          }),
        },
      },
    },
    grown: {
      initial: 'idle',
      states: {
        idle: { on: { ask: 'asking' } },
        asking: { invoke: { src: 'lookUp', id: 'look', onDone: 'idle' } },
      },
      on: {
        tell: { actions: ({ context, event }) => context.children[event.to]?.send({ type: 'go' }) },
      },
    },
  },
})

async function startReceiver(t: TestContext, limits = LIMITS) {
  const memory = createInspectMemory(limits)
  const tools = createInspectTools(memory, limits)
  const app = new Koa()
  app.silent = true
  app.use(createInspectRouter(tools).routes())
  const server = createServer(app.callback())
  const receiver = attachReceiver(server, memory)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    receiver.close()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { memory, tools, port, url: `ws://127.0.0.1:${port}` }
}

/** Connects a program that is inspected; it reports in the background. */
function startApp(t: TestContext, url: string) {
  const inspector = createWebSocketInspector({ url })
  const actor = createActor(family, { inspect: inspector.inspect })
  t.after(() => {
    actor.stop()
    inspector.stop()
  })
  actor.start()
  return actor
}

describe('the receiver of inspected actors', () => {
  test('follows a program with two spawned children, live, each lit on its own chart', async (t) => {
    const { tools, port, url } = await startReceiver(t)
    const actor = startApp(t, url)
    actor.send({ type: 'grow' })
    actor.send({ type: 'tell', to: 0 } as never)
    const actors = () => tools.state().apps[0]?.actors ?? []
    const anna = () => actors().find(({ name }) => name === 'anna')
    await waitFor(() => anna()?.state === 'right', { what: 'the child to go right' })
    assert.deepEqual(
      actors().map(({ name, state, depth }) => [name, state, depth]),
      [
        ['family', 'grown.idle', 0],
        ['anna', 'right', 1],
        ['bert', 'left', 1],
      ],
    )
    const parent = tools.actor(actors()[0]?.id ?? '')
    assert.deepEqual(parent?.step?.configuration, ['family', 'family.grown', 'family.grown.idle'])
    assert.deepEqual(
      parent?.children.map(({ name }) => name),
      ['anna', 'bert'],
    )
    assert.deepEqual(
      parent?.steps.slice(0, 2).map(({ event, state }) => [event, state]),
      [
        ['registered', null],
        ['xstate.init', 'empty'],
      ],
    )
    const first = tools.actor(parent?.id ?? '', 3)?.step
    assert.deepEqual(first?.taken, ['family.empty|grow|0'])
    const seen = tools.actor(anna()?.id ?? '')
    assert.deepEqual(seen?.step?.diff, [{ path: 'steps', before: 0, after: 1 }])
    assert.equal(seen?.parent, parent?.id)

    const answer = await fetch(
      `http://127.0.0.1:${port}${seen?.chart?.replace('/console/api', '')}`,
    )
    const chart = (await answer.json()) as { chart: { id: string }; views: object }
    assert.equal(chart.chart.id, 'child')
    assert.ok(Object.hasOwn(chart.views, 'full'))
  })

  test('tells pages who moved, several at once', async (t) => {
    const { port, url } = await startReceiver(t)
    const page = await fetch(`http://127.0.0.1:${port}/inspect/live`)
    const reader = page.body?.pipeThrough(new TextDecoderStream()).getReader()
    assert.ok(reader)
    t.after(() => reader.cancel())
    startApp(t, url)
    let text = ''
    while (!text.includes('event: inspect')) text += (await reader.read()).value ?? ''
    assert.match(text, /data: \{"actors":\["1\/x:\d+"/)
  })

  test('stays within its memory after 10,000 events, and any kept step can be gone to', async (t) => {
    const { memory, tools, url } = await startReceiver(t)
    const actor = startApp(t, url)
    actor.send({ type: 'grow' })
    const anna = () => memory.actors().find(({ name }) => name === 'anna')
    await waitFor(anna, { what: 'the connection' })
    for (let n = 0; n < 10_000; n += 1) actor.send({ type: 'tell', to: n % 2 } as never)
    await waitFor(() => (anna()?.lastSeq ?? 0) >= 5_000, { what: 'all that was reported' })
    const { bytes, droppedSteps } = memory.usage()
    assert.ok(bytes <= LIMITS.bytes, `${bytes} bytes are kept`)
    assert.ok(droppedSteps > 9_000, `${droppedSteps} steps were dropped`)
    const { id = '', firstSeq = 0, lastSeq = 0 } = anna() ?? {}
    assert.equal(lastSeq - firstSeq + 1, LIMITS.stepsPerActor)
    for (const seq of [firstSeq, Math.floor((firstSeq + lastSeq) / 2), lastSeq]) {
      const shown = tools.actor(id, seq)
      assert.equal(shown?.step?.seq, seq)
      assert.equal(shown?.step?.configuration.at(-1), `child.${shown?.step?.state}`)
    }
    assert.equal(tools.actor(id, 1)?.step?.seq, firstSeq, 'what is gone leads to the oldest kept')
  })

  test('drops the oldest of the largest when bytes run short, and whole actors at last', () => {
    const memory = createInspectMemory({ stepsPerActor: 1_000, actors: 3, bytes: 4_000 })
    const app = memory.connect()
    const say = (sessionId: string, text: string) =>
      app.receive(
        JSON.stringify({
          ...{ type: '@xstate.snapshot', sessionId, event: { type: 'e' } },
          snapshot: { status: 'active', context: { text } },
        }),
      )
    say('quiet', '')
    for (let n = 0; n < 50; n += 1) say('loud', 'x'.repeat(100))
    const kept = Object.fromEntries(
      memory.actors().map((a) => [a.name, a.lastSeq - a.firstSeq + 1]),
    )
    assert.equal(kept.quiet, 1)
    assert.ok((kept.loud ?? 99) < 20)
    for (const name of ['a', 'b', 'c']) say(name, '')
    assert.equal(memory.actors().length, 3)
    assert.equal(memory.usage().droppedActors, 2)
    say('huge', 'x'.repeat(10_000))
    assert.ok(memory.usage().bytes <= 4_000)
  })

  test('says why there is no chart, and shows the states that it heard of', () => {
    const memory = createInspectMemory(LIMITS)
    const tools = createInspectTools(memory)
    const app = memory.connect()
    const send = (message: object) => app.receive(JSON.stringify(message))
    const base = {
      type: '@xstate.actor',
      createdAt: '1700000000000',
      snapshot: { status: 'active' },
    }
    send({ ...base, sessionId: 'x:1', name: 'promise', definition: '{"id":"promise"}' })
    send({
      ...base,
      sessionId: 'x:2',
      name: 'broken',
      definition: '{"states":{"a":{"on":{"e":"b"}}},"initial":"a"}',
    })
    send({
      ...{ type: '@xstate.snapshot', sessionId: 'x:3', event: { type: 'e' } },
      snapshot: { status: 'active', value: { on: 'air' }, context: { n: 1 } },
    })
    const why = (id: string) => tools.actor(`1/${id}`)?.noChart
    assert.match(why('x:1') ?? '', /sent no definition/)
    assert.match(why('x:2') ?? '', /can't be read: .*\n.*Child state 'b'/)
    assert.match(why('x:3') ?? '', /already lived/)
    assert.equal(tools.actor('1/x:3')?.step?.state, 'on.air')
    assert.equal(tools.actor('1/x:1')?.step?.at, 1_700_000_000_000)
  })

  test('reads a definition whose depth the app has cut, and code that came as names', () => {
    const memory = createInspectMemory(LIMITS)
    const tools = createInspectTools(memory)
    memory.connect().receive(
      JSON.stringify({
        type: '@xstate.actor',
        sessionId: 'x:0',
        snapshot: { status: 'active', value: 'a' },
        definition: JSON.stringify({
          id: 'cut',
          initial: 'a',
          context: { type: '' },
          states: {
            a: {
              entry: { type: '' },
              invoke: { src: { config: { type: 'anonymous' } }, onDone: 'b' },
              on: { e: [{ target: 'b', guard: { type: 'isOpen' } }], f: '[Array]' },
            },
            b: { states: '"[Object]"', type: 'final' },
          },
        }),
      }),
    )
    const actor = tools.actor('1/x:0')
    assert.deepEqual([actor?.noChart, actor?.step?.configuration], [null, ['cut', 'cut.a']])
  })

  test('lets in only programs and pages of this machine', async (t) => {
    const request = (remoteAddress: string, host: string, origin?: string) =>
      isLocal({ socket: { remoteAddress }, headers: { host, origin } } as IncomingMessage)
    assert.ok(request('127.0.0.1', 'localhost:8080'))
    assert.ok(request('::ffff:127.0.0.1', '127.0.0.1:8080', 'http://localhost:5173'))
    assert.ok(!request('10.0.0.7', 'localhost:8080'))
    assert.ok(!request('127.0.0.1', 'evil.example:8080'), 'a name that was made to lead here')
    assert.ok(!request('127.0.0.1', 'localhost:8080', 'https://evil.example'))

    const { memory, port } = await startReceiver(t)
    const foreign = new WebSocket(`ws://127.0.0.1:${port}`, { origin: 'https://evil.example' })
    const [error] = (await once(foreign, 'error')) as [Error]
    assert.match(error.message, /403/)
    assert.deepEqual(memory.apps(), [])
  })

  test('counts what is no message of the protocol, and goes on', () => {
    const memory = createInspectMemory(LIMITS)
    const app = memory.connect()
    for (const text of ['{', '[]', '{"type":"@xstate.event","sessionId":"x:0"}']) app.receive(text)
    assert.equal(memory.usage().refused, 3)
    assert.deepEqual(memory.actors(), [])
  })
})
