import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { PATIENCE_MS } from '../../src/sandbox/patience.ts'
import { bundle } from '../support/bundle.ts'
import { launchChromium, noChromium, type TestBrowser } from '../support/console-browser.ts'

const axe = path.resolve(import.meta.dirname, '../../node_modules/axe-core/axe.min.js')
const TYPES: Record<string, string> = { js: 'text/javascript', css: 'text/css' }

describe('simulator', { skip: noChromium }, () => {
  let folder: string
  let server: Server
  let browser: TestBrowser
  let page: Page
  /** What the page asked the server for, besides its own files. */
  const asked: string[] = []
  const errors: string[] = []

  before(async () => {
    folder = path.join(await bundle(), 'console')
    server = createServer((request, response) => {
      const url = request.url ?? ''
      const asset = /^\/console\/assets\/([\w.-]+)$/.exec(url)?.[1]
      if (asset !== undefined) {
        response.setHeader('content-type', TYPES[asset.split('.').at(-1) ?? ''] ?? 'image/svg+xml')
        response.end(readFileSync(path.join(folder, 'assets', asset)))
        return
      }
      // What stands around every page: the list of machines, and whether the bot is there.
      if (url.startsWith('/console/api/live')) {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(': here\n\n')
        return
      }
      if (url === '/console/api/machines') {
        response.setHeader('content-type', 'application/json')
        response.end('[]')
        return
      }
      if (url.startsWith('/console/api/')) {
        asked.push(url)
        response.setHeader('content-type', 'application/json')
        const session = { loggedIn: true, who: 'ann', actions: [], sandbox: false, chatUrl: null }
        response.end(
          JSON.stringify({ ...session, botId: 7, version: '1', instanceId: 'i', now: 0 }),
        )
        return
      }
      response.setHeader('content-type', 'text/html')
      response.end(readFileSync(path.join(folder, 'index.html')))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    server?.closeAllConnections()
    await new Promise((resolve) => server?.close(resolve))
  })
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1_300, height: 900 } })
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', (error) => errors.push(error.message))
  })

  const open = async (machine: string) => {
    const { port } = server.address() as AddressInfo
    await page.goto(`http://127.0.0.1:${port}/console/simulator/${machine}`)
    await page.locator('.simulator').waitFor()
  }
  const isIn = (state: string) => page.locator('.simulator-now b', { hasText: state }).waitFor()
  const send = (event: string) =>
    page.locator('.offer').getByRole('button', { name: event, exact: true }).first().click()

  test('leads a job to its end and back, lit on its chart, without the server', async () => {
    await open('job')
    asked.length = 0
    const lit = (id: string) => page.locator(`.chart-lit[data-id="${id}"]`).waitFor()
    await send('inputs.uploaded')
    await lit('job.pending')
    await send('create.claimed')
    await send('create.accepted')
    await send('after pollPause')
    await isIn('created.polling')
    await send('task.reported')
    await send('result.delivered')
    await lit('job.delivered')
    await page.locator('.steps summary', { hasText: 'ledger.capture' }).waitFor()
    await page.getByRole('button', { name: 'Step back' }).click()
    await lit('job.delivering')
    await page.locator('[data-taken="job.created.polling|task.reported|0"]').waitFor()
    assert.deepEqual(asked, [])
  })

  test('takes taps on the screen, answers of its own, and events as one writes them', async () => {
    await open('conversation')
    await page.getByLabel('Let effects be answered by themselves').check()
    await page.locator('.telegram .key', { hasText: 'Бесплатные' }).click()
    await isIn('browsing.list')
    await page.locator('.telegram .key').first().click()
    await isIn('browsing.card')
    await page.getByRole('button', { name: 'Начать' }).click()
    await isIn('drafting.asking')
    const offer = page.locator('.offers li', { hasText: 'text.received' }).first()
    await offer.getByRole('button', { name: 'change what text.received carries' }).click()
    await offer.getByLabel('text', { exact: true }).fill('A lighthouse')
    await offer.getByRole('button', { name: 'Send' }).click()
    await page.locator('.simulator-context', { hasText: 'A lighthouse' }).waitFor()
  })

  test('opens a closed compound in its place, and sends what is clicked on the chart', async () => {
    await open('conversation')
    await page.getByRole('button', { name: 'Overview' }).click()
    const list = page.locator('[data-id="conversation.browsing.list"]')
    assert.equal(await list.count(), 0)
    await page.locator('[data-toggle="conversation.browsing"]').press('Enter')
    await list.waitFor()
    await page.locator('.chart-hit[aria-label="help.opened"]').first().press('Enter')
    await page.locator('.chart-lit[data-id="conversation.help"]').waitFor()
    await page.locator('[data-toggle="conversation.browsing"]').press('Enter')
    await list.waitFor({ state: 'detached' })
  })

  test('has no flaw that axe finds, in the light, in the dark and on a phone', async () => {
    for (const [colorScheme, width] of [
      ['light', 1_300],
      ['dark', 1_300],
      ['light', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await open('job')
      await page.addScriptTag({ path: axe })
      const { violations } = (await page.evaluate('axe.run()')) as {
        violations: { id: string; nodes: { html: string }[] }[]
      }
      const told = violations.map((v) => `${v.id}: ${v.nodes[0]?.html}`)
      assert.deepEqual(told, [], `${colorScheme}, ${width}`)
      const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      assert.ok((wide as number) <= 0, `${wide} pixels wider than a phone`)
    }
    assert.deepEqual(errors, [])
  })
})
