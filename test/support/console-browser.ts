import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { after } from 'node:test'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { findChromium } from '../../src/bench/chromium.ts'
import { PATIENCE_MS } from '../../src/sandbox/patience.ts'
import { startChatPage } from '../../src/world/chat-page.ts'
import { startWorld, type World } from '../../src/world/world.ts'
import { bundle } from './bundle.ts'
import { createDatabase } from './database.ts'

const executablePath = findChromium() ?? ''
const screenshots = path.resolve(import.meta.dirname, '../../docs/screenshots')
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Reason to skip tests that need a browser. */
export const noChromium = executablePath === '' && 'no Chromium'

/** The sandbox with its console, and a browser that notes whatever goes wrong in its pages. */
export interface ConsoleBrowser {
  world: World
  url: string
  /** Errors of scripts, refused contents and requests to other servers. */
  problems: string[]
  open(address: string, options?: BrowserContextOptions): Promise<Page>
  close(): Promise<void>
}

export async function startConsoleBrowser(): Promise<ConsoleBrowser> {
  const { url: databaseUrl } = await createDatabase({})
  const world = await startWorld({
    botMode: 'webhook',
    databaseUrl,
    storageMode: 'embedded',
    logLevel: 'fatal',
    timing: { queueMs: 100, generateMs: 300 },
    consoleDir: path.join(await bundle(), 'console'),
  })
  const chat = await startChatPage(world, 0, { withConsole: true })
  const browser = await launchChromium()
  const problems: string[] = []
  return {
    world,
    url: chat.url.replace(/\/$/, ''),
    problems,
    async open(address, options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1400, height: 880 },
        colorScheme: 'light',
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
        ...options,
      })
      context.setDefaultTimeout(PATIENCE_MS)
      const page = await context.newPage()
      watch(page, new URL(chat.url).host, problems)
      await page.goto(new URL(address, chat.url).href)
      return page
    },
    async close() {
      await browser.close()
      await chat.close()
      await world.stop()
    },
  }
}

/** What a test needs of a browser; `close` ends the pages that it opened. */
export type TestBrowser = Pick<Browser, 'newContext' | 'newPage' | 'close'>

let shared: Promise<Browser> | undefined

// A hook of the whole process: after all of its files.
after(async () => (await shared)?.close())

/** A browser as if it were the test's own: the files of a process share one, and no page or cookie. */
export async function launchChromium(): Promise<TestBrowser> {
  shared ??= chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })
  const browser = await shared
  const contexts: BrowserContext[] = []
  const newContext: Browser['newContext'] = async (options) => {
    const context = await browser.newContext(options)
    contexts.push(context)
    return context
  }
  return {
    newContext,
    newPage: async (options) => (await newContext(options)).newPage(),
    async close() {
      for (const context of contexts) await context.close()
    },
  }
}

function watch(page: Page, host: string, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.message}`))
  // Refused contents (CSP) are told as errors of the console too.
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${page.url()}: ${message.text()}`)
  })
  page.on('request', (request) => {
    const { protocol, host: asked } = new URL(request.url())
    if (/^(https?|wss?):$/.test(protocol) && asked !== host) problems.push(request.url())
  })
}

interface Violation {
  id: string
  impact: string
  nodes: { html: string; failureSummary: string }[]
}

/**
 * What axe-core finds on a page, in words; frames included. `of` colours alone, where only the
 * colours differ from a page that was looked at as a whole.
 */
export async function accessibilityProblems(
  page: Page,
  of: 'everything' | 'colours' = 'everything',
): Promise<string[]> {
  const source = await readFile(AXE, 'utf8')
  // What is being loaded is paler until it is there.
  await page.locator('body:not(:has([aria-busy="true"]))').waitFor()
  const only = of === 'colours' ? `runOnly: ['color-contrast'],` : ''
  const found: string[] = []
  for (const frame of page.frames()) {
    await frame.evaluate(source)
    const { violations } = await frame.evaluate<{ violations: Violation[] }>(
      `axe.run(document, { ${only} resultTypes: ['violations'], iframes: false })`,
    )
    for (const { id, nodes } of violations) {
      found.push(...nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`))
    }
  }
  return found
}

/** Pictures for the docs, not for comparison: only when asked for. */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  if (process.env.SAVE_SCREENSHOTS !== '1') return
  await page.mouse.move(0, 0)
  await mkdir(screenshots, { recursive: true })
  const picture = await page.screenshot({ animations: 'disabled' })
  await writeFile(path.join(screenshots, `${name}.png`), picture)
}

/** Orders a free picture in the browser's chat, as the page's user; ends on the preview. */
export async function prepareOrder(chat: Page, prompt: string): Promise<void> {
  const tap = (label: RegExp) => chat.locator('button.key', { hasText: label }).last().click()
  await chat.getByLabel('Message', { exact: true }).fill('/start')
  await chat.keyboard.press('Enter')
  await tap(/Free/)
  await tap(/^Z-Image/)
  await tap(/Begin/)
  await chat.getByText('Send your answer as a message').last().waitFor()
  await chat.getByLabel('Message', { exact: true }).fill(prompt)
  await chat.keyboard.press('Enter')
  await tap(/^4:3/)
  await chat.locator('.row.bot', { hasText: 'Check your order' }).waitFor()
}
