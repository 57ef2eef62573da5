import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createMachine } from 'xstate'
import { chartedMachines } from '../../../scripts/generate/charts/files.ts'
import { type Chart, toChart } from '../../../src/machines/charts/chart.ts'
import { toMermaid, toScxml, toStately } from '../../../src/machines/charts/export.ts'
import { closable } from '../../../src/machines/charts/view.ts'
import { factoryMachine } from './factory-machine.ts'

const charts = [...chartedMachines(), factoryMachine].map((m) => toChart(m))

/** Without what only the implementations know: which actions are effects, how long delays are. */
const bare = ({ states, edges, ...rest }: Chart) =>
  JSON.parse(
    JSON.stringify({ ...rest, states, edges }, (key, value) =>
      key === 'kind' || key === 'delays' ? undefined : value,
    ),
  )

/** Tags of an XML text in order; throws where they are not well nested. */
function tagsOf(text: string): string[] {
  const open: string[] = []
  const tags: string[] = []
  for (const [, end, tag, rest] of text.matchAll(/<(\/?)([a-z]+)((?: [\w:]+="[^"<>]*")*\/?)>/g)) {
    if (end) assert.equal(open.pop(), tag)
    else {
      tags.push(tag as string)
      if (!rest?.endsWith('/')) open.push(tag as string)
    }
  }
  assert.deepEqual(open, [])
  const left = text.replace(/<\?xml[^>]*>|<\/?[a-z]+(?: [\w:]+="[^"<>]*")*\/?>/g, '')
  assert.doesNotMatch(left, /[<>]|&(?!\w+;)/)
  return tags
}

for (const chart of charts) {
  describe(`export of ${chart.id}`, () => {
    test('to Stately is a machine with the same chart', () => {
      const [, config] = /createMachine\(([\s\S]*)\)\n$/.exec(toStately(chart)) ?? []
      const machine = createMachine(new Function(`return ${config}`)())
      assert.deepEqual(bare(toChart(machine)), bare(chart))
    })

    test('to SCXML is well-formed and has every state and transition', () => {
      const text = toScxml(chart)
      const tags = tagsOf(text)
      const count = (...names: string[]) => tags.filter((t) => names.includes(t)).length
      const histories = chart.states.filter((s) => s.type === 'history').length
      const wraps = chart.edges.some((e) => e.source === chart.id)
      assert.equal(
        count('state', 'parallel', 'final', 'history'),
        chart.states.length - (wraps ? 0 : 1),
      )
      assert.equal(count('transition'), chart.edges.length + histories)
      const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]))
      for (const [, target] of text.matchAll(/ target="([^"]+)"/g)) assert.ok(ids.has(target))
    })

    test('to Mermaid says every way out of a state in some diagram, and declares all it names', () => {
      const diagrams = [chart.id, ...closable(chart).map((s) => s.id)].map((id) =>
        toMermaid(chart, id),
      )
      for (const text of diagrams) {
        const [head, ...lines] = text.split('\n')
        assert.equal(head, 'stateDiagram-v2')
        const declared = new Set(
          lines.flatMap((l) => /^state "[^"]+" as (\w+)$/.exec(l)?.[1] ?? []),
        )
        for (const line of lines.filter((l) => l.includes('-->'))) {
          const [, from, to] = /^(\S+) --> (\S+)(?: : [^:;#{}]+)?$/.exec(line) ?? assert.fail(line)
          for (const end of [from, to])
            assert.ok(end === '[*]' || declared.has(end as string), line)
        }
      }
      const all = diagrams.join('\n')
      for (const { source, target, label } of chart.edges) {
        if (target !== null && target !== source) assert.ok(all.includes(` : ${label}`), label)
      }
    })
  })
}
