import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { createMachine } from 'xstate'
import { checkStately } from '../../../scripts/conformance/checks.ts'
import { readWritten } from '../../../scripts/conformance/corpus.ts'
import { parseMermaid } from '../../../scripts/conformance/mermaid-parser.ts'
import { chartedMachines } from '../../../scripts/generate/charts/files.ts'
import { actionText, type Chart, toChart } from '../../../src/machines/charts/chart.ts'
import { toMermaid, toScxml, toStately } from '../../../src/machines/charts/export.ts'
import { toMermaidPart } from '../../../src/machines/charts/mermaid.ts'
import { closable } from '../../../src/machines/charts/view.ts'
import { factoryMachine } from './factory-machine.ts'

const charts = new Map<string, Chart>()
const chartOf = (id: string): Chart => charts.get(id) ?? assert.fail(`no machine ${id}`)

describe('a chart', () => {
  before(async () => {
    for (const { machine } of await readWritten()) charts.set(machine.id, toChart(machine))
  })

  test('keeps every target of a transition', () => {
    const begin = chartOf('stage').edges.find((e) => e.label === 'BEGIN')
    assert.deepEqual(begin?.targets, ['stage.show.light.bright', 'stage.show.sound.loud'])
    assert.match(
      toScxml(chartOf('stage')),
      /event="BEGIN" target="stage\.show\.light\.bright stage\.show\.sound\.loud"/,
    )
  })

  test('names invoked actors, and what comes of them', () => {
    const chart = chartOf('parent')
    const working = chart.states.find((s) => s.key === 'working')
    assert.deepEqual(
      working?.invokes.map(({ id, name, src }) => [id, name, src]),
      [
        ['clock', 'child', 'child'],
        ['1.parent.working', '1', null],
      ],
    )
    const labels = chart.edges.filter((e) => e.source === working?.id).map((e) => e.label)
    for (const label of ['done: child', 'error: child', 'snapshot: child', 'done: 1']) {
      assert.ok(labels.includes(label), `${label} in ${labels}`)
    }
    const spawner = chartOf('spawner')
    assert.equal(spawner.edges[0]?.actions[0]?.name, 'spawn worker as first')
    assert.ok(spawner.edges.some((e) => e.label === 'done: first' && e.kind === 'done'))
    assert.ok(spawner.edges.some((e) => e.label === 'error: first' && e.kind === 'error'))
  })

  test('reads guards by name, as formulas, with their parameters, and short code as it is', () => {
    const guards = chartOf('gate').edges.flatMap((e) => e.guard ?? [])
    assert.deepEqual(guards.slice(0, 5), [
      'hasTicket && !isClosed',
      'in lamp.on || isClosed',
      'isAtLeast',
      'context.age > 99',
      '!(in gate.light.on && (isClosed || hasTicket))',
    ])
    const peek = chartOf('gate').edges.find((e) => e.label === 'PEEK')
    assert.deepEqual(peek?.condition, { name: 'isAtLeast', params: { age: 18 } })
  })

  test('tells what XState does by itself, but not the timers that `after` sets', () => {
    const [a, b] = chartOf('builtIn').states.slice(1)
    assert.deepEqual(
      a?.entry.map((action) => action.name),
      ['raise LATER after 1000', 'add'],
    )
    assert.deepEqual(
      b?.entry.map((action) => action.name),
      ['emit entered', 'raise NOW'],
    )
    const light = chartOf('trafficLight')
    assert.ok(light.states.every((s) => s.entry.length === 0 && s.exit.length === 0))
  })
})

