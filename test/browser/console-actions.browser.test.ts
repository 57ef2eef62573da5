import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { PATIENCE_MS } from '../../src/sandbox/patience.ts'
import { createDb } from '../../src/store/db.ts'
import { writeDeadLetter } from '../../src/store/engine/dead-letters.ts'
import {
  type BotProcess,
  createBotProcess,
  type Fakes,
  startFakes,
} from '../support/bot-process.ts'
import { launchChromium, noChromium, type TestBrowser } from '../support/console-browser.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { createShopper, type Shopper, topUp } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'

const TOKEN = 'a-token-for-the-console-of-a-real-process'
const USER = 77
const WORDS = 'кот в сапогах'
const ALLOWED = 'job.redeliver,job.refund,letter.replay,user.reveal'

describe("the console of a production process, by an operator's hand", { skip: noChromium }, () => {
  const ends: (() => unknown)[] = []
  const later = { after: (end: () => unknown) => void ends.unshift(end) }
  let database: TestDatabase
  let fakes: Fakes
  let bot: BotProcess
  let browser: TestBrowser
  let page: Page
  let shopper: Shopper

  before(async () => {
    database = await createDatabase(later as never)
    fakes = await startFakes(later as never)
    bot = await createBotProcess(later as never, {
      databaseUrl: database.url,
      fakes,
      env: { CONSOLE_TOKEN: TOKEN, CONSOLE_ACTIONS: ALLOWED },
    })
    await bot.start()
    await topUp(database.pool, USER, 1_000)
    shopper = createShopper(fakes.telegram, USER)
    await shopper.toPreview('paid')
    await shopper.confirm()
    await waitFor(() => shopper.results().length === 1, { what: 'a result' })
    browser = await launchChromium()
    later.after(() => browser.close())
    const context = await browser.newContext({ viewport: { width: 1400, height: 880 } })
    context.setDefaultTimeout(PATIENCE_MS)
    page = await context.newPage()
  })
  after(async () => {
    for (const end of ends) await end()
  })

  const dialog = (name?: string) => page.getByRole('dialog', name === undefined ? {} : { name })
  const rows = async (sql: string) => (await database.pool.query(sql)).rows
  async function act(label: string, name = label) {
    await page.getByRole('button', { name: label, exact: true }).click()
    const why = dialog(`${name}?`)
    await why.getByLabel(/^Why/).fill('asked for it by mail')
    await why.getByRole('button', { name }).click()
    await page.getByText(`${name}: done.`).waitFor()
  }
  async function openJobActions() {
    await page.goto(`${bot.url}/console/jobs`)
    await page.getByRole('button', { name: /^Actions for/ }).click()
  }

  test('lets nobody in without the token, and whoever has it by a cookie for this site only', async () => {
    await page.goto(`${bot.url}/console/jobs`)
    await page.getByLabel('Your name').fill('Ann')
    await page.getByLabel('Token').fill('a-guess')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('That is not the token.').waitFor()
    assert.deepEqual(await page.context().cookies(), [])
    await page.getByLabel('Token').fill(TOKEN)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('heading', { name: 'Jobs' }).waitFor()
    const [cookie, ...others] = await page.context().cookies()
    assert.deepEqual(others, [])
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, 'Strict'])
    assert.equal(await page.evaluate<string>('document.cookie'), '')
  })

  test('denies what CONSOLE_ACTIONS does not list, in the page and behind it', async () => {
    await openJobActions()
    const ask = page.getByRole('button', { name: /^Ask the provider/ })
    assert.equal(await ask.getAttribute('aria-disabled'), 'true')
    await dialog()
      .getByText(/does not list job\.reconcile/)
      .waitFor()
    const [{ id }] = await rows('select id from jobs')
    const status = await page.evaluate<number>(`fetch('/console/api/actions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-console': '1' },
      body: JSON.stringify({ name: 'job.reconcile', target: 'job:${id}', why: 'all the same' }),
    }).then((answer) => answer.status)`)
    assert.equal(status, 403)
    assert.deepEqual(await rows('select * from operator_actions'), [])
  })

  test('sends the result of a job again', async () => {
    await openJobActions()
    await act('Deliver again')
    await waitFor(() => shopper.results().length === 2, { what: 'the result again' })
  })

  test('gives the money of a job back, once', async () => {
    const before = await rows('select available_kopecks as k from accounts where user_id = 77')
    assert.equal(before[0].k, 1_000 - 314)
    await openJobActions()
    await act('Refund')
    const after = await rows('select available_kopecks as k from accounts where user_id = 77')
    assert.equal(after[0].k, 1_000)
    await openJobActions()
    const refund = page.getByRole('button', { name: /^Refund/ })
    assert.equal(await refund.getAttribute('aria-disabled'), 'true')
    await dialog()
      .getByText(/no money of this job to give back/)
      .waitFor()
  })

  test('shows what somebody wrote after the operator has said why', async () => {
    const [{ id }] = await rows(`select id from actors where id like 'conversation:%:${USER}'`)
    await page.goto(`${bot.url}/console/actors/${id}`)
    await page.getByRole('region', { name: 'What the user saw' }).waitFor()
    const events = page.getByRole('region', { name: 'Events' })
    await events.getByRole('button', { name: /text\.received/ }).click()
    assert.doesNotMatch((await page.textContent('body')) ?? '', new RegExp(WORDS))
    await act('Reveal texts')
    await page.getByText(WORDS).first().waitFor()
  })

  test('replays a dead letter', async () => {
    const raw = JSON.stringify({
      update_id: 999_999_999,
      message: {
        ...{ message_id: 9_999, date: 1_700_000_000, text: '/help' },
        chat: { id: USER, type: 'private', first_name: 'Anna' },
        from: { id: USER, is_bot: false, first_name: 'Anna', language_code: 'ru' },
        entities: [{ type: 'bot_command', offset: 0, length: 5 }],
      },
    })
    await writeDeadLetter(createDb(database.pool), {
      ...{ kind: 'update', subject: 'telegram', key: 'tg:999999999', error: 'a bug of before' },
      payload: JSON.stringify({ raw }),
    })
    await page.goto(`${bot.url}/console/letters?letter=1`)
    await act('Replay')
    await shopper.hears('Помощь')
    const replayed = async () => (await rows('select replayed_at from dead_letters'))[0].replayed_at
    await waitFor(replayed, { what: 'the mark of the replay' })
  })

  test('has everything that was done on record, and is left by logging out', async () => {
    await page.goto(`${bot.url}/console/actions`)
    await page.getByRole('cell', { name: 'asked for it by mail' }).nth(3).waitFor()
    const done = await rows('select who, name, outcome from operator_actions order by id')
    assert.deepEqual(
      done,
      ['job.redeliver', 'job.refund', 'user.reveal', 'letter.replay'].map((name) => ({
        ...{ who: 'Ann', name, outcome: 'done' },
      })),
    )
    await page.getByRole('button', { name: 'Log out Ann' }).click()
    await page.getByLabel('Token').waitFor()
    await page.goto(`${bot.url}/console`)
    await page.getByLabel('Token').waitFor()
  })
})
