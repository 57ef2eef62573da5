import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { Resvg } from '@resvg/resvg-js'
import Koa from 'koa'
import { parseBuffer } from 'music-metadata'
import { type BrowserContext, chromium, type Page, type Route } from 'playwright-core'
import { findChromium } from '../../../src/bench/chromium.ts'
import { createChatRoutes } from '../../../src/sandbox/chat/routes.ts'
import { type FakeKie, startFakeKie } from '../../../src/sandbox/kie/server.ts'
import { PATIENCE_MS } from '../../../src/sandbox/patience.ts'
import { type FakeTelegram, startFakeTelegram } from '../../../src/sandbox/telegram/server.ts'
import { type Call, startMiniBot } from './mini-bot.ts'

const executablePath = findChromium() ?? ''
const WIDE = { width: 1280, height: 800 }
const TOKEN = '4242:chat-page'
const UNSAFE = '<img src=x onerror="document.title=\'hacked\'"><b>bold?</b>'

const picture = (side: number): Buffer => {
  const size = `width="${side}" height="${side}"`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect ${size} fill="teal"/></svg>`
  return new Resvg(svg).render().asPng()
}
const blob = (bytes: Buffer) => new Blob([new Uint8Array(bytes)], { type: 'image/png' })

const MENU = {
  inline_keyboard: [
    [
      { text: 'Pictures', callback_data: 'pictures' },
      { text: 'Balance', callback_data: 'balance' },
    ],
    [{ text: 'Wait', callback_data: 'wait' }],
    [{ text: 'Invite', url: 'https://t.me/page_bot?start=ref_x1' }],
  ],
}

// Code for the browser is text here: this project's types know no DOM.
const GAP = `(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)
  (document.querySelector('#scroller'))`
const LOADED = `[...document.querySelectorAll('.photo img')].every(
  (image) => image.complete && image.naturalWidth > 0)`

/** Settles the tap on "Wait", so that the test can look at the spinner first. */
let goOn = Promise.withResolvers<void>()

async function answerMessage(
  call: Call,
  { chat, text, photo }: { chat: { id: number }; text?: string; photo?: readonly unknown[] },
) {
  const chat_id = chat.id
  if (text?.startsWith('/start')) {
    const words = `<b>Welcome</b> ${text.slice(7)}`
    return call('sendMessage', { chat_id, text: words, parse_mode: 'HTML', reply_markup: MENU })
  }
  if (photo) {
    await call('sendChatAction', { chat_id, action: 'upload_photo' })
    return call('sendPhoto', { chat_id, photo: blob(picture(64)), caption: 'A teal square' })
  }
  return call('sendMessage', { chat_id, text: `you said ${text}` })
}

async function answerTap(
  call: Call,
  query: { id: string; data: string; message: { message_id: number; chat: { id: number } } },
) {
  const { data, message } = query
  const answer = { callback_query_id: query.id }
  if (data === 'wait') await goOn.promise
  if (data === 'balance') {
    return call('answerCallbackQuery', { ...answer, text: '12 roubles', show_alert: true })
  }
  await call('answerCallbackQuery', { ...answer, text: 'Here they are' })
  if (data === 'wait') return
  const target = { chat_id: message.chat.id, message_id: message.message_id }
  await call('editMessageText', { ...target, text: 'Choose a picture' })
}

describe('chat page', { skip: executablePath === '' && 'no Chromium' }, () => {
  let telegram: FakeTelegram
  let kie: FakeKie
  let bot: ReturnType<typeof startMiniBot>
  let server: Server
  let url: string
  let context: BrowserContext
  let profile: string

  const serve = async (port: number): Promise<number> => {
    const app = new Koa()
    const config = { botUsername: 'page_bot', kieControlUrl: kie.url, consoleUrl: null, botId: 1 }
    const commands = async () => [{ command: 'help', description: 'What can it do?' }]
    app.use(createChatRoutes({ config, telegramUrl: telegram.url, commands }).routes())
    server = createServer(app.callback())
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
  const shut = async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  before(async () => {
    telegram = await startFakeTelegram()
    telegram.addBot({ token: TOKEN, username: 'page_bot' })
    kie = await startFakeKie({ apiKey: 'key' })
    bot = startMiniBot({
      apiUrl: `${telegram.url}/bot${TOKEN}`,
      onMessage: answerMessage,
      onTap: answerTap,
    })
    url = `http://127.0.0.1:${await serve(0)}`
    profile = await mkdtemp(path.join(tmpdir(), 'chat-page-'))
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      viewport: WIDE,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    context.setDefaultTimeout(PATIENCE_MS)
    page = context.pages()[0] ?? (await context.newPage())
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) errors.push(message.text())
    })
  })
  after(async () => {
    await context?.close()
    await bot?.stop()
    if (server) await shut()
    await kie?.close()
    await telegram?.close()
    if (profile) await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  })

  let page: Page
  let lastUser = 5000
  let errors: string[] = []
  /** A new user's empty chat; a script error or a breach of the policy fails the test. */
  const open = async (t: TestContext) => {
    lastUser += 1
    const user = telegram.control.user(lastUser, { firstName: `User ${lastUser}` })
    errors = []
    t.after(() => assert.deepEqual(errors, []))
    await page.goto(`${url}/#${user.id}`)
    await page.locator('.user[aria-current]', { hasText: `User ${user.id}` }).waitFor()
    await page.locator('.empty').waitFor()
    return user
  }
  const onPhone = async (t: TestContext) => {
    await page.setViewportSize({ width: 390, height: 844 })
    t.after(() => page.setViewportSize(WIDE))
  }
  /** Holds these requests back until told; after the test nothing is held any more. */
  const hold = async (
    t: TestContext,
    where: Page,
    pattern: string,
    answer = (route: Route) => route.continue(),
  ) => {
    const goOn = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    t.after(async () => {
      goOn.resolve()
      await where.unrouteAll({ behavior: 'wait' })
    })
    await where.route(pattern, async (route) => {
      asked.resolve()
      await goOn.promise
      await answer(route)
    })
    return { asked: asked.promise, goOn: goOn.resolve }
  }
  const start = async () => {
    await page.getByRole('button', { name: '/start' }).click()
    await page.getByText('Welcome').waitFor()
  }
  const say = async (text: string) => {
    await page.getByLabel('Message', { exact: true }).fill(text)
    await page.keyboard.press('Enter')
  }

  test('starts a chat, taps a button, sees the answer and the edited message', async (t) => {
    await open(t)
    await start()
    assert.equal(await page.locator('.row.bot b').textContent(), 'Welcome')
    await page.getByRole('button', { name: 'Pictures' }).click()
    await page.getByText('Here they are').waitFor()
    await page.getByText('Choose a picture').waitFor()
    await page.locator('.row.bot .edited').waitFor()
    assert.equal(await page.locator('.row.bot').count(), 1)
    assert.equal(await page.locator('.key').count(), 0)
  })

  test('lets a button spin until the bot answers the tap', async (t) => {
    goOn = Promise.withResolvers()
    await open(t)
    await start()
    await page.getByRole('button', { name: 'Wait' }).click()
    await page.locator('.key.waiting[aria-busy]').waitFor()
    goOn.resolve()
    await page.locator('.key.waiting').waitFor({ state: 'detached' })
  })

  test('shows an answer that asks for attention as an alert', async (t) => {
    await open(t)
    await start()
    await page.getByRole('button', { name: 'Balance' }).click()
    const alert = page.getByRole('dialog')
    await alert.getByText('12 roubles').waitFor()
    await alert.getByRole('button', { name: 'OK' }).click()
    await alert.waitFor({ state: 'hidden' })
  })

  test('treats a link to the bot as a start with its parameter', async (t) => {
    await open(t)
    await start()
    await page.getByRole('link', { name: 'Invite' }).click()
    await page.getByText('Welcome ref_x1').waitFor()
    assert.equal(context.pages().length, 1)
  })

  test('sends a photo with a caption and shows the picture that comes back', async (t) => {
    const user = await open(t)
    const file = { name: 'cat.png', mimeType: 'image/png', buffer: picture(32) }
    await page.setInputFiles('#file', file)
    await page.locator('#tray').getByText('cat.png').waitFor()
    await say('my cat')
    const answer = page.getByRole('img', { name: 'A teal square' })
    await answer.waitFor()
    await page.waitForFunction(LOADED)
    const [sent] = user.chat()
    assert.deepEqual([sent?.media?.kind, sent?.caption], ['photo', 'my cat'])
    await answer.click()
    const large = page.getByRole('dialog', { name: 'Photo' })
    await large.getByRole('img', { name: 'A teal square' }).waitFor()
    await page.keyboard.press('Escape')
    await large.waitFor({ state: 'hidden' })
  })

  test('sends a picture as a file when told to, name and bytes unchanged', async (t) => {
    const user = await open(t)
    const buffer = picture(16)
    await page.setInputFiles('#file', { name: 'мой кот.png', mimeType: 'image/png', buffer })
    await page.getByRole('radio', { name: 'File' }).check({ force: true })
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByRole('link', { name: 'мой кот.png' }).waitFor()
    const media = user.chat()[0]?.media
    assert.deepEqual([media?.kind, media?.fileName], ['document', 'мой кот.png'])
    assert.ok(media?.bytes.equals(buffer))
  })

  test('keeps the chats of two users apart', async (t) => {
    const user = await open(t)
    await say('a secret')
    await page.getByText('you said a secret').waitFor()
    await page.getByLabel('Name').fill('Second')
    await page.getByRole('button', { name: 'Add user' }).click()
    await page.locator('.user[aria-current]', { hasText: 'Second' }).waitFor()
    await page.locator('.empty').waitFor()
    assert.notEqual(new URL(page.url()).hash, `#${user.id}`)
    assert.equal(await page.getByText('a secret').count(), 0)
    await page.getByRole('link', { name: `User ${user.id}` }).click()
    await page.getByText('you said a secret').waitFor()
  })

  test('shows markup that somebody typed as text', async (t) => {
    await open(t)
    await say(UNSAFE)
    await page.locator('.row.bot').getByText(`you said ${UNSAFE}`).waitFor()
    assert.equal(await page.locator('.text img, .text b').count(), 0)
    assert.notEqual(await page.title(), 'hacked')
  })

  test('takes HTML apart by an allow-list even if the server calls it safe', async (t) => {
    await open(t)
    const unsafe = `${UNSAFE}<script>1</script><a href="javascript:1" onclick="1">x</a>`
    const html = await page.evaluate(`import('/chat/html.js').then(({ messageHtml }) => {
      const box = document.createElement('div')
      box.append(messageHtml(${JSON.stringify(`${unsafe}<a href="https://a.b/">y</a>`)}))
      return box.innerHTML
    })`)
    // Parsing it is enough for the browser to report what the policy would not let run.
    errors = []
    const link = '<a href="https://a.b/" target="_blank" rel="noopener noreferrer">y</a>'
    assert.equal(html, `<b>bold?</b>1<span>x</span>${link}`)
  })

  test('comes back after the server was restarted, with what it missed', async (t) => {
    const user = await open(t)
    await start()
    const { port } = server.address() as AddressInfo
    await shut()
    await page.getByText('reconnecting').waitFor()
    user.sendText('while away')
    await serve(port)
    await page.getByText('you said while away').waitFor()
    await page.locator('#chat-status', { hasText: 'online' }).waitFor()
  })

  test('follows new messages at the bottom, never pulls up who reads above', async (t) => {
    const user = await open(t)
    for (let i = 0; i < 30; i += 1) user.sendText(`line ${i}`)
    await page.getByText('you said line 29').waitFor()
    const gap = () => page.evaluate<number>(GAP)
    await page.waitForFunction(`${GAP} < 2`)
    await page.locator('#scroller').evaluate((element) => element.scrollTo(0, 0))
    await page.getByRole('button', { name: 'Go to the newest message' }).waitFor()
    await fetch(`${telegram.url}/bot${TOKEN}/sendMessage?chat_id=${user.id}&text=breaking`)
    await page.locator('.row.bot', { hasText: 'breaking' }).waitFor({ state: 'attached' })
    assert.ok((await gap()) > 200)
    await page.locator('#jump-count', { hasText: '1' }).waitFor()
    await page.getByRole('button', { name: 'Go to the newest message' }).click()
    await page.locator('#jump').waitFor({ state: 'hidden' })
    assert.ok((await gap()) < 2)
  })

  test('arms a fault for the next send, shows it, and shows that it was used up', async (t) => {
    await open(t)
    await page.getByRole('button', { name: 'Server error' }).click()
    const armed = page.getByRole('list', { name: 'Armed faults: Telegram' })
    await armed.getByText('Server error').waitFor()
    await say('hello')
    await armed.getByText('Server error').waitFor({ state: 'detached' })
    assert.equal(await page.locator('.row.bot').count(), 0)
  })

  test('arms and clears faults of the generation service', async (t) => {
    await open(t)
    await page.getByRole('button', { name: 'Callback lost' }).click()
    const group = page.getByRole('region', { name: 'Generation service' })
    await group.getByRole('listitem').getByText('Callback lost').waitFor()
    assert.equal(kie.control.faults.list()[0]?.kind, 'lost')
    await group.getByRole('button', { name: 'Clear' }).click()
    await group.getByRole('listitem').waitFor({ state: 'detached' })
    assert.equal(kie.control.faults.list().length, 0)
  })

  test('suggests commands while one is typed and sends the chosen one', async (t) => {
    await open(t)
    await page.getByLabel('Message', { exact: true }).pressSequentially('/h')
    await page.getByRole('option', { name: '/help' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('you said /help').waitFor()
  })

  const sendAs = (method: string, params: Record<string, unknown>) =>
    fetch(`${telegram.url}/bot${TOKEN}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    })
  /** Opens the menu of the message with these words and picks what is named. */
  const choose = async (side: 'user' | 'bot', words: string, item: string) => {
    const row = page.locator(`article.row.${side}`, { hasText: words })
    await row.hover()
    await row.getByRole('button', { name: 'Message menu' }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }

  test('answers, changes, forwards, likes and deletes a message by its menu', async (t) => {
    const user = await open(t)
    await say('a cta')
    await page.getByText('you said a cta').waitFor()
    await choose('bot', 'you said a cta', 'Reply')
    await page.locator('#subject', { hasText: 'Reply to the bot' }).waitFor()
    await say('not what I meant')
    await page.locator('.row.user .quote', { hasText: 'you said a cta' }).waitFor()
    await choose('user', 'not what I meant', 'Edit')
    await page.getByLabel('Message', { exact: true }).fill('a cat')
    await page.keyboard.press('Enter')
    await page.locator('.row.user .edited').waitFor()
    assert.equal(user.chat().find(({ replyTo }) => replyTo !== undefined)?.text, 'a cat')
    await choose('bot', 'you said a cta', 'Forward')
    await page.locator('#picker').getByRole('button', { name: '@page_bot' }).click()
    await page.locator('.row.user', { hasText: 'Forwarded from page_bot' }).waitFor()
    await choose('user', 'Forwarded from', 'React with 🔥')
    await page.getByRole('button', { name: '🔥 1' }).waitFor()
    await choose('user', 'Forwarded from', 'Delete')
    await page.getByText('Forwarded from').waitFor({ state: 'detached' })
  })

  test('sends several files as one album, and a melody as a real voice note', async (t) => {
    const user = await open(t)
    const file = (name: string, side: number) => ({
      ...{ name, mimeType: 'image/png', buffer: picture(side) },
    })
    await page.setInputFiles('#file', [file('a.png', 30), file('b.png', 31)])
    await say('both of them')
    await page.locator('.album[data-count="2"]').waitFor()
    const [first, second] = user.chat().filter(({ from }) => from === 'user')
    assert.ok(first?.groupId)
    assert.deepEqual([second?.groupId, first.caption], [first.groupId, 'both of them'])
    await page.getByRole('button', { name: 'Voice message' }).click()
    await page.getByLabel('Melody of').fill('2')
    await page.getByRole('button', { name: 'Send melody' }).click()
    await page.locator('.row.user .audio', { hasText: 'Voice message · 0:02' }).waitFor()
    const voice = user.chat().find(({ media }) => media?.kind === 'voice')?.media
    const { format } = await parseBuffer(voice?.bytes ?? Buffer.alloc(0))
    assert.deepEqual([format.codec, format.duration], ['Opus', 2])
  })

  test('asks before Stars are spent, and fills the wallet when it is short', async (t) => {
    const user = await open(t)
    telegram.control.user(user.id, { stars: 10 })
    const price = { label: 'x', amount: 160 }
    const invoice = { title: '100 roubles', description: 'For pictures', payload: 'p' }
    const chat = { chat_id: user.id, currency: 'XTR', prices: [price] }
    await sendAs('sendInvoice', { ...chat, ...invoice })
    await page.locator('.key.pay').click()
    const sheet = page.getByRole('dialog')
    await sheet.getByText('100 roubles').waitFor()
    await sheet.getByRole('button', { name: 'Cancel' }).click()
    assert.equal(user.stars(), 10)
    await page.locator('.key.pay').click()
    await sheet.getByRole('button', { name: 'Get ⭐ 150 more' }).click()
    await sheet.getByRole('button', { name: 'Confirm and pay ⭐ 160' }).click()
    await page.getByText('You paid ⭐ 160').waitFor()
    assert.equal(user.stars(), 0)
  })

  test('cuts long labels to one line, colours buttons and copies their text', async (t) => {
    const user = await open(t)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const label = 'A label that is far too long for one half of the width of a message in any app'
    const row = [
      { text: label, callback_data: 'long', style: 'danger' },
      { text: 'Invite', copy_text: { text: 'https://t.me/page_bot?start=ref_x1' } },
    ]
    const reply_markup = { inline_keyboard: [row] }
    await sendAs('sendMessage', { chat_id: user.id, text: 'Choose', reply_markup })
    const button = page.getByRole('button', { name: label })
    await button.waitFor()
    const cut = `((key) => [key.scrollWidth > key.clientWidth, key.offsetHeight < 30])
      (document.querySelector('.key span'))`
    assert.deepEqual(await page.evaluate(cut), [true, true])
    assert.equal(await button.getAttribute('data-style'), 'danger')
    await page.getByRole('button', { name: 'Invite' }).click()
    await page.getByText('Copied').waitFor()
    const copied = await page.evaluate<string>('navigator.clipboard.readText()')
    assert.equal(copied, 'https://t.me/page_bot?start=ref_x1')
  })

  test('opens a group with the bot, and tells of what comes into other chats', async (t) => {
    const user = await open(t)
    const other = telegram.control.user(user.id + 1000, { firstName: 'Other' })
    await page.getByText('New group with the bot').click()
    await page.getByLabel('Title').fill('Painters')
    await page.getByLabel('Kind').selectOption('forum')
    await page.getByRole('button', { name: 'Add group' }).click()
    await page.locator('.service', { hasText: `User ${user.id} added page_bot` }).waitFor()
    await say('just talking')
    await say('/help@page_bot')
    await page.locator('.row.bot', { hasText: 'you said /help@page_bot' }).waitFor()
    assert.equal(await page.getByText('you said just talking').count(), 0)
    await page.getByLabel('Topic').selectOption('New topic…')
    await page.getByPlaceholder('Name of the topic').fill('Cats')
    await page.keyboard.press('Enter')
    await page.getByText('No messages yet').waitFor({ state: 'detached' })
    await say('/cat@page_bot')
    await page.locator('.row.user', { hasText: '/cat@page_bot' }).waitFor()
    const group = Number(new URL(page.url()).hash.split('/')[1])
    const asked = telegram.control.chat(group).findLast(({ from }) => from === 'user')
    assert.ok(asked?.threadId)
    other.sendText('hi')
    const news = page.getByRole('button', { name: 'Other you said hi' })
    await news.waitFor()
    assert.match(await page.title(), /^\(\d+\) /)
    await page.getByRole('radio', { name: 'Remove' }).check({ force: true })
    await page.getByText('bot: kicked').waitFor()
    await news.click()
    await page.locator('.user[aria-current]', { hasText: 'Other' }).waitFor()
    await page.getByText('you said hi').waitFor()
  })

  test('opens whom the address names though the list just read is older than they are', async (t) => {
    await open(t)
    lastUser += 1
    const late = lastUser
    t.after(() => page.unrouteAll({ behavior: 'wait' }))
    await page.route('**/sandbox/users', async (route) => {
      const response = await route.fetch()
      telegram.control.user(late, { firstName: `User ${late}` })
      await route.fulfill({ response })
    })
    // The address changes between the answer and what is made of it; its event comes after both.
    await page.evaluate(`{
      const { fetch } = window
      window.fetch = async (...request) => {
        const response = await fetch(...request)
        if (request[0] !== 'sandbox/users') return response
        window.fetch = fetch
        const text = await response.text()
        response.text = async () => {
          location.hash = '#${late}'
          return text
        }
        return response
      }
      dispatchEvent(new HashChangeEvent('hashchange'))
    }`)
    await page.locator('.user[aria-current]', { hasText: `User ${late}` }).waitFor()
  })

  test('suggests the commands of whoever is played, though those of the one before come later', async (t) => {
    const user = await open(t)
    lastUser += 1
    const before = telegram.control.user(lastUser, { languageCode: 'ru' })
    const commands = '**/sandbox/commands?language=ru'
    const held = await hold(t, page, commands, (route) =>
      route.fulfill({ json: [{ command: 'pomosch', description: 'Что он умеет?' }] }),
    )
    await page.goto(`${url}/#${before.id}`)
    await held.asked
    await page.goto(`${url}/#${user.id}`)
    await page.locator('.user[aria-current]', { hasText: `User ${user.id}` }).waitFor()
    const came = page.waitForResponse(commands)
    held.goOn()
    await (await came).finished()
    await page.getByLabel('Message', { exact: true }).pressSequentially('/')
    const suggested = page.locator('#suggestions').getByRole('option')
    await suggested.filter({ hasText: '/help' }).waitFor()
    assert.equal(await suggested.count(), 1)
  })

  test('sends words to the chat they were written in, though another one is open by then', async (t) => {
    const user = await open(t)
    lastUser += 1
    const other = telegram.control.user(lastUser, { firstName: `User ${lastUser}` })
    const held = await hold(t, page, '**/text?**')
    await say('first words')
    await say('second words')
    await page.goto(`${url}/#${other.id}`)
    await page.locator('.user[aria-current]', { hasText: `User ${other.id}` }).waitFor()
    held.goOn()
    await page.goto(`${url}/#${user.id}`)
    await page.getByText('you said second words').waitFor()
    assert.deepEqual(other.chat(), [])
  })

  test('writes an inline query into the chosen chat once that one is open', async (t) => {
    const user = await open(t)
    telegram.control.group(user.id, { title: 'Painters', withBot: true })
    const reply_markup = { inline_keyboard: [[{ text: 'Share', switch_inline_query: 'a cat' }]] }
    await sendAs('sendMessage', { chat_id: user.id, text: 'Choose', reply_markup })
    const another = await context.newPage()
    await another.clock.install()
    await another.goto(`${url}/#${user.id}`)
    await another.getByRole('button', { name: 'Share' }).click()
    const held = await hold(t, another, '**/sandbox/groups?**')
    t.after(() => another.close())
    await another.locator('#picker').getByRole('button', { name: 'Painters' }).click()
    await another.clock.runFor(60_000)
    held.goOn()
    await another.locator('.user[aria-current]', { hasText: 'Painters' }).waitFor()
    await another.locator('#input:not(:placeholder-shown)').waitFor()
    assert.equal(
      await another.getByLabel('Message', { exact: true }).inputValue(),
      '@page_bot a cat',
    )
  })

  test('turns its columns into tabs on a phone', async (t) => {
    await open(t)
    await onPhone(t)
    const users = page.locator('#users')
    await users.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Users' }).click()
    await users.waitFor()
    await page.locator('#chat').waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Chat' }).click()
    await start()
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)
    await page.getByRole('button', { name: 'Users' }).click()
    await page.locator('.user[aria-current]').click()
    await page.getByText('Welcome').waitFor()
  })

  test('leaves the tab that was chosen before the chat was there', async (t) => {
    await open(t)
    await onPhone(t)
    const held = await hold(t, page, '**/users')
    await page.reload()
    await page.getByRole('button', { name: 'Faults' }).click()
    held.goOn()
    await page.locator('.user[aria-current]').waitFor({ state: 'attached' })
    await page.locator('#panel').waitFor()
  })
})
