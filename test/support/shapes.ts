import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { AnyStateNode } from 'xstate'
import { type History, replaySteps } from '../../src/actors/engine/replay.ts'
import { SAMPLE_VIEW } from '../../src/machines/conversation/samples/view.ts'
import { createDefinitions } from '../../src/machines/definitions.ts'
import type { Definition } from '../../src/machines/engine/definition.ts'
import { createRegistry } from '../../src/machines/engine/registry.ts'

export const SHAPES_FILE = path.resolve(import.meta.dirname, '../fixtures/shapes.json')

/** The machines as the kept histories were made: for screens with the sample settings. */
export const presentRegistry = () => createRegistry(createDefinitions(SAMPLE_VIEW))

/** What stored snapshots of a machine, and what waits for them in the queue, rely on. */
export interface Shape {
  /** Paths of the states that a snapshot can name: leaves, and whatever has regions. */
  states: string[]
  /** Paths of the keys in its context; keys of open maps (`answers`, `uploads`) are left out. */
  context: string[]
  /** Types of the events that it takes, timers' among them: journals and the queue hold them. */
  events: string[]
}

/** A shape with the releases whose histories showed the keys of its context. */
export type KeptShape = Shape & { releases: string[] }

/** By machine and version. */
export type Shapes = Record<string, Record<string, KeptShape>>

export const keptShapes = async (): Promise<Shapes> =>
  JSON.parse(await readFile(SHAPES_FILE, 'utf8').catch(() => '{}'))

/** Maps whose keys are data. */
const OPEN = new Set(['answers', 'uploads'])

/** The shape of a machine as it is now, with the context's keys as these histories bring them up. */
export function shapeOf(definition: Definition, histories: readonly History[]): Shape {
  const keys = new Set<string>()
  for (const { machine, entries } of histories) {
    if (machine !== definition.id) continue
    for (const { outcome } of replaySteps(definition, entries)) {
      collect(keys, '', JSON.parse(JSON.stringify(outcome.snapshot.context)))
    }
  }
  const { machine } = definition
  return {
    states: statesOf(machine.root).sort(),
    context: [...keys].sort(),
    events: [...machine.events].sort(),
  }
}

function statesOf(node: AnyStateNode): string[] {
  const { type, path: names, states } = node
  const own = names.join('.')
  const below = Object.values(states).flatMap(statesOf)
  if (type === 'atomic') return [own]
  if (type === 'compound') return below
  return [`${own} (${type})`, ...below]
}

function collect(keys: Set<string>, at: string, value: unknown): void {
  if (Array.isArray(value)) for (const item of value) collect(keys, `${at}[]`, item)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      const inner = at === '' ? key : `${at}.${key}`
      keys.add(inner)
      if (!OPEN.has(key)) collect(keys, inner, child)
    }
  }
}
