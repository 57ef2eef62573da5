import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import { pino } from 'pino'
import { createChatUser } from '../../src/e2e/chat.ts'
import { isResult } from '../../src/e2e/walk.ts'
import { ConfigError } from '../../src/errors.ts'
import { startFakeTelegram } from '../../src/sandbox/telegram/server.ts'
import { keepAdmin, type LocalOptions, startLocal } from '../../src/world/local.ts'
import { serverUrl } from '../support/database.ts'

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
    await keepAdmin(options.dataDir, first, user.id)
    await first.stop()

    user.text('кот на луне')
    const second = await startLocal(options)
    t.after(() => second.stop())
    await user.screen('Выберите кнопкой')
    assert.equal(second.consoleToken, first.consoleToken)
    assert.deepEqual(second.adminIds, [user.id])
    assert.ok(control.calls.every(({ method }) => method !== 'setWebhook'))
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
