import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { startChatPage } from '../../src/sandbox-page.ts'
import { startWorld, type World } from '../../src/sandbox-world.ts'
import { createDatabase } from '../support/database.ts'

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

describe('the chat page', { skip: !existsSync(executablePath) && 'no Chromium' }, () => {
  let world: World
  let chat: Awaited<ReturnType<typeof startChatPage>>
  let context: BrowserContext
  let page: Page
  let profile: string
  const errors: string[] = []

  before(async () => {
    const { url } = await createDatabase({ closeFirst: () => world?.stop() })
    world = await startWorld({
      ...{ botMode: 'webhook', databaseUrl: url, storageMode: 'embedded', logLevel: 'fatal' },
    })
    chat = await startChatPage(world, 0)
    profile = await mkdtemp(path.join(tmpdir(), 'payment-'))
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      viewport: { width: 1200, height: 820 },
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    })
    context.setDefaultTimeout(60_000)
    page = context.pages()[0] ?? (await context.newPage())
    page.on('pageerror', (error) => errors.push(error.message))
  })
  after(async () => {
    await context?.close()
    await chat?.close()
    if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 5 })
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
    await page.getByText('Your balance was topped up').waitFor()
    const balance = page.locator('.row.bot', { hasText: 'Available' }).last()
    await balance.waitFor()
    assert.match((await balance.textContent()) ?? '', /100\.00/)
    assert.deepEqual(errors, [])
  })
})
