import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate'
import type { Simulation } from '../../src/machines/charts/simulation.ts'
import { createSimulations } from '../../src/machines/simulations.ts'
import { chartedMachines } from '../generate/charts/files.ts'
import { loadMachines } from '../generate/charts/load-machines.ts'
import { NotForXState, readScxml } from './scxml-reader.ts'

/** What a document of the suite asks for: where it begins, and where each event leads. */
export interface Script {
  initialConfiguration: readonly string[]
  events: readonly {
    event: { name: string }
    nextConfiguration: readonly string[]
    after?: number
  }[]
}

export interface Specimen {
  name: string
  machine: AnyStateMachine
  /** Where it comes from: the program itself, a file written for this, or the suite of SCXML. */
  kind: 'own' | 'written' | 'suite'
  /** Of the suite: the document and what it asks for. */
  source: { text: string; script: Script } | null
  /** Of one that can't be tried without data: with what it begins, and what may happen next. */
  walk?: Walk
}

export interface Walk {
  input: unknown
  next(snapshot: AnyMachineSnapshot, step: number): EventObject | undefined
}

const root = path.resolve(import.meta.dirname, '../..')
const WRITTEN = [
  'test/machines/charts/corpus/*.{ts,js,cjs}',
  'test/machines/charts/factory-machine.ts',
]
const SUITE = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@scion-scxml/test-framework/package.json')),
  'test',
)

/** All machines to try charts and exports with; `left` names the documents that XState can't be. */
export async function readCorpus(): Promise<{ specimens: Specimen[]; left: string[] }> {
  const simulations = createSimulations()
  const own = chartedMachines().map((machine) => {
    const simulation = simulations.get(machine.id)
    const walk = simulation && { walk: walkOf(simulation) }
    return { ...specimen(machine.id, machine, 'own'), ...walk }
  })
  const { specimens, left } = readSuite()
  return { specimens: [...own, ...(await readWritten()), ...specimens], left }
}

/** What happens by itself, and what is answered to effects, as in the simulator. */
function walkOf({ samples, definition }: Simulation): Walk {
  const [beginning] = Object.keys(samples.inputs)
  return {
    input: samples.inputs[beginning as string],
    next(snapshot, step) {
      const taken = samples.happenings(snapshot).filter((event) => snapshot.can(event))
      const event = taken[(step * 5) % (taken.length || 1)]
      const at = EPOCH + step * 5_000
      const rnd = `walked${String(step).padStart(18, '0')}`
      return (
        event && {
          ...(definition.resolveEvent?.(snapshot, { ...event, at, rnd }) ?? event),
          at,
          rnd,
        }
      )
    },
  }
}

const EPOCH = Date.UTC(2026, 0, 1, 12)

const specimen = (name: string, machine: AnyStateMachine, kind: Specimen['kind']): Specimen => ({
  name,
  machine,
  kind,
  source: null,
})

/** The machines that were written for this; a file without one is there to be refused. */
export async function readWritten(): Promise<Specimen[]> {
  const files = globSync(WRITTEN, { cwd: root }).filter((f) => path.parse(f).name !== 'nothing')
  const read: Specimen[] = []
  for (const file of files.sort()) {
    for (const { machine, name } of await loadMachines(path.join(root, file))) {
      read.push(specimen(`${path.basename(file)} ${name}`, machine, 'written'))
    }
  }
  return read
}

export function readSuite(): { specimens: Specimen[]; left: string[] } {
  const specimens: Specimen[] = []
  const left: string[] = []
  for (const file of globSync('**/*.scxml', { cwd: SUITE }).sort()) {
    const text = readFileSync(path.join(SUITE, file), 'utf8')
    const script = scriptOf(path.join(SUITE, file.replace(/\.scxml$/, '.json')))
    if (script === null) {
      left.push(`${file}: nothing says where it should end`)
      continue
    }
    try {
      const machine = readScxml(
        text,
        script.events.map(({ event }) => event.name),
      )
      specimens.push({ name: file, machine, kind: 'suite', source: { text, script } })
    } catch (error) {
      if (!(error instanceof NotForXState)) throw new Error(file, { cause: error })
      left.push(`${file}: ${error.message}`)
    }
  }
  return { specimens, left }
}

function scriptOf(file: string): Script | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Script
  } catch {
    return null
  }
}
