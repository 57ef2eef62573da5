import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseConfig, secretsOf } from '../../src/config/config.ts'
import { createChatUser } from '../../src/e2e/chat.ts'
import { samplePicture } from '../../src/e2e/picture.ts'
import { freePort } from '../../src/sandbox/free-port.ts'
import { createDatabase } from '../support/database.ts'
import { createGate } from '../support/gate.ts'
import { startInstance } from '../support/instance.ts'
import { ADMIN_ID, startOutside } from '../support/outside.ts'
import { waitFor } from '../support/wait.ts'

const PROMPT = 'тайный рыжий кот'
const FIRST_NAME = 'Аделаида'

describe('secrets', () => {
  test('are in no log line, no chat and no order, whatever goes wrong', async (t) => {
    const { telegram, kie, ...outside } = await startOutside(t)
    const { control } = telegram
    const { faults } = control
    const { url, pool } = await createDatabase(t)
    const gate = await createGate(t, url)
    await gate.open()
    const port = await freePort()
    const env = {
      ...outside.env('webhook', gate.url),
      PORT: String(port),
      WEBHOOK_BASE_URL: `http://127.0.0.1:${port}`,
      KIE_CALLBACK_TOKEN: 'callback-token-of-the-test',
      KIE_WEBHOOK_HMAC_KEY: 'hmac-key-of-the-test',
      CONSOLE_TOKEN: 'console-token-of-the-test',
      LOG_LEVEL: 'trace',
    }
    const secrets = secretsOf(parseConfig(env).config)
    assert.ok(secrets.length >= 8)
    const foundIn = (text: string) => secrets.filter((secret) => text.includes(secret))

    faults.add({ kind: 'reset-before', method: 'getMe' })
    faults.add({ kind: 'garbage', method: 'setWebhook' })
    faults.add({ kind: 'server-error', method: 'sendMessage' })
    faults.add({ kind: 'garbage', method: 'editMessageText' })
    faults.add({ kind: 'reset-before', method: 'getFile' })
    faults.add({ kind: 'unauthorized', method: 'setMyCommands' })
    const instance = await startInstance(t, env)
    control.user(ADMIN_ID)
    control.user(501, { firstName: FIRST_NAME, languageCode: 'ru' })
    const user = createChatUser(control, 501)
    const order = async () => {
      user.start('m_qwen-image-edit')
      await user.tap('Начать')
      await user.screen('Пришлите фото')
      await user.photo(samplePicture())
      await user.screen('Напишите ответ')
      user.text(PROMPT)
      await user.tap('Запустить')
    }

    kie.control.faults.add({ route: 'upload', kind: 'http', status: 500 })
    kie.control.faults.add({ route: 'createTask', kind: 'code', code: 402, msg: 'no credits' })
    kie.control.faults.add({ route: 'callback', kind: 'forged' })
    await order()
    await user.screen('Генерация не завершилась')
    await control.waitFor(() => control.chat(ADMIN_ID).length === 1)
    // Else it is stored when the database is back, and pauses the second order.
    const isPaused = async () => (await pool.query('select from pauses')).rowCount === 1
    await waitFor(isPaused, { what: 'the pause to be stored' })
    await gate.shut()
    user.text('есть кто?')
    await control.waitFor(() =>
      control.chat(user.id).some(({ text }) => text?.includes('обновляется')),
    )
    await gate.open()
    await pool.query('delete from pauses')
    await order()
    await user.screen('✅ Готово')
    await instance.end('SIGTERM')

    const printed = instance.output()
    assert.match(printed, /STARTUP/)
    assert.match(printed, /create call failed/)
    assert.match(printed, /getMe failed/)
    assert.deepEqual(foundIn(printed), [])
    assert.deepEqual(
      [PROMPT, FIRST_NAME].filter((words) => printed.includes(words)),
      [],
    )

    const chats = JSON.stringify([control.chat(501, { deleted: true }), control.chat(ADMIN_ID)])
    assert.match(chats, /Генерация готова/)
    assert.deepEqual(foundIn(chats), [])
    const calls = control.calls.filter(({ method }) => method !== 'setWebhook')
    assert.ok(calls.length > 10)
    assert.deepEqual(foundIn(JSON.stringify([calls, control.answers])), [])

    const [task] = kie.control.tasks
    assert.match(String(task?.input.image_url), new RegExp(`^${kie.url}/`))
    const orders = kie.control.tasks.map(({ input, callBackUrl, param }) => [
      input,
      callBackUrl,
      param,
    ])
    assert.deepEqual(foundIn(JSON.stringify([orders, kie.control.uploads])), [])
    assert.ok(!JSON.stringify(orders).includes(telegram.url))
  })
})
