import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { defineCommand } from 'citty'
import { chartedMachines, chartFiles } from '../../scripts/generate/charts/files.ts'
import { toChart } from '../machines/charts/chart.ts'
import { EXPORTS } from '../machines/charts/export.ts'

const root = path.resolve(import.meta.dirname, '../..')

export const chartsCommand = defineCommand({
  meta: {
    name: 'charts',
    description: 'Draws every machine: its page, its pictures, and what the console shows.',
  },
  args: {
    machine: { type: 'positional', required: false, description: 'Only this one; for --format' },
    format: { type: 'string', description: 'Prints mermaid, scxml or stately; writes nothing' },
    check: { type: 'boolean', description: 'Writes nothing; fails when a file is stale' },
    json: { type: 'boolean', description: 'Reports as one JSON object' },
  },
  async run({ args: { machine, format, check = false, json = false } }) {
    if (format !== undefined) {
      process.exitCode = printExport(format, machine)
      return
    }
    const stale = await writeStale(await chartFiles(), check)
    if (json) {
      const machines = chartedMachines().map((m) => m.id)
      console.log(JSON.stringify({ ok: !check || stale.length === 0, machines, stale }))
    } else {
      for (const file of stale) console.log(`${check ? 'stale:' : 'wrote'} ${file}`)
    }
    if (!check || stale.length === 0) return
    if (!json) console.error('Run: npm run charts')
    process.exitCode = 1
  },
})

/** Prints one machine, or all of them, one after the other; 1: there is no such format or machine. */
function printExport(format: string, machine: string | undefined): number {
  const write = Object.entries(EXPORTS).find(([name]) => name === format)?.[1]
  const all = chartedMachines()
  const wanted = all.filter(({ id }) => machine === undefined || id === machine)
  if (write === undefined || wanted.length === 0) {
    console.error(`formats: ${Object.keys(EXPORTS).join(', ')}`)
    console.error(`machines: ${all.map((m) => m.id).join(', ')}`)
    return 1
  }
  console.log(wanted.map((m) => write(toChart(m)).trimEnd()).join('\n\n'))
  return 0
}

/** Writes what differs from what is there; with `check` only tells. */
async function writeStale(files: Record<string, string>, check: boolean): Promise<string[]> {
  const stale: string[] = []
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(root, file)
    if ((await readFile(target, 'utf8').catch(() => undefined)) === text) continue
    stale.push(file)
    if (check) continue
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, text)
  }
  return stale
}
