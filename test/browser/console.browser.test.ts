import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { historySchema, isFaithful, replay } from '../../src/actors/engine/replay.ts'
import { createDefinitions } from '../../src/machines/definitions.ts'
import { createRegistry } from '../../src/machines/engine/registry.ts'
import {
  type ConsoleBrowser,
  noChromium,
  prepareOrder,
  saveScreenshot,
  startConsoleBrowser,
} from '../support/console-browser.ts'

const PROMPT = 'Daybreak over the valley'

describe('console', { skip: noChromium }, () => {
  let sandbox: ConsoleBrowser
  let chat: Page
  let bob: string

  before(async () => {
    sandbox = await startConsoleBrowser()
    bob = `conversation:${sandbox.world.config.botId}:1002`
  })
  after(() => sandbox?.close())

  test('moves the lit state beside the chat as one types', async () => {
    chat = await sandbox.open('/')
    await chat.getByRole('link', { name: 'Bob' }).click()
    const live = chat.frameLocator('iframe[title="Live statechart"]')
    const state = live.getByTestId('state')
    const lit = (id: string) => live.locator(`.chart-lit[data-id="conversation.${id}"]`)
    await live.getByText('nobody wrote yet').waitFor()
    await live.locator('[data-id="conversation.menu"]').waitFor()
    assert.equal(await lit('menu').count(), 0)

    await chat.getByLabel('Message', { exact: true }).fill('/start')
    await chat.keyboard.press('Enter')
    await lit('menu').waitFor()
    await chat.locator('button.key', { hasText: /Free/ }).last().click()
    await state.getByText('browsing.list').waitFor()
    await lit('browsing.list').waitFor()
    assert.equal(await lit('menu').count(), 0)

    await prepareOrder(chat, PROMPT)
    await lit('drafting.preview').waitFor()
    await saveScreenshot(chat, 'sandbox')
    await chat.locator('button.key', { hasText: /Run/ }).last().click()
    await lit('finished').waitFor()
    await live.getByRole('button', { name: /^order .* delivered$/ }).click()
    await live.locator('.chart-lit[data-id="job.delivered"]').waitFor()
  })

  test('counts actors where they are, while they move', async () => {
    const page = await sandbox.open('/console/machines/conversation')
    const badge = (state: string) =>
      page.locator(`[data-id="conversation.${state}"] .chart-badge`).first()
    await badge('finished').getByText('1', { exact: true }).waitFor()
    await page.getByTestId('total').getByText('1 actor', { exact: true }).waitFor()

    sandbox.world.telegram.control.user(1001).sendCommand('start')
    await page.getByTestId('total').getByText('2 actors').waitFor()
    await badge('menu').getByText('1', { exact: true }).waitFor()

    await page.locator('[data-id="conversation.finished"] .chart-title').click()
    await page.getByRole('heading', { name: 'Actors in finished' }).waitFor()
    assert.match(page.url(), /state=conversation\.finished/)
    const actor = page.getByRole('table').getByRole('link')
    assert.equal(await actor.getAttribute('title'), bob)
    await actor.click()
    await page.getByRole('heading', { name: bob }).waitFor()
    await page.context().close()
  })

  test('tells of a transition when it is taken, what it does, how often it was', async () => {
    const page = await sandbox.open(
      '/console/machines/conversation?edge=conversation.drafting.preview|run.confirmed|0&as=list',
    )
    const details = page.getByRole('complementary', { name: 'Details' })
    await details.getByText('isThisQuote').waitFor()
    await details.getByTestId('edge-count').getByText('once').waitFor()
    await page.context().close()
  })

  test('travels in time: the chart, the context and the screen of an earlier step', async () => {
    const page = await sandbox.open(`/console/actors/${bob}`)
    const step = page.getByTestId('step')
    const saw = page.getByRole('region', { name: 'What the user saw' })
    await saw.getByText('Ready:').waitFor()
    const last = Number(await step.textContent())
    assert.ok(last > 8, `${last} steps`)
    await page.locator('.chart-lit[data-id="conversation.finished"]').waitFor()

    const steps = page.getByRole('region', { name: 'Events' })
    await steps.getByRole('button', { name: /model\.opened/ }).click()
    await saw.getByText('Questions before the start').waitFor()
    await saw.locator('.pressed', { hasText: 'Begin' }).waitFor()
    await page.locator('.chart-lit[data-id="conversation.browsing.card"]').waitFor()
    const at = Number(await step.textContent())
    assert.match(page.url(), new RegExp(`step=${at}`))
    await page.getByRole('region', { name: 'What changed' }).getByText('modelId').waitFor()

    await page.keyboard.press('j')
    await step.getByText(String(at + 1), { exact: true }).waitFor()
    await saw.getByText('Describe what to create').waitFor()
    await page.locator('.chart-lit[data-id="conversation.drafting.asking.writing"]').waitFor()
    await page.keyboard.press('k')
    await step.getByText(String(at), { exact: true }).waitFor()
    await saveScreenshot(page, 'console-actor')

    await page.reload()
    await step.getByText(String(at), { exact: true }).waitFor()
    await page.getByRole('slider').fill('1')
    await step.getByText('1', { exact: true }).waitFor()
    await page.keyboard.press('l')
    await step.getByText(String(last), { exact: true }).waitFor()
    assert.doesNotMatch(page.url(), /step=/)
    await page.context().close()
  })

  test('leaves out noise, and all but what failed', async () => {
    const page = await sandbox.open(`/console/actors/${bob}`)
    const steps = page.getByRole('region', { name: 'Events' })
    const opened = steps.getByRole('button', { name: /model\.opened/ })
    await opened.waitFor()
    await steps
      .getByRole('button', { name: /^model/ })
      .first()
      .click()
    await opened.waitFor({ state: 'detached' })
    assert.match(page.url(), /hide=model/)
    await page.keyboard.press('f')
    await steps.getByText('Nothing failed here.').waitFor()
    await page.keyboard.press('f')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).getByText('Next step').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    const search = page.getByRole('dialog', { name: 'Find an actor' })
    await search.getByRole('textbox').fill(bob.slice(0, -2))
    await search.getByRole('link', { name: bob }).waitFor()
    await page.context().close()
  })

  test('opens the next window by a key that comes before the one before it has gone', async () => {
    const page = await sandbox.open(`/console/actors/${bob}`)
    await page.getByRole('region', { name: 'Events' }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await page.evaluate(`{
      document.querySelector('dialog').close()
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }))
    }`)
    await page.getByRole('dialog', { name: 'Find an actor' }).getByRole('textbox').fill(bob)
    await page.context().close()
  })

  test('covers what people wrote until somebody says why; then the file replays', async () => {
    const page = await sandbox.open(`/console/actors/${bob}`)
    const saw = page.getByRole('region', { name: 'What the user saw' })
    await saw.waitFor()
    assert.doesNotMatch((await page.textContent('body')) ?? '', new RegExp(PROMPT))
    assert.equal(
      await page.getByRole('button', { name: /Download/ }).getAttribute('aria-disabled'),
      'true',
    )
    await page.getByRole('button', { name: 'Reveal texts' }).click()
    const why = page.getByRole('dialog')
    await why.getByLabel(/^Why/).fill('a test of the console')
    await why.getByRole('button', { name: 'Reveal texts' }).click()

    const link = page.getByRole('link', { name: 'Download' })
    await link.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    const history = historySchema.parse(
      JSON.parse(await readFile(await download.path(), 'utf8')) as unknown,
    )
    assert.equal(history.actor, bob)
    const { usdRubRate, priceMarkup } = sandbox.world.config
    const registry = createRegistry(
      createDefinitions({ rates: { usdRubRate, markup: priceMarkup }, support: null } as never),
    )
    const definition = registry.of(history.actor)
    assert.ok(isFaithful(replay(definition, history)))
    assert.match(JSON.stringify(history), new RegExp(PROMPT))

    await page.goto(`${sandbox.url}/console/actions`)
    await page.getByRole('cell', { name: 'a test of the console' }).waitFor()
    await page.context().close()
  })

  test('forks a life into a chat of its own', async () => {
    const page = await sandbox.open(`/console/actors/${bob}`)
    await page.getByRole('button', { name: 'Fork' }).click()
    await page.waitForURL((url) => !url.pathname.endsWith(bob))
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '')
    assert.match(id, /^conversation:\d+:[5-9]\d{9}$/)
    await page.locator('.chart-lit[data-id="conversation.finished"]').waitFor()
    await page.context().close()
  })

  test('has no clock but its own: time can be advanced', async () => {
    const page = await sandbox.open('/console/sandbox')
    await page.getByRole('button', { name: 'Advance the clock by 1 h' }).click()
    await page.getByText('Clock +1 h').waitFor()
    await page.context().close()
  })

  test('met no error, refused content or foreign request', () => {
    assert.deepEqual(sandbox.problems, [])
  })
})
