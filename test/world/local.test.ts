import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import {
  appendFile,
  cp,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import { pino } from 'pino'
import { createChatUser } from '../../src/e2e/chat.ts'
import { isResult } from '../../src/e2e/walk.ts'
import { ConfigError } from '../../src/errors.ts'
import { startFakeTelegram } from '../../src/sandbox/telegram/server.ts'
import { type Local, type LocalOptions, startLocal } from '../../src/world/local.ts'
import { offerAdmin } from '../../src/world/offer-admin.ts'
import { serverUrl } from '../support/database.ts'
import { plain, say } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'

const TOKEN = '700000031:AAlocal-token_of_a_bot_0123456789abc'

/** A developer's machine: a token, a place for what is kept, and Telegram. */
async function machine(t: TestContext) {
  const telegram = await startFakeTelegram()
  t.after(() => telegram.close())
  telegram.addBot({ token: TOKEN, username: 'my_first_bot' })
  const dataDir = await mkdtemp(path.join(tmpdir(), 'trt-local-'))
  t.after(() => rm(dataDir, { recursive: true }))
  const url = await serverUrl()
  t.after(async () => {
    const admin = new pg.Client({ connectionString: url })
    await admin.connect()
    await admin.query('drop database if exists trt_700000031_play with (force)')
    await admin.end()
  })
  const env = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: telegram.url, PORT: '0' }
  const options: LocalOptions = {
    ...{ env, dataDir, log: pino({ level: 'silent' }) },
    openServer: async () => ({ url, stop: async () => {} }),
  }
  return { telegram, control: telegram.control, options }
}

/** What the terminal shows when the offer is answered so; undefined: it is no terminal. */
async function offered(
  local: Local,
  { dataDir }: LocalOptions,
  answer: string | undefined,
): Promise<string> {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const shown = text(output)
  if (answer !== undefined) input.write(`${answer}\n`)
  await offerAdmin({
    ...{ local, dataDir, output, everyMs: 1, signal: AbortSignal.timeout(30_000) },
    input: Object.assign(input, { isTTY: answer !== undefined }),
  })
  output.end()
  return shown
}

