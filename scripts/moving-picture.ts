import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { findChromium } from '../src/bench/chromium.ts'
import { bundleConsole } from '../src/sandbox/console-bundle.ts'
import { startChatPage } from '../src/world/chat-page.ts'
import { type FreshDatabase, withFreshDatabase } from '../src/world/database.ts'
import { startWorld } from '../src/world/world.ts'

/**
 * Records the README's moving picture: an order in the sandbox's chat, with its statechart beside it.
 * Wants Chromium (`CHROMIUM_PATH`) and `ffmpeg` from the PATH. Writes `docs/screenshots/sandbox.gif`.
 */

const out = path.resolve(import.meta.dirname, '../docs/screenshots/sandbox.gif')
const VIEWPORT = { width: 1_120, height: 700 }
const FRAMES_PER_SECOND = 5
const SECONDS = 18
const MOST_BYTES = 3_000_000
/** So long a reader looks at what has changed. */
const LOOK_MS = 1_250
const TYPING_MS = 45

const folder = await mkdtemp(path.join(tmpdir(), 'moving-picture-'))
try {
  const frames = await withFreshDatabase(process.env, record, 'sandbox')
  await encode(frames)
  const { size } = await stat(out)
  process.stdout.write(`${out}: ${frames} frames, ${(size / 1e6).toFixed(2)} MB\n`)
  if (size > MOST_BYTES) throw new Error(`larger than ${MOST_BYTES / 1e6} MB`)
} finally {
  await rm(folder, { recursive: true })
}

async function record({ url, storageMode }: FreshDatabase) {
  const consoleDir = path.join(folder, 'console')
  await bundleConsole(consoleDir)
  const world = await startWorld({
    botMode: 'webhook',
    databaseUrl: url,
    storageMode,
    logLevel: 'fatal',
    timing: { queueMs: 700, generateMs: 1_600 },
    consoleDir,
  })
  const chat = await startChatPage(world, 0, { withConsole: true })
  const browser = await chromium.launch({
    executablePath: findChromium() ?? '',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: 'light' })
    await page.goto(chat.url)
    await page.getByRole('link', { name: 'Bob' }).click()
    await page.getByRole('button', { name: '/start' }).waitFor()
    return await film(page, () => order(page))
  } finally {
    await browser.close()
    await chat.close()
    await world.stop()
  }
}

/** A wish is written, one of the offers is tapped, the result comes, and is to be animated. */
async function order(page: Page): Promise<void> {
  const tap = async (label: RegExp) => {
    await page.locator('button.key', { hasText: label }).last().click()
    await delay(LOOK_MS)
  }
  await delay(LOOK_MS / 2)
  await page.getByRole('button', { name: '/start' }).click()
  await delay(LOOK_MS)
  const words = page.getByLabel('Message', { exact: true })
  await words.pressSequentially('A lighthouse in a storm, oil painting', { delay: TYPING_MS })
  await page.keyboard.press('Enter')
  await page.locator('button.key', { hasText: /free/ }).last().waitFor()
  await delay(2 * LOOK_MS)
  await tap(/free/)
  await page.getByText('Your result is ready').waitFor()
  await delay(LOOK_MS)
  await tap(/Animate/)
  await page.getByLabel('Go to the newest message').click()
}

/** Takes pictures of the page at a steady rate while something happens, and a while after it. */
async function film(page: Page, happen: () => Promise<void>): Promise<number> {
  const happening = happen()
  happening.catch(() => undefined)
  const began = performance.now()
  const most = SECONDS * FRAMES_PER_SECOND
  for (let frame = 0; frame < most; frame += 1) {
    const due = began + (frame * 1_000) / FRAMES_PER_SECOND
    await delay(Math.max(0, due - performance.now()))
    const name = `frame-${String(frame).padStart(3, '0')}.png`
    await writeFile(path.join(folder, name), await page.screenshot())
  }
  await happening
  return most
}

/** One palette for all frames; only what changes between two of them is stored. */
async function encode(frames: number): Promise<void> {
  const filter = [
    'scale=960:-1:flags=lanczos,split[a][b]',
    '[a]palettegen=max_colors=128:stats_mode=diff[p]',
    '[b][p]paletteuse=dither=none:diff_mode=rectangle',
  ].join(';')
  const ffmpeg = spawn(
    'ffmpeg',
    [
      ...['-y', '-loglevel', 'error', '-framerate', String(FRAMES_PER_SECOND)],
      ...['-i', path.join(folder, 'frame-%03d.png'), '-frames:v', String(frames)],
      ...['-filter_complex', filter, '-loop', '0', out],
    ],
    { stdio: 'inherit' },
  )
  const [code] = (await once(ffmpeg, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`)
}
