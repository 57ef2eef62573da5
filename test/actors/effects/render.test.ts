import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type pg from 'pg'
import {
  createRenderGate,
  createRenderHandler,
  type RenderParams,
} from '../../../src/actors/effects/render.ts'
import { createScreenStore } from '../../../src/actors/effects/screen-store.ts'
import type { EffectJob } from '../../../src/actors/engine/effect.ts'
import { createWebhookReplies } from '../../../src/actors/telegram/webhook-replies.ts'
import { RetryableError, TerminalError, UnknownOutcomeError } from '../../../src/errors.ts'
import { createDb } from '../../../src/store/db.ts'
import { readScreens } from '../../../src/store/screens.ts'
import { waitFor } from '../../support/wait.ts'
import {
  CHAT,
  CONVERSATION,
  createBench,
  createStubApi,
  jobOf,
  never,
  openGate,
  RANDOM,
  VIEW,
} from './bench.ts'

/** A conversation that has begun, and the effect that shows its screen, in two processes. */
async function start(t: TestContext, answer?: Parameters<typeof createStubApi>[0]) {
  const { deps, tell, pool } = await createBench(t)
  const stub = createStubApi(answer)
  const replies = createWebhookReplies()
  const flood = openGate()
  /** `isOther`: another one than that which takes the steps; `db`: where it keeps its screens. */
  const createProcess = ({ isOther = false, db = deps.db } = {}) => {
    const runtime = isOther ? { ...deps.runtime, peek: () => undefined } : deps.runtime
    const screens = createScreenStore({
      db,
      versionOf: async (actor) => (isOther ? 0 : deps.runtime.versionOf(actor)),
    })
    const own = {
      ...deps,
      runtime,
      api: stub.api,
      flood,
      screens,
      replies,
      view: VIEW,
      botUsername: async () => 'shop_bot',
      hasInlineMode: async () => false,
    }
    const gate = createRenderGate(own)
    const run = createRenderHandler(own)
    /** As the engine does: again when what was shown turns out to be out of date. */
    return async (job: EffectJob<RenderParams>) => {
      for (let isDone = false; !isDone; ) {
        await gate(job, never)
        const storing = await run(job, never)
        isDone = (await storing?.stored) ?? true
      }
    }
  }
  const first = createProcess()
  await tell({ type: 'command.start', payload: 'm_z-image', languageCode: 'ru' })
  const version = async () =>
    (await pool.query('select version from actors where id = $1', [CONVERSATION])).rows[0].version
  return {
    tell,
    calls: () => stub.calls.map(({ method }) => method),
    of: stub.of,
    /** The newest message, and those that have buttons. */
    chat: () => ({
      newest: [...stub.chat].sort(([a], [b]) => a - b).at(-1),
      withButtons: [...stub.chat].filter(([, { hasButtons }]) => hasButtons).map(([id]) => id),
    }),
    replies,
    flood,
    createProcess,
    /** The database, each connection only after a wait. */
    waitingDb: (wait: () => Promise<void> | undefined) =>
      createDb({
        connect: async () => {
          await wait()
          return pool.connect()
        },
      } as Pick<pg.Pool, 'connect'>),
    screen: async () => (await readScreens(deps.db, [CONVERSATION]))[0],
    /** Runs the effect of the newest step. */
    draw: async ({ below = false, run = first, tapped }: Drawing = {}) => {
      const params = { chatId: CHAT, below, ...(tapped === undefined ? {} : { messageId: tapped }) }
      const seq = await version()
      await run(jobOf(params, { seq, renewed: below ? seq : 0 }))
    },
  }
}

/** The first screen of the conversation, as it is stored. */
const SHOWN = {
  ...{ actor_id: CONVERSATION, chat_id: CHAT, message_id: 1, seq: 1 },
  ...{ floor: 0, digest: '', transient: false },
}

interface Drawing {
  below?: boolean
  run?: (job: EffectJob<RenderParams>) => Promise<void>
  tapped?: number
}

/** From the card of a model to the job at work. */
async function toWatching(tell: (event: { type: string }) => Promise<void>): Promise<void> {
  const quote = { priceKopecks: 0, credits: 0.8, availableKopecks: 0 }
  for (const event of [
    { type: 'draft.begun' },
    { type: 'text.received', text: 'a cat' },
    { type: 'option.chosen', value: '1:1' },
    { type: 'quote.ready', ...quote },
    { type: 'run.confirmed', serial: 1 },
    { type: 'job.started', jobId: RANDOM, modelId: 'z-image' },
  ]) {
    await tell(event)
  }
}