const linesOf = async (work: Promise<unknown>): Promise<readonly string[]> => {
  const error = await work.then(
    () => assert.fail('it started'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof ConfigError, String(error))
  return error.lines
}

describe('the bot on a developer’s machine', () => {
  test('needs a token only, delivers by polling, and goes on after a stop', async (t) => {
    const { control, options } = await machine(t)
    const first = await startLocal(options)
    t.after(() => first.stop())
    assert.equal(first.username, 'my_first_bot')
    const user = createChatUser(control, 81)
    user.start('m_z-image')
    await user.tap('Начать')
    await user.screen('Напишите ответ')
    user.text('рыжий кот')
    await user.tap('16:9')
    const preview = await user.screen('Проверьте заказ')
    assert.match(preview.text ?? '', /Пробный режим/)
    await user.tap('Запустить')
    await user.screen('✅ Готово')
    assert.equal(control.chat(user.id).filter(isResult).length, 1)

    // Play money is there, and no way to pay.
    user.text('/balance')
    const balance = await user.screen('Ваш баланс')
    assert.match(balance.text ?? '', /500/)
    assert.doesNotMatch(JSON.stringify(balance.keyboard), /Stars|звёзд/i)

    user.start('m_z-image')
    await user.tap('Начать')
    await user.screen('Напишите ответ')
    await first.stop()

    user.text('кот на луне')
    const second = await startLocal(options)
    t.after(() => second.stop())
    await user.screen('Выберите кнопкой')
    assert.equal(second.consoleToken, first.consoleToken)

    // Who writes first may be the admin: asked on a terminal, kept for the next start.
    assert.match(await offered(second, options, undefined), /^ {2}To be the admin: ADMIN_ID=81\n$/)
    assert.match(await offered(second, options, 'n'), /User 81 wrote first\. Make them the admin\?/)
    assert.deepEqual(second.adminIds, [])
    // A question waits until there is somebody to read it, and the answer finds its way back.
    const other = createChatUser(control, 82)
    other.start('m_z-image')
    await other.screen('Z-Image')
    other.text('/support')
    await other.screen(plain(say('support.title')))
    other.text('где моя картинка?')
    await other.screen('Передали')
    assert.match(await offered(second, options, 'y'), /admin works for them/)
    assert.deepEqual(second.adminIds, [user.id])
    user.text('/admin')
    await user.screen('Управление')
    const asked = await user.message(({ text }) => text?.includes('где моя картинка?') === true)
    const db = new pg.Client({ connectionString: second.databaseUrl })
    await db.connect()
    const known = 'select from support_messages where message_id = $1'
    await waitFor(async () => (await db.query(known, [asked.id])).rowCount === 1, {
      what: 'a question that can be answered',
    })
    await db.end()
    control.user(user.id).sendText('Уже идёт', { replyTo: asked.id })
    await other.message(({ text }) => text?.includes('Уже идёт') === true)
    const kept = await readFile(path.join(options.dataDir, 'local.json'), 'utf8')
    assert.deepEqual(JSON.parse(kept).adminIds, [user.id])
    assert.ok(control.calls.every(({ method }) => method !== 'setWebhook'))
  })

  test('with --watch starts anew on a change, and the dialogue goes on; SIGTERM ends all of it', async (t) => {
    const { control, telegram, options } = await machine(t)
    // A clone of its own, so that a change is nobody else's.
    const root = path.resolve(import.meta.dirname, '../..')
    for (const name of ['src', 'models', 'package.json']) {
      await cp(path.join(root, name), path.join(options.dataDir, name), { recursive: true })
    }
    await symlink(path.join(root, 'node_modules'), path.join(options.dataDir, 'node_modules'))
    const settings = { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: telegram.url, PORT: '0' }
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
    await writeFile(path.join(options.dataDir, '.env'), lines.join(''))
    const command = ['--env-file-if-exists=.env', 'src/cli.ts', 'local', '--watch']
    const child = spawn(process.execPath, command, {
      ...{ cwd: options.dataDir, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (words: string) => {
        printed += words
      })
    }
    const ended = once(child, 'close')
    // The bot is a child of the one that watches: both are of one group.
    t.after(() => {
      if (child.exitCode === null) process.kill(-(child.pid as number), 'SIGKILL')
    })
    const starts = () => printed.split('The bot:   https://t.me/my_first_bot').length - 1
    const started = (times: number) =>
      waitFor(() => starts() === times, { what: `start ${times}` }).catch((cause) =>
        Promise.reject(new Error(printed, { cause })),
      )
    await started(1)
    assert.match(printed, /Provider: {2}the sandbox\./)
    const user = createChatUser(control, 83)
    user.start('m_z-image')
    await user.tap('Начать')
    await user.screen('Напишите ответ')

    await appendFile(path.join(options.dataDir, 'src/cli.ts'), '\n// A change.\n')
    await started(2)
    user.text('рыжий кот')
    await user.tap('16:9')
    await user.screen('Проверьте заказ')

    const kept = path.join(options.dataDir, '.data/local')
    const [cluster = ''] = (await readdir(kept)).filter((name) => /^postgres-\d+$/.test(name))
    const home = await realpath(path.join(kept, cluster))
    t.after(() => rm(home, { recursive: true, force: true }))
    assert.ok(existsSync(path.join(home, 'data/postmaster.pid')))
    child.kill('SIGTERM')
    assert.deepEqual(await ended, [0, null], printed)
    assert.ok(!existsSync(path.join(home, 'data/postmaster.pid')), 'PostgreSQL still runs')
  })

  test('ends with one sentence where it can not start', async (t) => {
    const { control, options, telegram } = await machine(t)
    const [missing, hint] = await linesOf(startLocal({ ...options, env: {} }))
    assert.match(missing ?? '', /^TELEGRAM_BOT_TOKEN is missing/)
    assert.match(hint ?? '', /npm run sandbox/)

    const call = (method: string, body: object) =>
      fetch(`${telegram.url}/bot${TOKEN}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await call('setWebhook', { url: 'https://shop.example/webhook/secret-path' })
    const set = await linesOf(startLocal(options))
    assert.equal(set.length, 1)
    assert.match(
      set[0] ?? '',
      /@my_first_bot has a webhook at https:\/\/shop\.example: .*--take-over/,
    )
    assert.doesNotMatch(set[0] ?? '', /secret-path/)
    const taken = await startLocal({ ...options, takeOver: true })
    t.after(() => taken.stop())
    const user = createChatUser(control, 82)
    user.start()
    await user.screen('Просто напишите')
    await taken.stop()

    control.revokeToken()
    assert.match((await linesOf(startLocal(options)))[0] ?? '', /Telegram does not know the token/)
  })
})
