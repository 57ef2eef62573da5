import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Context } from 'koa'

export interface Asset {
  type: string
  body: Buffer
  gzip: Buffer
}

export interface ConsoleAssets {
  /** The page; undefined while it was not built. */
  page: () => Asset | undefined
  /** A file under `/console/assets/`. */
  file: (name: string) => Asset | undefined
  /** Address of a machine's positioned chart. */
  chartUrl: (machine: string) => string | null
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/**
 * The built page in `pageDir` (`index.html`, `assets/` with hashed names) and the charts in
 * `chartsDir` (`<machine>.json`). Read when the page was built anew and kept in memory, so that only
 * files that are there exist for a browser and no path can lead out.
 */
export function createConsoleAssets(pageDir: string, chartsDir: string): ConsoleAssets {
  let files = new Map<string, Asset>()
  let charts = new Map<string, string>()
  let builtMs = -1

  function fresh(): void {
    const index = statSync(path.join(pageDir, 'index.html'), { throwIfNoEntry: false })
    const foundMs = index?.mtimeMs ?? 0
    if (foundMs === builtMs) return
    builtMs = foundMs
    const read = [...load(pageDir, ''), ...load(path.join(pageDir, 'assets'), 'assets/')]
    const drawn = load(chartsDir, '').filter(([name]) => name.endsWith('.json'))
    const named = drawn.map(([name, asset]) => {
      const digest = createHash('sha256').update(asset.body).digest('hex').slice(0, 12)
      const machine = path.basename(name, '.json')
      return { machine, name: `assets/chart-${machine}-${digest}.json`, asset }
    })
    files = new Map([...read, ...named.map(({ name, asset }) => [name, asset] as const)])
    charts = new Map(named.map(({ machine, name }) => [machine, `/console/${name}`]))
  }

  return {
    page() {
      fresh()
      return files.get('index.html')
    },
    file(name) {
      fresh()
      return files.get(`assets/${name}`)
    },
    chartUrl(machine) {
      fresh()
      return charts.get(machine) ?? null
    },
  }
}

function load(folder: string, prefix: string): [string, Asset][] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, Asset][] => {
    const type = TYPES[path.extname(entry.name)]
    if (!entry.isFile() || type === undefined) return []
    const body = readFileSync(path.join(folder, entry.name))
    return [[prefix + entry.name, { type, body, gzip: gzipSync(body, { level: 9 }) }]]
  })
}

/** Answers with a file, packed where the browser takes that. */
export function sendAsset(context: Context, { type, body, gzip }: Asset, cache: string): void {
  context.type = type
  context.set('Cache-Control', cache)
  context.set('Vary', 'Accept-Encoding')
  if (context.acceptsEncodings('gzip', 'identity') === 'gzip') {
    context.set('Content-Encoding', 'gzip')
    context.body = gzip
  } else {
    context.body = body
  }
}