describe('render', () => {
  test('sends the first screen and says nothing while it stays the same', async (t) => {
    const { draw, calls, of } = await start(t)
    await draw()
    await draw()
    assert.deepEqual(calls(), ['sendMessage'])
    assert.match(String(of('sendMessage')[0]?.payload.text), /Z-Image/)
  })

  test('shows a link to the bot where one is to be shared', async (t) => {
    const { draw, of } = await start(t)
    await draw()
    const markup = of('sendMessage')[0]?.payload.reply_markup as {
      inline_keyboard: Record<string, string>[][]
    }
    const keys = markup.inline_keyboard.flat()
    const [link] = keys.flatMap(({ url }) => (url === undefined ? [] : [new URL(url)]))
    assert.equal(
      link?.searchParams.get('url'),
      'https://t.me/shop_bot?start=m_z-image_16',
      'with who invites',
    )
    assert.equal(link?.searchParams.get('text'), 'Z-Image — картинка по описанию')
    assert.ok(keys.every((key) => (key.url === undefined) !== (key.callback_data === undefined)))
  })

  test('edits the message when a button changed the screen', async (t) => {
    const { draw, tell, calls, of } = await start(t)
    await draw()
    await tell({ type: 'draft.begun' })
    await draw()
    assert.deepEqual(calls(), ['sendMessage', 'editMessageText'])
    assert.equal(of('editMessageText')[0]?.payload.message_id, 101)
  })

  test('shows the newest screen whichever step asks, and only once', async (t) => {
    const { draw, tell, calls, of } = await start(t)
    await tell({ type: 'draft.begun' })
    await tell({ type: 'menu.pressed' })
    for (let n = 0; n < 3; n += 1) await draw()
    assert.deepEqual(calls(), ['sendMessage'])
    assert.match(String(of('sendMessage')[0]?.payload.text), /Просто напишите/)
  })

  test('stands below what the user wrote, and takes the old buttons away', async (t) => {
    const { draw, tell, calls, of } = await start(t)
    await draw()
    await tell({ type: 'command.menu' })
    await draw({ below: true })
    assert.deepEqual(calls(), ['sendMessage', 'sendMessage', 'editMessageReplyMarkup'])
    assert.equal(of('editMessageReplyMarkup')[0]?.payload.message_id, 101)
    await draw({ below: true })
    assert.equal(calls().length, 3)
  })

  test('takes the old buttons away by the reply to the message, where one is waited for', async (t) => {
    const { draw, tell, calls, replies, screen } = await start(t)
    await draw()
    const reply = await replies.during(CHAT, async () => {
      await tell({ type: 'command.menu' })
      await draw({ below: true })
    })
    const method = 'editMessageReplyMarkup'
    assert.deepEqual(reply, { method, chat_id: CHAT, message_id: 101 })
    assert.deepEqual(calls(), ['sendMessage', 'sendMessage'])
    assert.equal((await screen())?.message_id, 102)
    await draw({ below: true })
    await tell({ type: 'command.menu' })
    await draw({ below: true })
    assert.deepEqual(calls().slice(2), ['sendMessage', method], 'by a call where none is')
  })

  test('leaves nothing for the reply while the chat is held', async (t) => {
    const { draw, tell, calls, replies, flood } = await start(t)
    await draw()
    await tell({ type: 'command.menu' })
    flood.hold(CHAT, 60_000)
    const reply = await replies.during(CHAT, () => draw({ below: true }))
    assert.equal(reply, undefined)
    assert.deepEqual(calls(), ['sendMessage', 'sendMessage', 'editMessageReplyMarkup'])
  })

  test('leaves that for one reply only, until the old screen has buttons again', async (t) => {
    let isDown = false
    const { draw, tell, calls, replies, flood } = await start(t, ({ method }) =>
      isDown && method === 'sendMessage' ? new RetryableError('telegram.unavailable') : undefined,
    )
    await draw()
    const write = () =>
      replies.during(CHAT, async () => {
        await tell({ type: 'command.menu' })
        await draw({ below: true }).catch(() => {})
      })
    isDown = true
    assert.equal((await write())?.method, 'editMessageReplyMarkup')
    assert.equal(await write(), undefined, 'nothing was drawn in between')
    await draw()
    assert.deepEqual(calls(), ['sendMessage', 'sendMessage', 'sendMessage', 'editMessageText'])
    // Time for one more message in this chat.
    await flood.turn(CHAT)
    flood.giveBack(CHAT)
    assert.equal((await write())?.method, 'editMessageReplyMarkup')
    isDown = false
    assert.equal(await write(), undefined)
    assert.equal(calls().includes('editMessageReplyMarkup'), false)
  })

  test('edits the message that was tapped, and answers a tap on an older one below', async (t) => {
    const { draw, tell, calls, screen } = await start(t)
    await draw()
    await tell({ type: 'draft.begun' })
    await draw({ tapped: 101 })
    assert.deepEqual(calls(), ['sendMessage', 'editMessageText'])
    await tell({ type: 'tap.stale' })
    await draw({ tapped: 55 })
    await draw({ tapped: 55 })
    assert.deepEqual(calls().slice(2), ['sendMessage', 'editMessageReplyMarkup'])
    assert.equal((await screen())?.message_id, 103)
  })

  test('stands below even when it was drawn too late', async (t) => {
    const { draw, tell, of } = await start(t)
    await draw()
    await tell({ type: 'draft.begun' })
    await tell({ type: 'text.received', text: 'a cat' })
    await tell({ type: 'option.chosen', value: '1:1' })
    // Nothing to show while the price is asked, but the user has written.
    await draw({ below: true })
    await tell({ type: 'quote.refused', reason: 'unpriced' })
    await draw()
    assert.equal(of('sendMessage').length, 2)
    assert.equal(of('editMessageText').length, 0)
  })

  test('removes a screen of progress that nobody needs any more', async (t) => {
    const { draw, tell, of, replies } = await start(t)
    await toWatching(tell)
    await draw()
    await tell({ type: 'job.delivered', jobId: RANDOM, modelId: 'z-image', priceKopecks: 0 })
    const reply = await replies.during(CHAT, () => draw({ below: true }))
    assert.equal(reply, undefined, 'not before something else is there')
    assert.deepEqual(
      of('deleteMessage').map(({ payload }) => payload.message_id),
      [101],
    )
  })

  test('takes "message is not modified" for success', async (t) => {
    const refusal = new TerminalError('telegram.refused', {
      detail: 'Bad Request: message is not modified: specified new message content…',
    })
    const { draw, tell, calls } = await start(t, ({ method }) =>
      method === 'editMessageText' ? refusal : undefined,
    )
    await draw()
    await tell({ type: 'draft.begun' })
    await draw()
    await draw()
    assert.deepEqual(calls(), ['sendMessage', 'editMessageText'])
  })

  test('sends a new message when the old one is gone', async (t) => {
    const gone = new TerminalError('telegram.refused', {
      detail: 'Bad Request: message to edit not found',
    })
    const { draw, tell, of, screen } = await start(t, ({ method }) =>
      method === 'editMessageText' ? gone : undefined,
    )
    await draw()
    await tell({ type: 'draft.begun' })
    await draw()
    assert.equal(of('sendMessage').length, 2)
    assert.notEqual((await screen())?.message_id, 101)
  })

  test('of two processes that draw one chat leaves the newest screen standing', async (t) => {
    const slow = Promise.withResolvers<void>()
    const { draw, tell, createProcess, of } = await start(t, async (_call, earlier) => {
      if (earlier === 0) await slow.promise
    })
    const [one, other] = [createProcess(), createProcess()]
    const first = draw({ run: one })
    await waitFor(() => of('sendMessage').length === 1, { what: 'the first call' })
    await tell({ type: 'draft.begun' })
    await draw({ run: other })
    slow.resolve()
    await first
    const shown = (text: unknown) => /Опишите|промпт|картинк/i.test(String(text))
    const last = [...of('sendMessage'), ...of('editMessageText')].at(-1)
    assert.ok(shown(last?.payload.text), String(last?.payload.text))
  })

  test('leaves nothing older below the newest screen, when another process sends late', async (t) => {
    const slow = Promise.withResolvers<void>()
    const { draw, tell, createProcess, of, chat, screen } = await start(
      t,
      async (_call, earlier) => {
        if (earlier === 0) await slow.promise
      },
    )
    const late = draw({ run: createProcess({ isOther: true }) })
    await waitFor(() => of('sendMessage').length === 1, { what: 'the first call' })
    await tell({ type: 'draft.begun' })
    await draw({ below: true })
    slow.resolve()
    await late
    const { newest, withButtons } = chat()
    const [, second] = of('sendMessage')
    assert.equal(newest?.[1].text, second?.payload.text)
    assert.deepEqual(withButtons, [newest?.[0]])
    assert.equal((await screen())?.message_id, newest?.[0])
  })

  test('edits the newer message of another process when it was shown meanwhile', async (t) => {
    const slow = Promise.withResolvers<void>()
    const { draw, tell, createProcess, of, chat, screen } = await start(
      t,
      async ({ method }, n) => {
        if (method === 'editMessageText' && n === 0) await slow.promise
      },
    )
    await draw()
    const other = createProcess({ isOther: true })
    await tell({ type: 'draft.begun' })
    const edited = draw()
    await waitFor(() => of('editMessageText').length === 1, { what: 'the edit' })
    await draw({ run: other, below: true })
    await tell({ type: 'text.received', text: 'a cat' })
    slow.resolve()
    await edited
    await draw()
    const { newest, withButtons } = chat()
    assert.deepEqual(withButtons, [newest?.[0]])
    assert.equal((await screen())?.message_id, newest?.[0])
    assert.match(String(newest?.[1].text), /Шаг 2 из 2/)
  })

  test('edits again when another process may have edited the same message in between', async (t) => {
    const slow = Promise.withResolvers<void>()
    const stored = Promise.withResolvers<void>()
    const asks = Promise.withResolvers<void>()
    const reads = Promise.withResolvers<void>()
    const { draw, tell, createProcess, of, chat, waitingDb } = await start(
      t,
      async ({ method }, earlier) => {
        if (method === 'editMessageText' && earlier === 0) await slow.promise
      },
    )
    // The one that is ahead stores its edit only when the other one is about to look what is shown.
    let isHeld = false
    const ahead = createProcess({ db: waitingDb(() => (isHeld ? stored.promise : undefined)) })
    let connections = 0
    const behind = createProcess({
      isOther: true,
      db: waitingDb(() => {
        connections += 1
        if (connections !== 3) return undefined
        asks.resolve()
        return reads.promise
      }),
    })
    await draw({ run: ahead })
    await tell({ type: 'draft.begun' })
    const late = draw({ run: behind })
    await waitFor(() => of('editMessageText').length === 1, { what: 'the late edit' })
    await tell({ type: 'text.received', text: 'a cat' })
    isHeld = true
    const newest = draw({ run: ahead })
    await waitFor(() => of('editMessageText').length === 2, { what: 'the newest edit' })
    const wanted = of('editMessageText')[1]?.payload.text
    slow.resolve()
    await asks.promise
    stored.resolve()
    await newest
    reads.resolve()
    await late
    assert.equal(chat().newest?.[1].text, wanted)
  })

  test('takes a step of its own that is still being stored for no other process’s', async (t) => {
    const { deps, tell } = await createBench(t)
    await tell({ type: 'command.start', payload: '', languageCode: 'ru' })
    const own = Promise.withResolvers<number>()
    const ours = createScreenStore({ db: deps.db, versionOf: () => own.promise })
    const saved = ours.save(SHOWN, 1)
    own.resolve(2)
    assert.equal(await saved, true)
    const elsewhere = createScreenStore({ db: deps.db, versionOf: async () => 1 })
    assert.equal(await elsewhere.save(SHOWN, 1), false)
  })

  test('reads which message shows a chat before it draws it, and forgets what may be out of date', async (t) => {
    const { deps, tell } = await createBench(t)
    await tell({ type: 'command.start', payload: '', languageCode: 'ru' })
    const create = () => createScreenStore({ db: deps.db, versionOf: async () => 1 })
    await create().save(SHOWN, 1)
    const screens = create()
    assert.equal(screens.peek(CONVERSATION), undefined)
    screens.refresh(CONVERSATION)
    assert.equal((await screens.read(CONVERSATION))?.message_id, 1)
    assert.equal(screens.peek(CONVERSATION)?.message_id, 1)
    screens.refresh(CONVERSATION)
    const old = screens.read(CONVERSATION)
    screens.forget(CONVERSATION)
    assert.equal((await old)?.message_id, 1)
    assert.equal(screens.peek(CONVERSATION), undefined)
    screens.refresh(CONVERSATION)
    const late = screens.read(CONVERSATION)
    await screens.save({ ...SHOWN, message_id: 2 }, 1)
    await late
    assert.equal(screens.peek(CONVERSATION)?.message_id, 2)
  })

  test('is over when nobody is there to see it', async (t) => {
    const { draw, calls } = await start(t, () => new TerminalError('telegram.blocked'))
    await draw()
    assert.deepEqual(calls(), ['sendMessage'])
  })

  for (const error of [
    new UnknownOutcomeError('telegram.unknown'),
    new RetryableError('telegram.flooded', { retryAfterMs: 10 }),
    new RetryableError('telegram.unavailable'),
  ]) {
    test(`comes again after ${error.code}, and is seen then`, async (t) => {
      const { draw, of, screen } = await start(t, (_call, earlier) =>
        earlier === 0 ? error : undefined,
      )
      await assert.rejects(draw(), RetryableError)
      await draw()
      assert.equal(of('sendMessage').length, 2)
      assert.equal((await screen())?.message_id, 101)
    })
  }
})
