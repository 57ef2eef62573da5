import { createHash } from 'node:crypto'
import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'
import type { AnyStateMachine } from 'xstate'

/** A machine that a module exports. */
export interface LoadedMachine {
  machine: AnyStateMachine
  /** What it is called in names of files: its id, or where it stands when it has none. */
  name: string
  /** How to reach it from the module's namespace, e.g. `machines.counter` or `createGate()`. */
  place: readonly string[]
  /** It is what the exported function returns. */
  isMade: boolean
}

/** A module that can't be read, or that has no machine; the message says why. */
export class NoMachine extends Error {
  override name = 'NoMachine'
}

const OURS = path.resolve(import.meta.dirname, '../../..')

/** XState comes from where the file is, if it is there, else from here. */
export const xstateFallback: Plugin = {
  name: 'xstate-fallback',
  setup(build) {
    build.onResolve({ filter: /^xstate(\/|$)/ }, async (args) => {
      if (args.pluginData === 'asked') return undefined
      const ask = (resolveDir: string) =>
        build.resolve(args.path, { kind: args.kind, resolveDir, pluginData: 'asked' })
      const own = await ask(args.resolveDir)
      return own.errors.length === 0 ? own : ask(OURS)
    })
  },
}

/**
 * Loads a module in TypeScript or JavaScript with all that it imports, and gives the machines that it
 * exports: as default, by name, in a list or an object, or made by a function without arguments.
 * Throws NoMachine.
 */
export async function loadMachines(file: string): Promise<LoadedMachine[]> {
  const exports = await importModule(file)
  const found = machinesIn(exports, path.basename(file).replace(/\.\w+$/, ''))
  if (found.length > 0) return named(found)
  const names = Object.keys(exports).filter((name) => name !== 'module.exports')
  const what = names.length === 0 ? 'nothing' : names.join(', ')
  throw new NoMachine(`${file} exports no XState machine; it exports ${what}.`)
}

async function importModule(file: string): Promise<Record<string, unknown>> {
  const entry = path.resolve(file)
  await access(entry).catch((cause) => {
    throw new NoMachine(`${file} can't be read.`, { cause })
  })
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    keepNames: true,
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [xstateFallback],
    loader: { '.node': 'empty' },
    banner: { js: REQUIRE(entry) },
  }).catch((cause: Error & { errors?: { text: string; location?: { file: string } }[] }) => {
    const first = cause.errors?.[0]
    throw new NoMachine(`${file} can't be bundled: ${first?.text ?? cause.message}`, { cause })
  })
  const text = outputFiles[0]?.text ?? ''
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const folder = path.join(tmpdir(), `charts-${process.pid}-${digest}`)
  await mkdir(folder, { recursive: true })
  try {
    const target = path.join(folder, 'module.mjs')
    await writeFile(target, text)
    return (await import(pathToFileURL(target).href)) as Record<string, unknown>
  } catch (cause) {
    throw new NoMachine(`${file} fails when it is loaded: ${(cause as Error).message}`, { cause })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Bundled CommonJS asks for Node's own modules by `require`. */
const REQUIRE = (entry: string) =>
  [
    `import { createRequire as __createRequire } from 'node:module'`,
    `const require = __createRequire(${JSON.stringify(pathToFileURL(entry).href)})`,
  ].join(';')

const isMachine = (value: unknown): value is AnyStateMachine => {
  const { root, transition, implementations } = (value ?? {}) as Partial<AnyStateMachine>
  return root !== undefined && typeof transition === 'function' && implementations !== undefined
}

type Found = LoadedMachine & { from: string }

function machinesIn(exports: Record<string, unknown>, file: string): Found[] {
  const entries = Object.entries(exports).filter(([name]) => name !== 'module.exports')
  // A CommonJS module is the default of the bundle, with its names in it.
  const direct = entries.flatMap(([name, value]) =>
    found(value, [name], name === 'default' ? file : name),
  )
  if (direct.length > 0) return withoutTwins(direct)
  return withoutTwins(
    entries.flatMap(([name, value]) => {
      if (typeof value !== 'function' || value.length > 0) return []
      const made = call(value as () => unknown)
      return isMachine(made)
        ? [{ ...one(made, [name], name === 'default' ? file : name), isMade: true }]
        : []
    }),
  )
}

const one = (machine: AnyStateMachine, place: readonly string[], from: string): Found => ({
  machine,
  place,
  from,
  name: '',
  isMade: false,
})

function found(value: unknown, place: readonly string[], from: string, depth = 0): Found[] {
  if (isMachine(value)) return [one(value, place, from)]
  if (typeof value !== 'object' || value === null || depth > 1) return []
  const logic = (value as { logic?: unknown }).logic
  if (isMachine(logic)) return [one(logic, [...place, 'logic'], from)]
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  if (!isPlain) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    found(inner, [...place, key], /^\d+$/.test(key) ? `${from}${key}` : key, depth + 1),
  )
}

function call(make: () => unknown): unknown {
  try {
    return make()
  } catch {
    // A class, or a function that needs more than it says.
    return undefined
  }
}

const withoutTwins = (all: readonly Found[]): Found[] =>
  all.filter(({ machine }, i) => all.findIndex((other) => other.machine === machine) === i)

/** A machine without an id is called as it is exported; one of several with the same id gets a number. */
function named(all: readonly Found[]): LoadedMachine[] {
  const taken = new Set<string>()
  return all.map(({ from, ...rest }) => {
    const { id } = rest.machine
    const wanted = (id === '(machine)' ? from : id).replace(/[/\\:*?"<>|]/g, '_')
    let name = wanted
    for (let n = 2; taken.has(name); n += 1) name = `${wanted}-${n}`
    taken.add(name)
    return { ...rest, name }
  })
}
