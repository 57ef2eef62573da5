import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { modelFilesPlugin } from './model-files-plugin.ts'

const SOURCE = path.resolve(import.meta.dirname, '../http/console/ui')

/** What a browser loads, in bytes: at once, and all chunks together. */
export interface ConsoleBundle {
  files: string[]
  entryBytes: number
  bytes: number
  /** What it was made of, as absolute paths. */
  inputs: string[]
}

/**
 * Bundles the console's page into `outdir`: `index.html`, and `assets/` with names that change with
 * their content. The page asks for them under `/console/assets/`. The folder is replaced.
 */
export async function bundleConsole(outdir: string): Promise<ConsoleBundle> {
  const { build } = await import('esbuild')
  const assets = path.join(outdir, 'assets')
  const { outputFiles, metafile } = await build({
    absWorkingDir: SOURCE,
    entryPoints: { console: 'main.tsx', icon: 'icon.svg' },
    outdir: assets,
    publicPath: '/console/assets',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: ['chrome120', 'firefox121', 'safari17.2'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'copy' },
    plugins: [modelFilesPlugin],
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  })
  await rm(outdir, { recursive: true, force: true })
  await mkdir(assets, { recursive: true })
  for (const { path: file, contents } of outputFiles) await writeFile(file, contents)

  const entry = Object.entries(metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint === 'main.tsx',
  )
  if (entry === undefined) throw new Error('the bundle has no entry')
  const [script, { cssBundle }] = entry
  const early = earlyScripts(script, metafile.outputs)
  const icon = outputFiles.map((file) => name(file.path)).find((file) => file.startsWith('icon-'))
  const page = {
    script: name(script),
    style: name(cssBundle ?? ''),
    icon: icon ?? '',
    early: early.map(name),
  }
  await writeFile(path.join(outdir, 'index.html'), html(page))
  const sizes = new Map(outputFiles.map((file) => [name(file.path), file.contents.byteLength]))
  const sum = (names: Iterable<string>) =>
    [...names].reduce((bytes, file) => bytes + (sizes.get(file) ?? 0), 0)
  return {
    files: [...sizes.keys()],
    entryBytes: sum([page.script, page.style, ...page.early]),
    bytes: sum(sizes.keys()),
    inputs: Object.keys(metafile.inputs).map((file) => path.resolve(SOURCE, file)),
  }
}

const name = (file: string) => path.basename(file)

type Outputs = Record<string, { imports: { path: string; kind: string }[] }>

/** Chunks that the entry needs before it can start. */
function earlyScripts(entry: string, outputs: Outputs): string[] {
  const found = new Set([entry])
  for (const file of found) {
    for (const { path: other, kind } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && outputs[other]) found.add(other)
    }
  }
  found.delete(entry)
  return [...found]
}

const asset = (file: string) => `/console/assets/${file}`

interface Parts {
  script: string
  style: string
  icon: string
  early: string[]
}

const html = ({ script, style, icon, early }: Parts) => `\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="robots" content="noindex" />
    <title>Console</title>
    <link rel="icon" type="image/svg+xml" href="${asset(icon)}" />
    <link rel="stylesheet" href="${asset(style)}" />
${early.map((file) => `    <link rel="modulepreload" href="${asset(file)}" />\n`).join('')}\
    <script type="module" src="${asset(script)}"></script>
  </head>
  <body>
    <div id="root"></div>
    <noscript><p>The console needs JavaScript. It loads nothing from other servers.</p></noscript>
  </body>
</html>
`
