import { watch } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { loadMachines, NoMachine } from '../../scripts/generate/charts/load-machines.ts'
import { formsOf } from '../../scripts/generate/charts/machine-forms.ts'

/** An editor writes a file in several goes. */
const SETTLE_MS = 120

const RELOAD = `<script type="module">
  const events = new EventSource('/changes')
  let isFirst = true
  events.onmessage = () => { if (!isFirst) location.reload(); isFirst = false }
</script>`

export interface Watched {
  url: string
  close(): Promise<void>
}

/**
 * Serves the pages of a file's machines on this machine only, and lets them reload when the file, or
 * another beside it, changes. Throws NoMachine when there is none at first; later mistakes are shown.
 */
export async function watchMachine(
  file: string,
  port: number,
  tell: (line: string) => void = console.log,
): Promise<Watched> {
  await loadMachines(file)
  const readers = new Set<ServerResponse>()
  let version = 0
  let pages: Promise<Map<string, string>> | undefined
  const current = () => {
    pages ??= pagesOf(file)
    return pages
  }
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? '/').slice(1).split('?')[0] ?? '')
    if (name === 'changes') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write(`data: ${version}\n\n`)
      readers.add(response)
      response.on('close', () => readers.delete(response))
      return
    }
    current().then(
      (all) => {
        const text = name === '' ? [...all.values()][0] : all.get(name)
        response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/html' })
        const links = [...all.keys()].map((n) => `<a href="/${encodeURIComponent(n)}">${n}</a>`)
        const nav = all.size > 1 ? `<nav class="viewer-machines">${links.join(' ')}</nav>` : ''
        response.end(text?.replace('<div id="root">', `${RELOAD}${nav}<div id="root">`))
      },
      (error: Error) => {
        response.writeHead(500, { 'content-type': 'text/html' })
        response.end(`<pre>${error.message.replaceAll('<', '&lt;')}</pre>${RELOAD}`)
      },
    )
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  const watcher = watch(path.dirname(file), { recursive: true }, (_, changed) => {
    if (changed === null || /node_modules|(^|\/)\./.test(changed)) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      version += 1
      pages = undefined
      for (const reader of readers) reader.write(`data: ${version}\n\n`)
    }, SETTLE_MS)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  tell(url)
  return {
    url,
    async close() {
      clearTimeout(timer)
      watcher.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function pagesOf(file: string): Promise<Map<string, string>> {
  const pages = new Map<string, string>()
  try {
    for (const loaded of await loadMachines(file)) {
      const { html = '' } = await formsOf(file, loaded, ['html'])
      pages.set(loaded.name, html)
    }
  } catch (error) {
    if (!(error instanceof NoMachine)) throw error
    throw new Error(error.message, { cause: error })
  }
  return pages
}
