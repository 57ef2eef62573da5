import path from 'node:path'
import type { Page } from 'playwright-core'
import { startWorld, type World } from '../world/world.ts'
import { findChromium } from './chromium.ts'
import { median, round } from './numbers.ts'

export interface PageReport {
  /** From the navigation to the Overview with its figures and where actors are; null: there is no browser. */
  interactive_ms: number | null
  /** The same browser with a page of one line, in turns: what this machine takes for nothing. */
  bare_ms: number | null
  runs: number
}

const BUILT = path.resolve(import.meta.dirname, '../../dist/console')
const PEOPLE = 20
const PATIENCE_MS = 20_000

/**
 * Time since the navigation began, once there is something to press and to see: the links, a figure
 * from the database, where actors are, the live stream. Text, because it runs in the browser.
 */
const USABLE = `document.querySelector('nav a[href="/console/jobs"]')
  && document.querySelector('.tile')
  && document.querySelector('.mini .held')
  && /live/.test(document.querySelector('.link-state')?.textContent ?? '')
  && performance.now()`

/** How soon a first visit to the console's Overview can be used, by a browser that cached nothing. */
export async function benchPage(databaseUrl: string, runs: number): Promise<PageReport> {
  const executablePath = findChromium()
  if (executablePath === undefined) return { interactive_ms: null, bare_ms: null, runs: 0 }
  const world = await startWorld({
    botMode: 'webhook',
    databaseUrl,
    storageMode: 'embedded',
    logLevel: 'fatal',
    consoleDir: BUILT,
  })
  try {
    await populate(world)
    return await visit(world.botUrl, executablePath, runs)
  } finally {
    await world.stop()
  }
}

/** Some people write to the bot, so that there is something to show. */
async function populate({ telegram: { control } }: World): Promise<void> {
  for (let id = 1; id <= PEOPLE; id += 1) control.user(id).sendCommand('start')
  const answered = () =>
    control
      .user(PEOPLE)
      .chat()
      .some(({ from }) => from === 'bot')
  await control.waitFor(answered, { timeoutMs: PATIENCE_MS })
}

/** Asks again and again from outside: the page's policy forbids code that came as text. */
async function until(page: Page, isReady: string): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS
  while (performance.now() < deadline) {
    const ready = await page.evaluate<number | null | false>(isReady)
    if (ready) return ready
  }
  throw new Error('the page was not usable in time')
}

const DRAWN = `document.readyState === 'complete' && performance.now()`

async function visit(url: string, executablePath: string, runs: number): Promise<PageReport> {
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })
  const times: number[] = []
  const bare: number[] = []
  const time = async (address: string, isReady: string) => {
    const context = await browser.newContext({ viewport: { width: 1400, height: 880 } })
    const page = await context.newPage()
    await page.goto(address, { waitUntil: 'commit' })
    const took = await until(page, isReady)
    await context.close()
    return took
  }
  try {
    // One more than is counted: the first finds a cold browser.
    for (let run = 0; run <= runs; run += 1) {
      bare.push(await time(`${url}/health`, DRAWN))
      times.push(await time(`${url}/console`, USABLE))
    }
  } finally {
    await browser.close()
  }
  const medianMs = (all: number[]) => round(median(all.slice(1)), 0)
  return { interactive_ms: medianMs(times), bare_ms: medianMs(bare), runs }
}
