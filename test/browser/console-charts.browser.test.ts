import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { CHARTS } from '../../src/http/console/charts.ts'
import {
  accessibilityProblems,
  type ConsoleBrowser,
  noChromium,
  prepareOrder,
  saveScreenshot,
  startConsoleBrowser,
} from '../support/console-browser.ts'
import { waitFor } from '../support/wait.ts'

const SIZES = [
  { viewport: { width: 1_440, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const
/** Frames of 16 ms that the page has to bring something into sight: counted, for machines are busy. */
const IN_SIGHT_FRAMES = 20

/** Whether a lit state without lit states in it stands in the chart's frame. */
const IS_LEAF_IN_SIGHT = `(() => {
  const leaf = document.querySelector('.chart-lit:not(.chart-open) > .chart-box')
  const frame = document.querySelector('.chart-scroll')
  if (leaf === null || frame === null) return false
  const [a, b] = [leaf.getBoundingClientRect(), frame.getBoundingClientRect()]
  const isBeside = (from, to, start, end) => from >= start - 1 && to <= end + 1
  // What is larger than the frame is seen from its beginning on.
  const isWide = a.width > b.width || isBeside(a.left, a.right, b.left, b.right)
  const isTall = a.height > b.height || isBeside(a.top, a.bottom, b.top, b.bottom)
  return isWide && isTall
})()`

/** Labels that lie over each other, and text that is drawn smaller than 11 pixels. */
const FLAWS = `(() => {
  const boxes = [...document.querySelectorAll('.chart-label > .chart-pill')]
    .map((e) => e.getBoundingClientRect())
  const over = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1))
  const texts = [...document.querySelectorAll('.chart text')]
  const small = texts.filter((t) => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a < 11)
  const spilt = [...document.querySelectorAll('.chart-label')].filter((label) => {
    const pill = label.querySelector('.chart-pill').getBoundingClientRect()
    return [...label.querySelectorAll('text')].some((t) => {
      const box = t.getBoundingClientRect()
      return box.left < pill.left - 1 || box.right > pill.right + 1
    })
  })
  return [
    ...over.map(() => 'labels over each other'),
    ...small.map((t) => 'small: ' + t.textContent),
    ...spilt.map((l) => 'spilt: ' + l.textContent),
  ]
})()`

describe('charts in the console', { skip: noChromium }, () => {
  let sandbox: ConsoleBrowser
  let bob: string

  before(async () => {
    sandbox = await startConsoleBrowser()
    bob = `conversation:${sandbox.world.config.botId}:1002`
    const chat = await sandbox.open('/')
    await chat.getByRole('link', { name: 'Bob' }).click()
    await prepareOrder(chat, 'A lighthouse at dusk')
    await chat.context().close()
  })
  after(() => sandbox?.close())

  const stepsOf = async (page: Page) =>
    await page.evaluate<{ seq: number; event: { type: string }; taken: string[] }[]>(
      `fetch('/console/api/actors/${encodeURIComponent(bob)}/steps').then((r) => r.json()).then((p) => p.steps)`,
    )
  /** Waits for the chart, then gives the page the time that it has to bring the lit leaf into sight. */
  async function isInSight(page: Page, why: string): Promise<void> {
    await page.locator('.chart-lit').first().waitFor({ state: 'attached' })
    const isSeen = await page.evaluate<boolean>(`new Promise((resolve) => {
      const look = (frames) => {
        if (${IS_LEAF_IN_SIGHT}) resolve(true)
        else if (frames === 0) resolve(false)
        else requestAnimationFrame(() => look(frames - 1))
      }
      look(${IN_SIGHT_FRAMES})
    })`)
    assert.ok(isSeen, `the lit leaf is out of sight: ${why}`)
  }
  const marked = (page: Page) =>
    page.evaluate<string[]>(
      `[...new Set([...document.querySelectorAll('.chart-line.chart-taken, .chart-row.chart-taken')]
        .map((e) => e.getAttribute('data-edge')))]`,
    )

  test('bring the lit state into sight on every page, at every size, in every view', async () => {
    for (const size of SIZES) {
      const pages = ['', 'overview', 'full', 'conversation.drafting'].map((open) => [
        `/console/actors/${bob}${open === '' ? '' : `?open=${open}`}`,
        open,
      ])
      const page = await sandbox.open('/console', size)
      for (const [address, open] of [
        ...pages,
        [`/console/live/${bob}`, ''],
        ['/console/simulator/job', ''],
      ]) {
        await page.goto(`${sandbox.url}${address}`)
        await isInSight(page, `${address} at ${size.viewport.width}`)
        if (open !== '') {
          assert.equal(await page.locator('svg.chart').getAttribute('data-view'), open)
        }
      }
      await page.context().close()
    }
  })

  test('begin with what is near where the actor is, at a size that can be read', async () => {
    for (const size of SIZES) {
      const page = await sandbox.open(`/console/actors/${bob}`, size)
      await isInSight(page, 'focus')
      assert.equal(await page.locator('svg.chart').getAttribute('data-view'), 'focus')
      assert.deepEqual(await page.evaluate(FLAWS), [])
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      assert.ok(wide <= 0, `${wide} pixels wider than the page`)
      assert.deepEqual(await accessibilityProblems(page), [])
      await saveScreenshot(page, `console-focus-${size.viewport.width}`)
      await page.context().close()
    }
  })

  test('show every state of the conversation with all its ways out, none over another', async () => {
    const { chart } = CHARTS.get('conversation') ?? assert.fail()
    const page = await sandbox.open(
      '/console/machines/conversation?open=focus&state=conversation.menu',
      SIZES[0],
    )
    await page.locator('svg.chart[data-view=focus]').waitFor()
    const parents = new Map(chart.states.map((s) => [s.id, s.parent]))
    const inner = chart.states.filter((s) => s.parent !== null && s.type !== 'history')
    for (const { id } of inner) {
      await page.evaluate(
        `history.replaceState(null, '', '?open=focus&state=${id}'); dispatchEvent(new PopStateEvent('popstate'))`,
      )
      await page.locator(`.chart-selected[data-id="${id}"]`).waitFor()
      assert.deepEqual(await page.evaluate(FLAWS), [], id)
      const shown = new Set(
        await page.evaluate<string[]>(
          `[...document.querySelectorAll('.chart [data-edge]')].map((e) => e.getAttribute('data-edge'))`,
        ),
      )
      const text = await page.evaluate<string>(`document.querySelector('.chart').textContent`)
      const leading = chart.edges.filter(
        (e) => e.source === id && e.targets.some((t) => t !== id && t !== parents.get(id)),
      )
      for (const edge of leading) {
        // Ways that read the same share a line, which has the id of the first.
        assert.ok(shown.has(edge.id) || text.includes(edge.label), `${edge.id} is not shown`)
      }
    }
    await page.context().close()
  })

  test('mark the one transition that /balance took, as the journal has it, live and later', async () => {
    const page = await sandbox.open(`/console/actors/${bob}`, SIZES[0])
    await isInSight(page, 'before')
    sandbox.world.telegram.control.user(1002).sendCommand('balance')
    await page.locator('.chart-lit[data-id="conversation.balance"]').waitFor()
    await isInSight(page, 'after a live step')
    await page.locator('.chart-taken').first().waitFor()
    await page.locator('.chart-row.chart-taken[data-edge*="balance.read"]').waitFor()
    const [asked, read] = (await stepsOf(page)).slice(-2)
    assert.deepEqual(asked?.taken, ['conversation|command.balance|0'])
    assert.deepEqual(await marked(page), read?.taken)
    await page.keyboard.press('k')
    // The head belongs to the step that is shown.
    await page.getByText(`at step ${asked?.seq} of ${read?.seq}`).waitFor()
    await page.locator('.chart-label.chart-taken').waitFor()
    assert.deepEqual(await marked(page), asked?.taken)
    const pulse = () =>
      page.evaluate<string>(
        `getComputedStyle(document.querySelector('.chart-label.chart-taken > .chart-pill')).animationName`,
      )
    assert.equal(await pulse(), 'none', 'for those who want less motion')
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    assert.equal(await pulse(), 'chart-pulse')
    await page.emulateMedia({ reducedMotion: 'reduce' })
    // In words, with all that it did.
    const told = page.getByRole('list', { name: 'Transitions taken in this step' })
    await told.getByText('command.balance', { exact: true }).waitFor()
    await told.getByText('anywhere → balance').waitFor()
    await page.keyboard.press('k')
    await page.locator('.chart-lit[data-id="conversation.drafting.preview"]').waitFor()
    await isInSight(page, 'at a step of the past')
    await saveScreenshot(page, 'console-taken')
    await page.goto(`${sandbox.url}/console/live/${bob}`)
    await page.locator('.chart-row.chart-taken[data-edge*="balance.read"]').waitFor()
    assert.deepEqual(await marked(page), read?.taken)
    await page.context().close()
  })

  test('lose no press of a key', async () => {
    const user = sandbox.world.telegram.control.user(1002)
    for (let i = 0; i < 16; i += 1) user.sendCommand(i % 2 === 0 ? 'help' : 'menu')
    const page = await sandbox.open(`/console/actors/${bob}`, SIZES[0])
    const from = 25
    await waitFor(async () => (await stepsOf(page)).some((step) => step.seq > from), {
      what: `more than ${from} steps`,
    })
    await page.goto(`${sandbox.url}/console/actors/${bob}?step=${from}`)
    await isInSight(page, 'keys')
    const unused = await page.evaluate<number>(`(() => {
      const end = (name) => document.querySelector(name).getBoundingClientRect().bottom
      return end('.timeline') - end('.timeline .steps')
    })()`)
    assert.ok(unused < 3, `the timeline ends ${unused} pixels above its pane's end`)
    // Faster than any hand: all before the page is drawn again.
    await page.evaluate(`(() => {
      for (let i = 0; i < 20; i += 1) {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', bubbles: true }))
      }
    })()`)
    await page
      .getByTestId('step')
      .getByText(String(from - 20), { exact: true })
      .waitFor()
    await isInSight(page, 'after 20 presses')
    await page.context().close()
  })

  test('are searched by their states, and typing begins at once', async () => {
    const page = await sandbox.open(`/console/actors/${bob}`, SIZES[0])
    await isInSight(page, 'search')
    await page.keyboard.press('/')
    await page.keyboard.type('quoting')
    const field = page.getByRole('dialog', { name: 'Find an actor' }).getByRole('textbox')
    assert.equal(await field.inputValue(), 'quoting')
    await page.keyboard.press('Enter')
    await page.locator('.chart-selected[data-id="conversation.drafting.quoting"]').waitFor()
    await page.getByRole('button', { name: 'Back to where it is' }).click()
    await isInSight(page, 'back')
    await page.context().close()
  })

  test('list all states of many actors with their counts, and go into a compound and back', async () => {
    for (const size of SIZES) {
      const page = await sandbox.open('/console/machines/conversation', size)
      const { chart } = CHARTS.get('conversation') ?? assert.fail()
      await page.locator('svg.chart[data-view=focus]').waitFor()
      for (const { id, parent, type } of chart.states) {
        if (parent !== chart.id || type === 'history') continue
        assert.equal(await page.locator(`.chart-state[data-id="${id}"]`).count(), 1, id)
      }
      assert.equal(await page.locator('[data-id="conversation.menu"] .chart-badge').count(), 1)
      assert.deepEqual(await page.evaluate(FLAWS), [])
      assert.deepEqual(await accessibilityProblems(page), [])
      await page.locator('[data-toggle="conversation.drafting"]').click()
      await page.locator('[data-id="conversation.drafting.extras"]').waitFor()
      assert.deepEqual(await page.evaluate(FLAWS), [])
      await saveScreenshot(page, `console-states-${size.viewport.width}`)
      await page.getByRole('button', { name: 'All states' }).click()
      await page.locator('.chart-state[data-id="conversation.admin"]').waitFor()
      await page.context().close()
    }
  })

  test('show this process in its own machine', async () => {
    const page = await sandbox.open('/console', SIZES[0])
    await page
      .getByRole('navigation')
      .getByRole('link', { name: /^lifecycle/ })
      .click()
    await page.locator('.chart-lit[data-id="lifecycle.process.active"]').waitFor()
    await isInSight(page, 'lifecycle')
    await page.getByRole('heading', { name: 'This process' }).waitFor()
    assert.deepEqual(await accessibilityProblems(page), [])
    await page.context().close()
  })

  test('open and close a state where it stands, fit as a whole, and have a map', async () => {
    const page = await sandbox.open('/console/machines/conversation?open=overview', SIZES[0])
    const toggle = page.locator('[data-toggle="conversation.browsing"]')
    await toggle.waitFor()
    // The chart is fitted when its frame has been measured.
    const isWhole = () =>
      waitFor(
        () =>
          page.evaluate<boolean>(`(() => {
            const f = document.querySelector('.chart-scroll')
            return f.scrollWidth - f.clientWidth <= 2 && f.scrollHeight - f.clientHeight <= 2
          })()`),
        { what: 'the whole chart in the frame' },
      )
    const smallNames = (selector: string) =>
      page.evaluate<string[]>(`[...document.querySelectorAll('${selector}')]
        .filter((t) => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a < 11)
        .map((t) => t.textContent)`)
    await isWhole()
    assert.deepEqual(await smallNames('.chart-bare'), [])
    await saveScreenshot(page, 'console-whole')
    // An arrow has no label until it is pressed; one that stands for several lets one choose.
    assert.equal(await page.locator('.chart-line').count(), 0)
    const { views } = CHARTS.get('conversation') ?? assert.fail()
    const several = views.overview?.edges.find(({ lines }) => lines.length > 1)
    const arrow = several?.lines[0]?.edges[0] ?? assert.fail()
    await page.locator(`.chart-hit[data-edge="${arrow}"]`).press('Enter')
    assert.ok((await page.locator('.chart-line').count()) > 1)
    await page.locator('.chart-line').last().press('Enter')
    await page.waitForURL(/edge=/)
    await toggle.press('Enter')
    await page.locator('[data-id="conversation.browsing.list"]').waitFor()
    await page.getByRole('button', { name: 'Full' }).click()
    await page.locator('.chart-map').waitFor()
    await page.getByRole('button', { name: 'Fit', exact: true }).click()
    await isWhole()
    // Names are all that could be read from there.
    await page.locator('.chart-far text', { hasText: 'drafting' }).waitFor()
    assert.deepEqual(await smallNames('.chart-far text'), [])
    assert.ok(!(await page.locator('.chart-label').first().isVisible()))
    await page.getByTitle('As large as it can be read').click()
    await page.locator('.chart-map').click({ position: { x: 60, y: 60 } })
    await page.locator('.chart-path span', { hasText: 'conversation' }).waitFor()
    assert.deepEqual(await page.evaluate(`${FLAWS}.filter((f) => f.startsWith('small'))`), [])
    await page.context().close()
  })

  test('are saved as a picture, as it is seen, and as text', async () => {
    const page = await sandbox.open(`/console/actors/${bob}`, SIZES[0])
    await isInSight(page, 'save')
    for (const [form, begins] of [
      ['SVG', '<svg'],
      ['Mermaid', 'stateDiagram-v2'],
      ['PNG', '\x89PNG'],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByLabel('Download the chart').selectOption(form),
      ])
      const { readFile } = await import('node:fs/promises')
      const content = await readFile(await download.path(), 'latin1')
      assert.ok(content.startsWith(begins), `${form}: ${content.slice(0, 20)}`)
      assert.ok(content.length > 1_000)
    }
    await page.context().close()
  })

  test('met no error, refused content or foreign request', () => {
    assert.deepEqual(sandbox.problems, [])
  })
})
