import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { PATIENCE_MS } from '../../src/sandbox/patience.ts'
import { startChatPage } from '../../src/world/chat-page.ts'
import { startWorld, type World } from '../../src/world/world.ts'
import { launchChromium, noChromium, type TestBrowser } from '../support/console-browser.ts'
import { createDatabase } from '../support/database.ts'

const PROMPT = 'Daybreak over the valley'

// Code for the browser is text here: this project's types know no DOM.
const SHOWN = `[...document.querySelectorAll('.photo img')].some(
  (image) => image.complete && image.naturalWidth > image.naturalHeight)`

describe('sandbox', { skip: noChromium }, () => {
  let world: World
  let chat: Awaited<ReturnType<typeof startChatPage>>
  let browser: TestBrowser
  let page: Page
  const errors: string[] = []

  before(async () => {
    const { url } = await createDatabase({})
    world = await startWorld({
      botMode: 'webhook',
      databaseUrl: url,
      storageMode: 'embedded',
      logLevel: 'fatal',
      timing: { queueMs: 100, generateMs: 300 },
    })
    chat = await startChatPage(world, 0)
    browser = await launchChromium()
    const viewport = { width: 1200, height: 820 }
    page = await browser.newPage({ viewport, colorScheme: 'light', timezoneId: 'UTC' })
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', (error) => errors.push(error.message))
  })
  after(async () => {
    await browser?.close()
    await chat?.close()
    await world?.stop()
  })

  const tap = (label: RegExp) => page.locator('button.key', { hasText: label }).last().click()
  const messages = () => page.locator('.row').allTextContents()

  test('leads from /start to the picture: model, words, shape, price, confirm', async () => {
    await page.goto(chat.url)
    await page.getByRole('link', { name: 'Bob' }).click()
    await page.getByRole('button', { name: '/start' }).click()
    await tap(/Free/)
    await tap(/^Z-Image/)
    await tap(/Begin/)
    await page.getByText('Send your answer as a message').waitFor()
    await page.getByLabel('Message', { exact: true }).fill(PROMPT)
    await page.keyboard.press('Enter')
    await tap(/^4:3/)
    const preview = page.locator('.row.bot', { hasText: 'Check your order' })
    await preview.waitFor()
    const order = (await preview.textContent()) ?? ''
    for (const part of [PROMPT, '4:3', /Price: free/, /This one is free/]) {
      assert.ok(order.match(part), `${part} in ${order}`)
    }
    await tap(/Run/)
    await page.getByText('Your result is ready').waitFor()
    await page.waitForFunction(SHOWN)
    await page.locator('.key', { hasText: 'Again' }).waitFor()

    const shown = await messages()
    const at = (words: string) => shown.findIndex((text) => text.includes(words))
    assert.ok(at(PROMPT) < at('Your result is ready'), shown.join('\n'))
    // What was shown while one waited stays above the result.
    assert.ok(at('Ready:') < at('Your result is ready'), shown.join('\n'))
    assert.equal(at('Creating'), -1)
    assert.deepEqual(errors, [])
  })

  test('has measured the delivery, and found nothing wrong', async () => {
    const metrics = await (await fetch(`${world.botUrl}/metrics`)).text()
    for (const line of [
      'deliveries_total{outcome="done"} 1',
      'delivery_seconds_count 1',
      'effects_total{type="kie.create",outcome="done"} 1',
      'callback_4xx 0',
      'callback_job_not_found_count 0',
      'ledger_discrepancy_kopecks 0',
    ]) {
      assert.ok(metrics.split('\n').includes(line), `${line} in ${metrics}`)
    }
    assert.doesNotMatch(metrics, /^dead_letters_total\{/m)
  })

  test('pays an invoice by its Pay button, and the balance grows', async () => {
    await page.getByLabel('Message', { exact: true }).fill('/balance')
    await page.keyboard.press('Enter')
    await tap(/Top up/)
    await tap(/100\.00.* 160/)
    await page.locator('button.key.pay').last().click()
    await page.getByRole('button', { name: /Confirm and pay/ }).click()
    await page.getByText('Your balance was topped up').waitFor()
    const balance = page.locator('.row.bot', { hasText: 'Available' }).last()
    await balance.waitFor()
    assert.match((await balance.textContent()) ?? '', /100\.00/)
    assert.deepEqual(errors, [])
  })
})
