import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import elk from 'elkjs/package.json' with { type: 'json' }
import type { AnyStateMachine } from 'xstate'
import { type Chart, toChart } from '../../../src/machines/charts/chart.ts'
import type { PositionedChart } from '../../../src/machines/charts/position.ts'
import { SAMPLE_VIEW } from '../../../src/machines/conversation/samples/view.ts'
import { createDefinitions } from '../../../src/machines/definitions.ts'
import { lifecycleMachine } from '../../../src/machines/lifecycle/machine.ts'
import { createSimulations } from '../../../src/machines/simulations.ts'
import { LESSONS, lessonChart, walkLesson } from './lessons.ts'
import { chartPage } from './page.ts'
import { position } from './position.ts'
import { toSvg } from './svg.ts'

const root = path.resolve(import.meta.dirname, '../../..')

/** What decides where things are, besides the machine itself. */
const LAYOUT_CODE = [
  'scripts/generate/charts/layout.ts',
  'scripts/generate/charts/position.ts',
  'src/machines/charts/bare-view.ts',
  'src/machines/charts/text-width.ts',
  'src/machines/charts/position.ts',
  'src/machines/charts/view.ts',
  'src/machines/charts/words.ts',
]

/** A positioned chart as it is kept; `made` says from what. */
interface Kept extends PositionedChart {
  made: { from: string; views: string }
}

/** Every machine that has a chart: those of kept actors, and the process's own. */
export const chartedMachines = (): AnyStateMachine[] => [
  ...createDefinitions(SAMPLE_VIEW).map((d) => d.machine),
  lifecycleMachine,
]

/** Where a machine's positioned chart is kept, from the root of the project. */
export const chartFile = (id: string): string => `src/http/console/charts/${id}.json`

/** A kept file's text; undefined: there is none. */
type Keep = (file: string) => Promise<string | undefined>

const fromDisk: Keep = (file) => readFile(path.join(root, file), 'utf8').catch(() => undefined)

/**
 * All files made from the machines, by path from the root. A kept layout is taken over when it was
 * made from the same machine by the same code, and nobody has changed it since: laying out is slow.
 */
export async function chartFiles(
  keep: Keep = fromDisk,
  machines = chartedMachines(),
): Promise<Record<string, string>> {
  const code = await Promise.all(LAYOUT_CODE.map((f) => readFile(path.join(root, f), 'utf8')))
  const simulations = createSimulations()
  const files: Record<string, string> = {}
  for (const machine of machines) {
    const chart = toChart(machine)
    const positioned = await positionedBy(chart, digest([elk.version, ...code, chart]), keep)
    files[chartFile(chart.id)] = inLines(positioned)
    for (const view of ['overview', 'full']) {
      files[`docs/machines/${chart.id}-${view}.svg`] = toSvg(positioned, view)
    }
    const simulation = simulations.get(chart.id)
    const lesson = LESSONS[chart.id]
    const walked = simulation && lesson && walkLesson(simulation, lesson)
    if (walked !== undefined) {
      const path = await position(lessonChart(chart, walked))
      files[`docs/machines/${chart.id}-path.svg`] = toSvg(path, 'full')
    }
    files[`docs/machines/${chart.id}.md`] = chartPage(
      chart,
      chart.id === 'conversation' ? [SCREENS_LINK] : [],
      lesson && walked && { ...lesson, ...walked },
    )
  }
  return files
}

/** What users see in these states. */
const SCREENS_LINK = 'What users see in every state: [the screens](../screens/README.md).'

async function positionedBy(chart: Chart, from: string, keep: Keep): Promise<Kept> {
  const text = await keep(chartFile(chart.id))
  const kept = text === undefined ? undefined : (JSON.parse(text) as Kept)
  if (kept?.made.from === from && kept.made.views === digest(kept.views)) {
    return { ...kept, chart }
  }
  const { views } = await position(chart)
  return { made: { from, views: digest(views) }, chart, views }
}

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)

/** JSON with a line for each thing in a list, so that a change is seen where it is. */
function inLines(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const deeper = `${indent} `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map((v) => deeper + JSON.stringify(v)).join(',\n')}\n${indent}]`
  }
  const entries = Object.entries(value)
  if (entries.length === 0) return '{}'
  const lines = entries.map(([k, v]) => `${deeper}${JSON.stringify(k)}: ${inLines(v, deeper)}`)
  return `{\n${lines.join(',\n')}\n${indent}}${indent === '' ? '\n' : ''}`
}
