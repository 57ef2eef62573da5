import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { startChatPage } from '../../src/world/chat-page.ts'
import { startWorld, type World } from '../../src/world/world.ts'
import { launchChromium, noChromium } from '../support/console-browser.ts'
import { createDatabase } from '../support/database.ts'

describe('the chat page', { skip: noChromium }, () => {
  let world: World
  let chat: Awaited<ReturnType<typeof startChatPage>>
  let browser: Browser
  let page: Page
  const errors: string[] = []

  before(async () => {
    const { url } = await createDatabase({ closeFirst: () => world?.stop() })
    world = await startWorld({
      ...{ botMode: 'webhook', databaseUrl: url, storageMode: 'embedded', logLevel: 'fatal' },
    })
    chat = await startChatPage(world, 0)
    browser = await launchChromium()
    page = await browser.newPage({ viewport: { width: 1200, height: 820 } })
    page.setDefaultTimeout(60_000)
    page.on('pageerror', (error) => errors.push(error.message))
  })
  after(async () => {
    await browser?.close()
    await chat?.close()
  })

  const tap = (label: RegExp) => page.locator('button.key', { hasText: label }).last().click()

  test('pays an invoice by its Pay button, and the balance grows', async () => {
    await page.goto(chat.url)
    await page.getByRole('link', { name: 'Bob' }).click()
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
