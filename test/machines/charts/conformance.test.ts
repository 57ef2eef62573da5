import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import Elk from 'elkjs/lib/elk.bundled.js'
import { createActor, createMachine, SimulatedClock } from 'xstate'
import { alphabetOf, checkScion } from '../../../scripts/conformance/check-scion.ts'
import { checkEdges, viewsOf } from '../../../scripts/conformance/checks.ts'
import { CHECKS, runConformance } from '../../../scripts/conformance/conformance.ts'
import { readSuite, readWritten, type Specimen } from '../../../scripts/conformance/corpus.ts'
import { layout } from '../../../scripts/generate/charts/layout.ts'
import { toChart } from '../../../src/machines/charts/chart.ts'
import type { Definition } from '../../../src/machines/engine/definition.ts'
import { advance, begin } from '../../../src/machines/engine/transition.ts'

/** The quick form of `npm run charts:conformance`: every check, but layout only of what is small. */
describe('charts and exports, tried by real parsers and engines', () => {
  let written: Specimen[]
  let suite: Specimen[]
  before(async () => {
    written = await readWritten()
    suite = readSuite().specimens
  })

  test('hold on every machine that was written for it', async () => {
    const failures: string[] = []
    const small = written.filter((s) => toChart(s.machine).states.length <= 20)
    assert.ok(small.length >= 30, `${small.length} machines`)
    const report = await runConformance(small, (line) => failures.push(line))
    assert.deepEqual(failures, [])
    for (const check of CHECKS) assert.equal(report[check].pass, report[check].of, check)
    assert.equal(report.read.of, small.length)
  })

  test('end where the suite of SCXML says, wherever its own engine gets there', async () => {
    let tried = 0
    for (const specimen of suite) {
      const problems = await checkScion(specimen)
      if (problems === undefined) continue
      tried += 1
      assert.deepEqual(problems, [], specimen.name)
    }
    assert.ok(tried >= 150, `${tried} documents`)
  })

  test('are caught when something is lost', async () => {
    const specimen = written.find((s) => s.name.includes('fetch')) as Specimen
    const full = await layout(
      new Elk.default(),
      toChart(specimen.machine),
      viewsOf(toChart(specimen.machine)).full,
    )
    assert.deepEqual(checkEdges(specimen, full), [])
    assert.notDeepEqual(checkEdges(specimen, { ...full, edges: full.edges.slice(1) }), [])
    const [one, other] = suite.filter((s) => s.name.startsWith('w3c')) as [Specimen, Specimen]
    assert.deepEqual(await checkScion(one), [])
    const away = createMachine({ id: 'document', initial: 'fail', states: { fail: {}, pass: {} } })
    assert.notDeepEqual(await checkScion({ ...other, machine: away }), [])
  })

  test('step as XState itself does', () => {
    const alone = [...written, ...suite].filter(({ machine }) => {
      const { states, edges } = toChart(machine)
      const actions = [
        ...states.flatMap((s) => [...s.entry, ...s.exit, ...s.initialActions]),
        ...edges.flatMap((e) => e.actions),
      ]
      const withChildren = actions.some(({ builtIn }) =>
        /spawn|stop|send/.test(builtIn?.type ?? ''),
      )
      return states.every((s) => s.invokes.length === 0) && !withChildren
    })
    assert.ok(alone.length >= 180, `${alone.length} machines`)
    for (const { name, machine } of alone) {
      const effects = new Proxy({}, { get: () => () => null })
      const definition: Definition = { id: name, version: 1, machine, effects }
      const actor = createActor(machine, { clock: new SimulatedClock(), logger: () => {} }).start()
      let { snapshot } = begin(definition, undefined)
      const compare = (when: string) => {
        const { value, context, status } = actor.getSnapshot()
        assert.deepEqual(
          { value: snapshot.value, context: snapshot.context, status: snapshot.status },
          { value, context, status },
          `${name} ${when}`,
        )
      }
      compare('at first')
      for (const type of alphabetOf(toChart(machine))) {
        actor.send({ type })
        if (snapshot.status === 'active')
          snapshot = advance(definition, snapshot, { type }).snapshot
        compare(`after ${type}`)
      }
      actor.stop()
    }
  })
})
