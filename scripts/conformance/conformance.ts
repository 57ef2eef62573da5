import Elk from 'elkjs/lib/elk.bundled.js'
import { toChart } from '../../src/machines/charts/chart.ts'
import { layout } from '../generate/charts/layout.ts'
import { checkScion } from './check-scion.ts'
import {
  checkEdges,
  checkLayout,
  checkMermaid,
  checkRead,
  checkScxml,
  checkStately,
  type Problems,
  viewsOf,
} from './checks.ts'
import type { Specimen } from './corpus.ts'

/** Machines of which something holds, of those that were asked. */
export interface Share {
  pass: number
  of: number
}

export const CHECKS = ['read', 'edges', 'layout', 'mermaid', 'scxml', 'stately', 'scion'] as const
export type Check = (typeof CHECKS)[number]
export type Report = { machines: number } & Record<Check, Share>

/** Tries every check on every machine; `tell` hears of each that fails, and of how far it is. */
export async function runConformance(
  specimens: readonly Specimen[],
  tell: (line: string) => void = () => {},
): Promise<Report> {
  const report = { machines: specimens.length } as Report
  for (const check of CHECKS) report[check] = { pass: 0, of: 0 }
  const elk = new Elk.default()
  for (const specimen of specimens) {
    const note = async (check: Check, find: () => Problems | Promise<Problems | undefined>) => {
      const problems = await (async () => find())().catch((error: unknown) => [`${error}`])
      if (problems === undefined) return
      const share = report[check]
      share.of += 1
      if (problems.length === 0) share.pass += 1
      else tell(`${check} ${specimen.name}: ${problems.slice(0, 3).join('; ')}`)
    }
    const views = async () => {
      const chart = toChart(specimen.machine)
      const { full, overview } = viewsOf(chart)
      const isFlat = full.states.length === overview.states.length
      return {
        full: await layout(elk, chart, full),
        ...(isFlat ? {} : { overview: await layout(elk, chart, overview) }),
      }
    }
    const drawn = views()
    drawn.catch(() => undefined)
    await note('read', () => checkRead(specimen))
    await note('edges', async () => checkEdges(specimen, (await drawn).full))
    await note('layout', async () => checkLayout(toChart(specimen.machine), await drawn))
    await note('mermaid', () => checkMermaid(specimen))
    await note('scxml', () => checkScxml(specimen))
    await note('stately', () => checkStately(specimen))
    await note('scion', () => checkScion(specimen))
  }
  return report
}
