import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { showStored } from '../../../src/actors/effects/show-stored.ts'
import { createSupportHandlers } from '../../../src/actors/effects/support.ts'
import { UnknownOutcomeError } from '../../../src/errors.ts'
import { CHAT, createBench, createStubApi, jobOf, openGate } from './bench.ts'

const DESK = 99
const said = { text: 'Where is my picture?', media: null }

/** Effects whose first call gets no answer. */
async function start(t: TestContext) {
  const { deps, pool } = await createBench(t)
  const stub = createStubApi((_call, earlier) =>
    earlier === 0 ? new UnknownOutcomeError('telegram.unknown') : undefined,
  )
  const own = { ...deps, api: stub.api, flood: openGate() }
  const support = createSupportHandlers({ ...own, botId: 7, deskChatId: () => DESK })
  const effects = {
    'a stored result': () =>
      showStored(own, {
        ...{ actor: 'share:1', chatId: CHAT, words: { caption: 'Look' } },
        files: [{ kind: 'photo', fileId: 'f' }],
      }),
    'a question to the staff': () =>
      support['support.post'](
        jobOf({ userId: CHAT, language: 'en', jobId: null, isFirst: true, ...said }),
      ),
    'an answer of the staff': () =>
      support['support.answer'](jobOf({ chatId: CHAT, language: 'en', name: 'Anna', ...said })),
  }
  return { effects, calls: stub.calls, pool }
}

type Name = keyof Awaited<ReturnType<typeof start>>['effects']

describe('what is better seen twice than never', () => {
  for (const name of [
    'a stored result',
    'a question to the staff',
    'an answer of the staff',
  ] as const satisfies readonly Name[]) {
    test(`is sent again when no answer came: ${name}`, async (t) => {
      const { effects, calls, pool } = await start(t)
      await assert.rejects(effects[name](), { code: 'telegram.unavailable' })
      await effects[name]()
      assert.equal(calls.length, 2)
      await effects[name]()
      assert.equal(calls.length, 2, 'and not once more when it is known to have arrived')
      const { rows } = await pool.query('select status from sends')
      assert.deepEqual(rows, [{ status: 'sent' }])
    })
  }
})