describe('export to SCXML', () => {
  test('keeps a parallel root with what it does on the way in and out', () => {
    const text = toScxml(chartOf('word'))
    assert.match(text, /<parallel id="word">\s*<onentry>\s*<send type="effect" event="open"\/>/)
    assert.match(text, /<onexit>\s*<send type="effect" event="close"\/>/)
    assert.match(toScxml(chartOf('handshake')), /<parallel id="handshake">/)
  })

  test('allows every name, and says in a comment what it was', () => {
    const text = toScxml(chartOf('a machine'))
    assert.match(text, /<state id="a_machine\.not_begun">/)
    assert.match(text, /cond="is_ok\(\)"/)
    assert.match(text, /is_ok is "is ok"/)
    assert.match(text, /a_machine\.not_begun is "a machine\.not begun"/)
    assert.doesNotMatch(text.slice(0, text.indexOf('-->')).replace('<!--', ''), /--/)
  })

  test('keeps invoked actors, and what comes of them', () => {
    const text = toScxml(chartOf('fetch'))
    assert.match(text, /<invoke type="xstate" id="loader" src="load"\/>/)
    assert.match(text, /event="done\.invoke\.loader"/)
    assert.match(text, /event="error\.platform\.loader" cond="canRetry\(\)"/)
  })

  test('takes events as XState does: whole names only, and wildcards last', () => {
    const text = toScxml(chartOf('listener'))
    assert.match(text, /event="mouse\.click" cond="_event\.name === 'mouse\.click'"/)
    assert.match(text, /event="mouse\.\*" cond="_event\.name !== 'mouse\.click' &amp;&amp;/)
    const order = toScxml(chartOf('order'))
    assert.match(
      order,
      /event="done\.state\.order\.checkout" cond="_event\.name ===[^"]*isGift\(\)"/,
    )
  })

  test('says what it can not carry', () => {
    assert.match(toScxml(chartOf('builtIn')), /lost: "enqueue actions" has no counterpart/)
    assert.match(toScxml(chartOf('parent')), /lost: the logic of the invoked "1"/)
    assert.doesNotMatch(toScxml(chartOf('player')), /lost:/)
  })
})

describe('export to Stately', () => {
  test('writes invoked actors where they are invoked', () => {
    const text = toStately(chartOf('fetch'))
    assert.match(text, /invoke: \[\s*{\s*id: "loader",\s*src: "load",\s*onDone: \[/)
    assert.doesNotMatch(text, /xstate\.done\.actor/)
  })

  test('says what is only named in it', () => {
    assert.match(toStately(chartOf('gate')), /^\/\/ hasTicket && !isClosed$/m)
    assert.doesNotMatch(toStately(chartOf('toggle')), /^\/\//m)
  })
})

describe('what a chart hands to actions, and meta', () => {
  test('are kept in the form of Stately, so that the same is read again', () => {
    assert.deepEqual(checkStately({ name: 'factory', machine: factoryMachine } as never), [])
    const text = toStately(toChart(factoryMachine))
    assert.match(text, /meta: {\s*shift: "night",\s*events: {\s*"phone\.rang": {\s*loudness: "low"/)
    assert.match(text, /type: "soundTheBell",\s*params: {\s*times: 3/)
  })

  test('are said in Mermaid and in SCXML', () => {
    const chart = toChart(factoryMachine)
    assert.match(toMermaid(chart), /alarm\.raised \/ soundTheBell\(3\)$/m)
    assert.match(toScxml(chart), /event="soundTheBell"><content expr="{&quot;times&quot;:3}"\/>/)
  })

  test('are read whatever they are', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    const machine = createMachine({
      id: 'odd',
      meta: { events: ['not a table'], circle, count: 2, nothing: undefined },
      entry: { type: 'tell', params: ['one', { deep: [2] }] },
      on: { GO: { actions: { type: 'tell', params: () => ({ late: true }) } } },
    })
    const chart = toChart(machine)
    assert.deepEqual(chart.states[0]?.meta, {
      events: '["not a table"]',
      circle: '(not plain data)',
      count: '2',
      nothing: '(not plain data)',
    })
    assert.deepEqual(chart.events, [])
    assert.deepEqual(chart.states[0]?.entry.map(actionText), ['tell(one, {"deep":[2]})'])
    assert.deepEqual(chart.edges[0]?.actions.map(actionText), ['tell'])
    assert.deepEqual(checkStately({ name: 'odd', machine } as never), [])
  })
})

describe('export to Mermaid', () => {
  test('draws a parallel root as regions side by side', async () => {
    const text = toMermaid(chartOf('word'))
    assert.match(text, /^state "word ∥" as word {\n[\s\S]*^ {2}--$/m)
    await parseMermaid(text)
  })

  test('says what states with states in them do, for it has no room for that', () => {
    assert.match(toMermaid(chartOf('root')), /^%% in root: entry \/ start, say\(hello "you"\)$/m)
  })

  for (const machine of [...chartedMachines(), factoryMachine]) {
    test(`says every way out of a state of ${machine.id} in the diagram of some compound`, async () => {
      const chart = toChart(machine)
      const parts = [chart.id, ...closable(chart).map((s) => s.id)]
      const texts = new Set<string>()
      for (const part of parts) {
        const { relations } = await parseMermaid(toMermaidPart(chart, part))
        for (const { text } of relations) texts.add(text)
      }
      for (const { source, targets, label, guard } of chart.edges) {
        if (targets.every((target) => target === source)) continue
        assert.ok(texts.has(guard === null ? label : `${label} [${guard}]`), label)
      }
    })
  }
})
