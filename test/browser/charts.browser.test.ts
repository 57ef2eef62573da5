import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { loadMachines } from '../../scripts/generate/charts/load-machines.ts'
import { formsOf } from '../../scripts/generate/charts/machine-forms.ts'
import {
  accessibilityProblems,
  launchChromium,
  noChromium,
  type TestBrowser,
} from '../support/console-browser.ts'

const root = path.resolve(import.meta.dirname, '../..')
const corpus = path.join(root, 'test/machines/charts/corpus')

describe('the page of any machine', { skip: noChromium }, () => {
  let folder: string
  let browser: TestBrowser
  const problems: string[] = []
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'charts-page-'))
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const pageOf = async (file: string): Promise<string> => {
    const [loaded] = await loadMachines(file)
    const { html = '' } = await formsOf(file, loaded ?? assert.fail(), ['html'])
    const page = path.join(folder, `${path.basename(file)}.html`)
    await writeFile(page, html)
    return pathToFileURL(page).href
  }
  const open = async (url: string, options = {}): Promise<Page> => {
    const context = await browser.newContext({
      viewport: { width: 1_440, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    })
    const page = await context.newPage()
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) problems.push(request.url())
    })
    await page.goto(url)
    await page.locator('.simulator').waitFor()
    return page
  }
  const send = (page: Page, event: string) =>
    page.locator('.offer').getByRole('button', { name: event, exact: true }).first().click()
  const lit = (page: Page, id: string) => page.locator(`.chart-lit[data-id="${id}"]`).waitFor()

  test('runs the real guards and changes without a server, and its address brings all back', async () => {
    const page = await open(await pageOf(path.join(corpus, 'fetch.ts')))
    for (let tries = 0; tries < 2; tries += 1) {
      await send(page, tries === 0 ? 'FETCH' : 'after 500')
      await send(page, 'xstate.error.actor.loader')
      await lit(page, 'fetch.waiting')
    }
    await send(page, 'after 500')
    await send(page, 'xstate.error.actor.loader')
    await lit(page, 'fetch.failure')
    const address = page.url()
    await page.reload()
    await lit(page, 'fetch.failure')
    const other = await open(address, { colorScheme: 'dark' })
    await lit(other, 'fetch.failure')
    assert.deepEqual(await accessibilityProblems(other), [])
    await page.getByRole('button', { name: 'Step back' }).click()
    await lit(page, 'fetch.loading')
  })

  test('copies what was done as a test that passes', async () => {
    const page = await open(await pageOf(path.join(corpus, 'guards.ts')))
    await send(page, 'SWITCH')
    await send(page, 'PEEK')
    await send(page, 'PUSH')
    await page.getByRole('button', { name: 'Copy as test' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    const text = await page.evaluate<string>('navigator.clipboard.readText()')
    const project = path.join(folder, 'project')
    await mkdir(project)
    await symlink(path.join(root, 'node_modules'), path.join(project, 'node_modules'))
    await writeFile(path.join(project, 'package.json'), '{"type":"module"}')
    await cp(path.join(corpus, 'guards.ts'), path.join(project, 'guards.ts'))
    await writeFile(path.join(project, 'gate.test.ts'), text)
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', 'gate.test.ts'], {
      cwd: project,
      env,
    })
    assert.match(stdout, /pass 1\b/)
    assert.match(text, /gate goes from/)
  })

  test('is shown where its code needs what a browser has not', async () => {
    const file = path.join(folder, 'node.ts')
    await writeFile(
      file,
      `import { readFileSync } from 'node:fs'
       import { createMachine } from 'xstate'
       const text = readFileSync('/etc/hostname', 'utf8')
       export const node = createMachine({ id: 'node', initial: text === '' ? 'b' : 'a',
         states: { a: { on: { GO: 'b' } }, b: {} } })`,
    )
    const page = await open(await pageOf(file))
    await page.getByText('Its code does not run in a browser').waitFor()
    await send(page, 'GO')
    await lit(page, 'node.b')
    problems.splice(0)
  })

  test('fits a phone', async () => {
    const page = await open(await pageOf(path.join(corpus, 'history.ts')), {
      viewport: { width: 390, height: 844 },
    })
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
    assert.ok(wide <= 0, `${wide} pixels wider than a phone`)
    assert.deepEqual(await accessibilityProblems(page), [])
    assert.deepEqual(problems, [])
  })
})
