import { builtinModules } from 'node:module'
import path from 'node:path'
import type { Plugin } from 'esbuild'
import type { PositionedChart } from '../../../src/machines/charts/position.ts'
import { toStately } from '../../../src/machines/charts/stately.ts'
import { type LoadedMachine, xstateFallback } from './load-machines.ts'

const UI = path.resolve(import.meta.dirname, '../../../src/http/console/ui')

/** Modules of Node have nothing to do in a browser: they load, and fail only when they are used. */
const withoutNode: Plugin = {
  name: 'without-node',
  setup(build) {
    const names = new Set(builtinModules)
    build.onResolve({ filter: /^(node:)?[\w/]+$/ }, ({ path: asked }) => {
      const isNode = asked.startsWith('node:') || names.has(asked)
      return isNode ? { path: asked, namespace: 'node' } : undefined
    })
    build.onLoad({ filter: /.*/, namespace: 'node' }, ({ path: asked }) => ({
      contents: `module.exports = new Proxy(() => { throw new Error('no ${asked} in a browser') }, {
        get: (target, key) => (key === '__esModule' ? undefined : typeof key === 'string' ? target : undefined),
      })`,
    }))
  },
}

/**
 * A page with a machine's chart and its simulator, in one file that asks for no other: the machine's
 * own code is in it, so that its guards and changes are the real ones.
 */
export async function toHtml(
  file: string,
  loaded: LoadedMachine,
  chart: PositionedChart,
): Promise<string> {
  const bundled = await bundle(entryOf(file, path.basename(file), loaded, chart)).catch(() =>
    // What can't be bundled for a browser is shown without its code.
    bundle(entryOf(null, path.basename(file), loaded, chart)),
  )
  const { script, style } = bundled
  const title = escaped(loaded.name)
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title} · statechart</title>
    <link rel="icon" href="data:," />
    <style>${style.replaceAll('</style', '<\\/style')}</style>
  </head>
  <body>
    <div id="root"></div>
    <noscript><p>This page needs JavaScript. It loads nothing from other servers.</p></noscript>
    <script type="module">${script.replaceAll('</script', '<\\/script')}</script>
  </body>
</html>
`
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** The page's program; `file` null: without the machine's code. */
function entryOf(
  file: string | null,
  imported: string,
  { place, isMade }: LoadedMachine,
  chart: PositionedChart,
) {
  const access = place.map((key) => `[${JSON.stringify(key)}]`).join('')
  const name = place.at(-1) ?? 'machine'
  const [first = 'default', ...more] = place
  const local = first === 'default' ? 'exported' : first
  const expression = [local, ...more].join('.') + (isMade ? '()' : '')
  const source = {
    name: chart.chart.id || name,
    imports: [
      '// Belongs beside the file with the machine.',
      first === 'default'
        ? `import ${local} from './${imported}'`
        : `import { ${first} } from './${imported}'`,
    ],
    trial: null,
    machine: expression,
  }
  const stately = toStately(chart.chart).replace(/^[\s\S]*?createMachine\(/, 'createMachine(')
  return `
    import { createMachine } from 'xstate'
    import { startViewer } from ${JSON.stringify(path.join(UI, 'viewer.tsx'))}
    const guards = new Proxy({}, { get: () => () => true, has: () => true })
    const actions = new Proxy({}, { get: () => () => {} })
    const load = async () => {
      ${file === null ? `throw new Error('it can not be bundled for one')` : `const exports = await import(${JSON.stringify(path.resolve(file))})`}
      ${file === null ? '' : `return exports${access}${isMade ? '()' : ''}`}
    }
    const bare = () => ${stately.trim()}.provide({ guards, actions })
    await startViewer({
      chart: ${JSON.stringify(chart)},
      load, bare,
      source: ${JSON.stringify(source)},
    })
  `
}

async function bundle(contents: string): Promise<{ script: string; style: string }> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: UI, loader: 'ts', sourcefile: 'entry.ts' },
    outdir: '/page',
    bundle: true,
    write: false,
    minify: true,
    keepNames: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome120', 'firefox121', 'safari17.2'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.node': 'empty', '.svg': 'dataurl' },
    plugins: [withoutNode, xstateFallback],
  })
  const of = (end: string) => outputFiles.find((f) => f.path.endsWith(end))?.text ?? ''
  return { script: of('.js'), style: of('.css') }
}
