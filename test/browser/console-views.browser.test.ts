import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { createWebSocketInspector } from '@statelyai/inspect'
import pg from 'pg'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { type Actor, type AnyActorRef, assign, createActor, fromPromise, setup } from 'xstate'
import type { EdgeStats, Sequence } from '../../src/http/console/contract.ts'
import {
  accessibilityProblems,
  type ConsoleBrowser,
  noChromium,
  prepareOrder,
  startConsoleBrowser,
} from '../support/console-browser.ts'

const WAYS: BrowserContextOptions[] = [
  { viewport: { width: 1_440, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 1_440, height: 900 }, colorScheme: 'dark' },
  { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
]

const lamp = setup({
  types: { context: {} as { presses: number } },
  actions: { count: assign({ presses: ({ context }) => context.presses + 1 }) },
}).createMachine({
  id: 'lamp',
  context: { presses: 0 },
  initial: 'dark',
  states: {
    dark: { on: { press: { target: 'bright', actions: 'count' } } },
    bright: { on: { press: { target: 'dark', actions: 'count' } } },
  },
})

/** Somebody's program: a house with two lamps. */
const house = setup({
  types: { context: {} as { lamps: AnyActorRef[] } },
  actors: { lamp, weather: fromPromise(async () => 'rain') },
}).createMachine({
  id: 'house',
  context: { lamps: [] },
  initial: 'empty',
  states: {
    empty: {
      invoke: { src: 'weather', id: 'weather' },
      on: {
        move: {
          target: 'inhabited',
          actions: assign({
            lamps: ({ spawn }) => [spawn('lamp', { id: 'kitchen' }), spawn('lamp', { id: 'hall' })],
          }),
        },
      },
    },
    inhabited: {},
  },
})

describe('views of the console', { skip: noChromium }, () => {
  let sandbox: ConsoleBrowser
  let job: string
  let program: Actor<typeof house>
  let inspector: ReturnType<typeof createWebSocketInspector>

  before(async () => {
    sandbox = await startConsoleBrowser()
    inspector = createWebSocketInspector({ url: sandbox.url.replace('http', 'ws') })
    program = createActor(house, { inspect: inspector.inspect })
    program.start()
    program.send({ type: 'move' })
    const chat = await sandbox.open('/')
    await chat.getByRole('link', { name: 'Bob' }).click()
    await prepareOrder(chat, 'A lighthouse at dusk')
    await chat
      .locator('button.key', { hasText: /Run|Start|Order|free/i })
      .last()
      .click()
    await chat.locator('.row.bot img').last().waitFor()
    await chat.context().close()
    const db = new pg.Client(sandbox.world.config.databaseUrl)
    await db.connect()
    const { rows } = await db.query('select id from jobs')
    job = rows[0].id
    await db.end()
  })
  after(async () => {
    program?.stop()
    inspector?.stop()
    await sandbox?.close()
  })

  /** Opens a page in every size and colour, looks for flaws, and keeps pictures where they are wanted. */
  async function look(address: string, name: string, ready: (page: Page) => Promise<void>) {
    for (const way of WAYS) {
      const page = await sandbox.open(address, way)
      await ready(page)
      const { LOOK_INTO: folder } = process.env
      if (folder !== undefined) {
        const file = `${name}-${way.colorScheme}-${way.viewport?.width}.png`
        await page.screenshot({ path: path.join(folder, file), fullPage: true })
      }
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      assert.ok(wide <= 0, `${name} is ${wide} pixels wider than ${way.viewport?.width}`)
      assert.deepEqual(await accessibilityProblems(page), [])
      await page.context().close()
    }
    assert.deepEqual(sandbox.problems.splice(0), [])
  }

  test('an inspected program is followed live, and walked through by the slider', async () => {
    const page = await sandbox.open('/console/inspect')
    const actors = page.getByRole('navigation', { name: 'Actors' })
    await actors.getByRole('link', { name: /kitchen/ }).click()
    const lit = (id: string) => page.locator(`.chart-lit[data-id="${id}"]`).waitFor()
    await lit('lamp.dark')
    const [kitchen] = program.getSnapshot().context.lamps
    kitchen?.send({ type: 'press' })
    await lit('lamp.bright')
    await actors
      .getByRole('link', { name: /kitchen/ })
      .getByText('bright')
      .waitFor()
    await page.getByLabel(/^Step/).first().fill('2')
    await lit('lamp.dark')
    assert.match(page.url(), /step=2/)
    await page.keyboard.press('l')
    await lit('lamp.bright')
    await actors.getByRole('link', { name: /weather/ }).click()
    await page.getByTestId('no-chart').waitFor()
    await page.context().close()
    await look('/console/inspect', 'inspect', async (shown) => {
      await shown.locator('.chart-lit').first().waitFor()
    })
  })

  test('an order is told as arrows, one for each row, that lead to their steps', async () => {
    const page = await sandbox.open(`/console/sequence/${job}`)
    const arrows = page.locator('.sequence-arrow')
    await arrows.first().waitFor()
    const told = await page.evaluate<Sequence>(
      `fetch('/console/api/jobs/${job}/sequence').then((r) => r.json())`,
    )
    assert.ok(told.arrows.length >= 6)
    assert.equal(await arrows.count(), told.arrows.length)
    assert.ok(told.arrows.some(({ from, to }) => from === 'user' && to === 'conversation'))
    await page.locator('.sequence-arrow[data-actor^="job:"][data-seq="2"]').press('Enter')
    await page.waitForURL(/\/console\/actors\/job:.*step=2/)
    await page.getByRole('link', { name: 'Sequence' }).waitFor()
    await page.getByRole('button', { name: 'Fork at step 2' }).click()
    await page.waitForURL(/\/console\/actors\/job:fork-/)
    await page.context().close()
    await look(`/console/sequence/${job}`, 'sequence', async (shown) => {
      await shown.locator('.sequence-arrow').first().waitFor()
    })
  })

  test('a machine shows how often its transitions were taken, and which never', async () => {
    const page = await sandbox.open('/console/machines/job?as=coverage&open=full')
    await page.locator('.chart-never').first().waitFor()
    const { edges } = await page.evaluate<EdgeStats>(
      `fetch('/console/api/machines/job/edges?range=day').then((r) => r.json())`,
    )
    const dead = edges.filter(({ count }) => count === 0)
    assert.equal(await page.locator('.dead-transitions ul > li').count(), dead.length)
    await page
      .getByTestId('coverage')
      .getByText(`${edges.length - dead.length} of`)
      .waitFor()
    await page.context().close()
    await look('/console/machines/job?as=coverage', 'coverage', async (shown) => {
      await shown.locator('.dead-transitions').waitFor()
      await shown.locator('.chart').first().waitFor()
    })
    await look('/console/machines/lifecycle', 'lifecycle', async (shown) => {
      await shown.getByText('runs in memory').waitFor()
      await shown.locator('.chart-lit').first().waitFor()
    })
  })

  test('a way through the simulator is its address, and a test that passes', async () => {
    const page = await sandbox.open('/console/simulator/job', {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const send = (event: string) =>
      page.locator('.offer').getByRole('button', { name: event, exact: true }).first().click()
    await send('inputs.uploaded')
    await send('create.claimed')
    await send('create.accepted')
    await page.locator('.simulator-now b', { hasText: 'created.waiting' }).waitFor()
    const address = page.url()
    assert.match(address, /#events=/)
    for (const other of [page, await sandbox.open(address)]) {
      if (other === page) await page.reload()
      await other.locator('.simulator-now b', { hasText: 'created.waiting' }).waitFor()
      assert.equal(await other.locator('.simulator-steps .steps > li').count(), 4)
    }
    await page.bringToFront()
    await page.getByRole('button', { name: 'Copy as test' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    const text = await page.evaluate<string>('navigator.clipboard.readText()')
    const file = path.resolve(import.meta.dirname, `../machines/copied-${process.pid}.test.ts`)
    await writeFile(file, text)
    try {
      const { NODE_TEST_CONTEXT: _, ...env } = process.env
      const { stdout } = await promisify(execFile)(process.execPath, ['--test', file], { env })
      assert.match(stdout, /pass 1\b/)
    } finally {
      await rm(file)
    }
  })
})
