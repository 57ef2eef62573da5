import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createChatUser } from '../../src/e2e/chat.ts'
import { samplePicture } from '../../src/e2e/picture.ts'
import { isResult } from '../../src/e2e/walk.ts'
import type { FaultKind } from '../../src/sandbox/telegram/faults.ts'
import { createDatabase } from '../support/database.ts'
import { startInstance } from '../support/instance.ts'
import { startOutside } from '../support/outside.ts'

describe('trouble on the way to the chat', { concurrency: true }, () => {
  test('never leaves anybody without an answer', async (t) => {
    const { telegram, ...outside } = await startOutside(t)
    const { control } = telegram
    const env = outside.env('polling', (await createDatabase(t)).url)
    await startInstance(t, env)
    const kinds: FaultKind[] = ['reset-before', 'reset-after', 'server-error', 'garbage', 'flood']
    const users = kinds.flatMap((kind, i) =>
      (['sendMessage', 'editMessageText'] as const).map((method, j) => {
        const chatId = 601 + i * 2 + j
        control.faults.add({ kind, method, chatId })
        return createChatUser(control, chatId)
      }),
    )
    for (const user of users) user.start()
    await Promise.all(
      users.map(async (user) => {
        await user.tap('Помощь')
        await user.screen('Как это работает?')
      }),
    )
    assert.equal(control.faults.list().length, 0)
  })

  test('does not keep a photo from being handed over', async (t) => {
    const { telegram, kie, ...outside } = await startOutside(t)
    const { control } = telegram
    await startInstance(t, outside.env('polling', (await createDatabase(t)).url))
    control.faults.add({ kind: 'reset-before', method: 'getFile' })
    kie.control.faults.add({ route: 'upload', kind: 'reset-after' })
    const user = createChatUser(control, 651)
    user.start('m_qwen-image-to-image')
    await user.tap('Начать')
    await user.screen('Пришлите фото')
    await user.photo(samplePicture())
    await user.screen('Напишите ответ')
    user.text('рыжий кот')
    await user.tap('Запустить')
    await user.screen('✅ Готово')
    assert.equal(control.chat(user.id).filter(isResult).length, 1)
    assert.equal(control.faults.list().length + kie.control.faults.list().length, 0)
  })
})
