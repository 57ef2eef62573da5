import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface FileCost {
  file: string
  /** Of the file's process and all that it started. */
  cpuSeconds: number
  wallMs: number
}

const SHOWN = 10

/** What the files of a run noted at their ends, one JSON object a line. */
export const readCosts = (file: string): FileCost[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as FileCost)
    : []

const row = (cpu: number, wall: number | undefined, what: string) =>
  `${cpu.toFixed(1).padStart(8)} ${(wall?.toFixed(1) ?? '').padStart(8)}  ${what}`

/** Groups of files lie elsewhere; their names say which folder they stand for. */
const nameOf = (file: string, root: string) =>
  file.startsWith(root)
    ? path.relative(root, file)
    : `${path.basename(file, '.test.mjs').replaceAll('-', '/')}/**`

/** A table of the files that took the most CPU, and what everything took together. */
export function costLines(
  costs: readonly FileCost[],
  { root, total, server }: { root: string; total: number; server: number },
): string[] {
  const slowest = costs.toSorted((a, b) => b.cpuSeconds - a.cpuSeconds).slice(0, SHOWN)
  const files = costs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
  return [
    '   CPU s   wall s',
    ...slowest.map(({ file, cpuSeconds, wallMs }) =>
      row(cpuSeconds, wallMs / 1_000, nameOf(file, root)),
    ),
    row(files, undefined, `all ${costs.length} files`),
    row(server, undefined, 'PostgreSQL'),
    row(total, undefined, `in all: ${(total / 60).toFixed(1)} CPU minutes`),
  ]
}
