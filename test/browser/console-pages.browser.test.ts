import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  accessibilityProblems,
  type ConsoleBrowser,
  noChromium,
  prepareOrder,
  saveScreenshot,
  startConsoleBrowser,
} from '../support/console-browser.ts'

const PHONE = { width: 390, height: 844 }
/** Those that the docs keep. */
const PICTURES = [
  ...['overview-light', 'overview-dark', 'overview-phone', 'machine-light', 'actor-dark'],
  ...['actor-phone', 'jobs-phone', 'simulator-light'],
]
const SESSION = '**/console/api/session'
/** Code for the browser is text here: this project's types know no DOM. */
const IS_WIDER = 'document.documentElement.scrollWidth > innerWidth'

describe("the console's pages", { skip: noChromium }, () => {
  let sandbox: ConsoleBrowser
  let places: { name: string; path: string; ready: string }[]

  before(async () => {
    sandbox = await startConsoleBrowser()
    const bob = `conversation:${sandbox.world.config.botId}:1002`
    places = [
      { name: 'overview', path: '/console', ready: '.mini .held' },
      { name: 'machine', path: '/console/machines/conversation', ready: '.chart-badge' },
      { name: 'list', path: '/console/machines/job?as=list', ready: '.state-line' },
      { name: 'actor', path: `/console/actors/${bob}?step=6`, ready: '.bubble' },
      { name: 'jobs', path: '/console/jobs', ready: 'tbody tr' },
      { name: 'letters', path: '/console/letters', ready: '.empty' },
      { name: 'ledger', path: '/console/ledger', ready: '.tile' },
      { name: 'updates', path: '/console/updates', ready: 'tbody tr' },
      { name: 'actions', path: '/console/actions', ready: '.empty' },
      { name: 'sandbox', path: '/console/sandbox', ready: '.clock' },
      { name: 'simulator', path: '/console/simulator', ready: '.simulator .chart-lit' },
      { name: 'live', path: `/console/live/${bob}`, ready: '.chart-lit' },
      { name: 'nowhere', path: '/console/nowhere', ready: '.empty' },
    ]
    const chat = await sandbox.open('/#1002')
    await prepareOrder(chat, 'Daybreak over the valley')
    await chat.locator('button.key', { hasText: /Run/ }).last().click()
    await chat.getByText('Your result is ready').waitFor()
    await chat.context().close()
  })
  after(() => sandbox?.close())

  async function visit(page: Page, { path, ready }: { path: string; ready: string }) {
    await page.goto(sandbox.url + path)
    await page.locator(ready).first().waitFor()
  }

  async function picture(page: Page, name: string, how: string) {
    if (PICTURES.includes(`${name}-${how}`)) await saveScreenshot(page, `console-${name}-${how}`)
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`have nothing that axe finds, in ${colorScheme}`, async () => {
      const page = await sandbox.open('/console', { colorScheme })
      const found: string[] = []
      for (const place of places) {
        await visit(page, place)
        const what = colorScheme === 'light' ? 'everything' : 'colours'
        const problems = await accessibilityProblems(page, what)
        found.push(...problems.map((problem) => `${place.name}: ${problem}`))
        await picture(page, place.name, colorScheme)
      }
      await page.context().close()
      assert.deepEqual(found, [])
    })
  }

  test('fit on a phone', async () => {
    const page = await sandbox.open('/console', { viewport: PHONE })
    const wide: string[] = []
    for (const place of places) {
      await visit(page, place)
      if (await page.evaluate<boolean>(IS_WIDER)) wide.push(place.name)
      await picture(page, place.name, 'phone')
    }
    await page.goto(`${sandbox.url}/#1002`)
    await page.getByRole('button', { name: 'Chart' }).click()
    await page.frameLocator('iframe').locator('.chart-lit').first().waitFor()
    if (await page.evaluate<boolean>(IS_WIDER)) wide.push('chat')
    assert.deepEqual(wide, [])
    await page.context().close()
  })

  test('ask who comes, and say what is wrong with a token', async () => {
    const page = await sandbox.open('/console/nowhere')
    await page.route(SESSION, async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ json: { ...((await answer.json()) as object), loggedIn: false } })
    })
    await page.route('**/console/api/login', (route) =>
      route.fulfill({ status: 401, json: { error: 'console.token' } }),
    )
    await page.goto(`${sandbox.url}/console/jobs`)
    await page.getByLabel('Your name').fill('Ann')
    await page.getByLabel('Token').fill('wrong')
    const before = sandbox.problems.length
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('That is not the token.').waitFor()
    // The browser notes the refusal that was made for this test.
    sandbox.problems.length = before
    assert.deepEqual(await accessibilityProblems(page), [])
    await saveScreenshot(page, 'console-login')
    await page.context().close()
  })

  test('own up to a lost connection, and come back by themselves', async () => {
    const page = await sandbox.open('/console/jobs')
    const state = page.locator('.link-state')
    await state.getByText('live').waitFor()
    const before = sandbox.problems.length
    await page.route('**/console/api/live*', (route) => route.abort())
    await page.goto(`${sandbox.url}/console/ledger`)
    await state.getByText('no connection').waitFor()
    await page.unroute('**/console/api/live*')
    await state.getByText('live').waitFor()
    sandbox.problems.length = before
    await page.context().close()
  })

  test('show more of the list that is shown, not of the one before, and own up to a failure', async () => {
    const page = await sandbox.open('/console')
    const update = (key: string) => ({
      ...{ actor: 'conversation:1:2', seq: 1, at: 0, key, type: 'text', from: null, to: 'menu' },
    })
    const late = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    await page.route('**/console/api/updates?*', async (route) => {
      const query = new URL(route.request().url()).searchParams
      if (query.get('user') === '7') {
        if (query.has('cursor')) return route.fulfill({ status: 503, json: {} })
        return route.fulfill({ json: { items: [update('of seven')], cursor: 'on' } })
      }
      if (!query.has('cursor')) {
        return route.fulfill({ json: { items: [update('of all')], cursor: 'on' } })
      }
      asked.resolve()
      await late.promise
      await route.fulfill({ json: { items: [update('of all, too')], cursor: null } })
    })
    await page.goto(`${sandbox.url}/console/updates`)
    const more = page.getByRole('button', { name: 'Show more' })
    await page.getByText('of all', { exact: true }).waitFor()
    await more.click()
    await asked.promise
    await page.getByLabel('User id').fill('7')
    await page.getByLabel('User id').press('Enter')
    await page.getByText('of seven').waitFor()
    const before = sandbox.problems.length
    late.resolve()
    await more.click()
    await page.getByText('The bot answered with 503.').waitFor()
    assert.equal(await page.locator('tbody tr').count(), 1)
    // The browser notes the failure that was made for this test.
    sandbox.problems.length = before
    await page.getByLabel('User id').fill('')
    await page.getByLabel('User id').press('Enter')
    await page.getByText('of all', { exact: true }).waitFor()
    await more.click()
    await page.getByText('of all, too').waitFor()
    await page.context().close()
  })

  test('keep the chosen colours', async () => {
    const page = await sandbox.open('/console')
    await page.getByRole('button', { name: /^Colours/ }).click()
    await page.getByRole('button', { name: /^Colours: light/ }).click()
    await page.reload()
    await page.getByRole('button', { name: /^Colours: dark/ }).waitFor()
    const scheme = await page.evaluate<string>(
      'getComputedStyle(document.documentElement).colorScheme',
    )
    assert.equal(scheme, 'dark')
    await page.context().close()
  })

  test('met no error, refused content or foreign request', () => {
    assert.deepEqual(sandbox.problems, [])
  })
})
