/**
 * `npm run <command>` where there may be no development packages and any Node from 20 on: the sources
 * where this Node reads TypeScript, else the built commands in dist. Plain JavaScript for that reason.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const root = path.resolve(
  import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
  '..',
)
const sources = path.join(root, 'src/cli.ts')
const built = path.join(root, 'dist/cli.js')
const [name = ''] = process.argv.slice(2)

if (existsSync('.env')) process.loadEnvFile('.env')

if (name === 'prestart') await prepareStart()
else if (name === 'start') await load(path.join(root, 'dist/main.js'))
else if (process.features.typescript && existsSync(sources)) await load(sources)
else if (existsSync(built)) await load(built)
else
  fail(`Node ${process.versions.node} can't run ${name} from the sources, and dist is not built.`)

/** Builds what is stale where that can be done; what is built already will do otherwise. */
async function prepareStart() {
  const canBuild =
    process.features.typescript && existsSync(path.join(root, 'node_modules/esbuild'))
  if (canBuild && existsSync(path.join(root, 'scripts/build.ts'))) {
    const { buildWhenStale } = await import(pathToFileURL(path.join(root, 'scripts/build.ts')).href)
    await buildWhenStale()
  } else if (!existsSync(path.join(root, 'dist/main.js'))) fail('dist is not built.')
}

async function load(file) {
  await import(pathToFileURL(file).href)
}

function fail(reason) {
  console.error(`${reason} Run: npm ci --include=dev && npm run build`)
  process.exitCode = 1
}
