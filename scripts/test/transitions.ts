import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

type Counts = Record<string, Record<string, number>>

/** Adds up what the processes of a run noted, one JSON object a line, and writes it as one file. */
export function keepTransitions(notes: string, target: string): void {
  const lines = existsSync(notes) ? readFileSync(notes, 'utf8').split('\n') : []
  const machines: Counts = {}
  for (const line of lines.filter((text) => text !== '')) {
    for (const [machine, counts] of Object.entries(JSON.parse(line) as Counts)) {
      machines[machine] ??= {}
      const sums = machines[machine]
      for (const [id, count] of Object.entries(counts)) sums[id] = (sums[id] ?? 0) + count
    }
  }
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, `${JSON.stringify({ at: Date.now(), machines })}\n`)
  const all = Object.entries(machines).map(([id, counts]) => `${id} ${Object.keys(counts).length}`)
  console.log(`transitions taken: ${all.join(', ') || 'none'}`)
}
