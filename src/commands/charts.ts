import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { defineCommand } from 'citty'
import { chartedMachines, chartFiles } from '../../scripts/generate/charts/files.ts'
import { loadMachines, NoMachine } from '../../scripts/generate/charts/load-machines.ts'
import { FORMS, type Form, formsOf, isForm } from '../../scripts/generate/charts/machine-forms.ts'
import { toChart } from '../machines/charts/chart.ts'
import { EXPORTS } from '../machines/charts/export.ts'

const root = path.resolve(import.meta.dirname, '../..')
const MODULE = /\.[cm]?[jt]sx?$/

const args = {
  machine: {
    type: 'positional',
    required: false,
    description: 'A file that exports machines; or one of our own machines, for --format',
  },
  out: { type: 'string', description: 'Of a file: the folder to write into' },
  format: {
    type: 'string',
    description: `${Object.keys(FORMS).join(', ')}; printed without --out`,
  },
  watch: { type: 'boolean', description: 'Of a file: serves its page, and reloads it on change' },
  port: { type: 'string', description: 'Of --watch: its port' },
  check: { type: 'boolean', description: 'Writes nothing; fails when a file is stale' },
  json: { type: 'boolean', description: 'Reports as one JSON object' },
} as const

export const chartsCommand = defineCommand({
  meta: {
    name: 'charts',
    description: 'Draws every machine of ours, or those that a file exports.',
  },
  args,
  async run({ args: given }) {
    const { machine, format, check = false, json = false } = given
    if (machine !== undefined && MODULE.test(machine)) {
      process.exitCode = await drawFile(machine, given)
    } else if (format !== undefined) process.exitCode = printExport(format, machine)
    else if (machine !== undefined) {
      console.error(`${machine} is no file with machines, and without --format no machine.`)
      process.exitCode = 1
    } else process.exitCode = await drawOwn(check, json)
  },
})

/** npm runs scripts in its own folder, and says where it was called. */
const calledFrom = () =>
  (process.env.npm_lifecycle_event === 'charts' ? process.env.INIT_CWD : undefined) ?? process.cwd()

interface FileOptions {
  out?: string | undefined
  format?: string | undefined
  watch?: boolean | undefined
  port?: string | undefined
  json?: boolean | undefined
}

/** Writes or prints what a file exports; 1: it has no machine, 2: there is no such form. */
async function drawFile(file: string, { out, format, watch, port, json }: FileOptions) {
  if (format !== undefined && !isForm(format)) {
    console.error(`formats: ${Object.keys(FORMS).join(', ')}`)
    return 2
  }
  const from = path.resolve(calledFrom(), file)
  try {
    if (watch) {
      const { watchMachine } = await import('./charts-watch.ts')
      await watchMachine(from, Number(port ?? 0))
      return 0
    }
    const machines = await loadMachines(from)
    const forms = format === undefined ? (Object.keys(FORMS) as Form[]) : [format]
    const folder = out ?? (format === undefined ? '.' : undefined)
    const files: string[] = []
    for (const loaded of machines) {
      const written = await formsOf(from, loaded, forms)
      for (const [form, text] of Object.entries(written)) {
        if (folder === undefined) process.stdout.write(text)
        else files.push(await write(folder, `${loaded.name}.${FORMS[form as Form]}`, text))
      }
    }
    const names = machines.map((m) => m.name)
    if (json && folder !== undefined)
      console.log(JSON.stringify({ ok: true, machines: names, files }))
    else for (const name of files) console.log(`wrote ${name}`)
    return 0
  } catch (error) {
    if (!(error instanceof NoMachine)) throw error
    console.error(error.message)
    return 1
  }
}

async function write(folder: string, name: string, text: string): Promise<string> {
  const target = path.resolve(calledFrom(), folder, name)
  await mkdir(path.dirname(target), { recursive: true })
  await writeFile(target, text)
  return path.join(folder, name)
}

/** Draws our own machines; 1: with `check`, something is stale. */
async function drawOwn(check: boolean, json: boolean): Promise<number> {
  const stale = await writeStale(await chartFiles(), check)
  if (json) {
    const machines = chartedMachines().map((m) => m.id)
    console.log(JSON.stringify({ ok: !check || stale.length === 0, machines, stale }))
  } else {
    for (const file of stale) console.log(`${check ? 'stale:' : 'wrote'} ${file}`)
  }
  if (!check || stale.length === 0) return 0
  if (!json) console.error('Run: npm run charts')
  return 1
}

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
