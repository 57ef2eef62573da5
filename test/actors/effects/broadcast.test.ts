import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import {
  type BroadcastDeps,
  createBatchHandler,
  createTurnHandler,
} from '../../../src/actors/effects/broadcast.ts'
import { createNewsHandler } from '../../../src/actors/effects/news.ts'
import { RetryableError, TerminalError, UnknownOutcomeError } from '../../../src/errors.ts'
import type { BroadcastContext, BroadcastInput } from '../../../src/machines/broadcast/context.ts'
import { broadcastActor } from '../../../src/machines/broadcast/definition.ts'
import type { BroadcastEvent } from '../../../src/machines/broadcast/events.ts'
import { newsTapIn } from '../../../src/machines/broadcast/news-taps.ts'
import { setNewsChoice } from '../../../src/store/news.ts'
import { setBan } from '../../../src/store/persons.ts'
import { recordUsers } from '../../../src/store/users.ts'
import { waitFor } from '../../support/wait.ts'
import { createBench, createStubApi, jobOf, never, openGate } from './bench.ts'

const ADMIN = 1000
const FIRST = 2000
const content = { chatId: ADMIN, messageId: 5, kind: 'text', words: 'News' }

/** A broadcast that was previewed, with so many users it is for. */
async function createStage(
  t: TestContext,
  { users = 10, answer }: { users?: number; answer?: Parameters<typeof createStubApi>[0] } = {},
) {
  const bench = await createBench(t)
  const { deps, pool } = bench
  const { db, runtime } = deps
  await recordUsers(
    db,
    Array.from({ length: users }, (_, i) => ({
      id: FIRST + i,
      language: i % 2 === 0 ? ('ru' as const) : ('en' as const),
      blocked: false,
    })),
  )
  const { api, of } = createStubApi(answer)
  const mailing: BroadcastDeps = {
    ...{ ...deps, api, flood: openGate(), botId: 7, sendsPerS: 30_000 },
    botUsername: async () => 'trt_bot',
  }
  let keys = 0
  const nextKey = () => {
    keys += 1
    return keys
  }
  const begin = async (id: string) => {
    const actor = broadcastActor(id)
    const input: BroadcastInput = { id, botId: 7, madeBy: ADMIN, language: 'ru', at: 0 }
    await runtime.send({ actor, key: 'begun', event: { type: 'actor.begun' }, input })
    const tell = async (event: BroadcastEvent) => {
      const receipt = await runtime.send({ actor, key: `k${nextKey()}`, event })
      assert.equal(receipt.outcome, 'committed')
    }
    const one = {
      actor,
      tell,
      state: () => runtime.peek(actor)?.snapshot.value,
      context: () => runtime.peek(actor)?.snapshot.context as BroadcastContext,
      turn: () => {
        const { audience } = one.context()
        const handle = createTurnHandler(mailing)
        return handle(
          jobOf({ broadcastId: id, audience }, { actor, seq: 1_000 + nextKey() }),
          never,
        )
      },
      batch: (more: Partial<BroadcastDeps> = {}) => {
        const { batch, buttons } = one.context()
        const handle = createBatchHandler({ ...mailing, ...more })
        const params = { broadcastId: id, content, buttons, batch }
        return handle(jobOf(params, { actor, seq: 2_000 + nextKey() }), never)
      },
      rows: async () => {
        const { rows } = await pool.query<{ user_id: number; status: string }>(
          'select user_id, status from broadcast_recipients where broadcast_id = $1 order by user_id',
          [id],
        )
        return rows.map(({ status }) => status)
      },
    }
    await tell({ type: 'content.given', content })
    await tell({ type: 'preview.sent' })
    await tell({ type: 'start.wanted' })
    return one
  }
  const sentTo = () => of('copyMessage').map(({ payload }) => payload.chat_id as number)
  return { ...bench, mailing, begin, of, sentTo }
}

describe('a broadcast', () => {
  test('reaches everybody it is for once, with its buttons and the way out', async (t) => {
    const { begin, of, sentTo, deps } = await createStage(t)
    await setNewsChoice(deps.db, FIRST, 'off')
    await setBan(deps.db, { userId: FIRST + 1, by: ADMIN, words: 'spam' })
    await recordUsers(deps.db, [{ id: FIRST + 2, language: 'ru', blocked: true }])
    const one = await begin('a')
    await one.turn()
    await one.batch()
    assert.equal(one.state(), 'done')
    assert.deepEqual(
      sentTo().sort(),
      Array.from({ length: 7 }, (_, i) => FIRST + 3 + i),
    )
    assert.equal(one.context().progress.sent, 7)
    const [{ payload } = assert.fail()] = of('copyMessage')
    const { inline_keyboard: keyboard } = payload.reply_markup as {
      inline_keyboard: { text: string; callback_data: string }[][]
    }
    const data = keyboard.at(-1)?.[0]?.callback_data ?? ''
    assert.deepEqual(newsTapIn(data), { type: 'news.muted', broadcastId: 'a' })
  })

  test('goes on after a death with whoever it had not begun to send to: of 300 only those in flight are missing', async (t) => {
    let died = false
    const { begin, sentTo } = await createStage(t, {
      users: 300,
      // From the 150th call on nothing answers any more, until another process takes over.
      answer: (_, earlier) => (earlier >= 150 && !died ? new Promise(() => {}) : undefined),
    })
    const one = await begin('a')
    await one.turn()
    void one.batch()
    const rows = async () => Map.groupBy(await one.rows(), (status) => status)
    await waitFor(async () => (await rows()).get('sending')?.length === 8, {
      what: 'calls without an answer',
    })
    died = true
    await one.batch()
    assert.equal(one.state(), 'done')
    assert.equal(new Set(sentTo()).size, sentTo().length)
    const { total, sent, lost } = one.context().progress
    assert.deepEqual({ total, sent, lost }, { total: 300, sent: 292, lost: 8 })
    assert.equal((await rows()).get('lost')?.length, 8)
  })

  test('is sent by two processes that think each other dead, and nobody gets it twice', async (t) => {
    const { begin, sentTo } = await createStage(t, { users: 60 })
    const one = await begin('a')
    await one.turn()
    await Promise.all([one.batch(), one.batch()])
    assert.equal(new Set(sentTo()).size, sentTo().length)
    assert.equal(sentTo().length, 60)
  })

  test('notes who has blocked the bot, and what may have arrived', async (t) => {
    const { begin, deps } = await createStage(t, {
      users: 5,
      answer: ({ payload }) =>
        ({
          [FIRST]: new TerminalError('telegram.blocked'),
          [FIRST + 1]: new UnknownOutcomeError('telegram.unknown'),
          [FIRST + 2]: new TerminalError('telegram.refused'),
        })[payload.chat_id as number],
    })
    const one = await begin('a')
    await one.turn()
    await one.batch()
    assert.deepEqual(await one.rows(), ['blocked', 'lost', 'failed', 'sent', 'sent'])
    const blocked = await deps.db
      .selectFrom('users')
      .select('id')
      .where('blocked_at', 'is not', null)
      .execute()
    assert.deepEqual(blocked, [{ id: FIRST }])
  })

  test('rests when Telegram asks to wait, and loses nobody by it', async (t) => {
    let floods = 1
    const { begin, sentTo } = await createStage(t, {
      answer: () => {
        floods -= 1
        return floods < 0
          ? undefined
          : new RetryableError('telegram.flooded', { retryAfterMs: 7_000 })
      },
    })
    const one = await begin('a')
    await one.turn()
    await one.batch()
    assert.equal(one.state(), 'resting')
    assert.equal(one.context().restMs, 7_000)
    await one.tell({ type: 'xstate.after.rest.broadcast.resting' } as never)
    await one.batch()
    assert.equal(one.state(), 'done')
    assert.equal(one.context().progress.sent, 10)
    // The one who was refused was tried again.
    assert.equal(sentTo().length, 11)
  })

  test('stops within a message when it is paused, and goes on where it stopped', async (t) => {
    let pausing: Promise<unknown> | undefined
    const { begin, sentTo } = await createStage(t, {
      users: 40,
      // Those in flight with it end after it: a machine that is slow at committing sends no more.
      answer: async (_, earlier) => {
        if (earlier === 10) pausing = one.tell({ type: 'pause.wanted' })
        await pausing
      },
    })
    const one = await begin('a')
    await one.turn()
    await one.batch()
    assert.equal(one.state(), 'paused')
    assert.ok(sentTo().length < 25, `${sentTo().length} were sent`)
    assert.equal(one.context().progress.sent, sentTo().length)
    await one.tell({ type: 'resume.wanted' })
    await one.turn()
    await one.batch()
    assert.equal(one.state(), 'done')
    assert.equal(sentTo().length, 40)
    assert.equal(new Set(sentTo()).size, 40)
  })

  test('stops by itself when its message is gone, and keeps everybody waiting', async (t) => {
    const { begin } = await createStage(t, {
      answer: () => new TerminalError('telegram.refused', { detail: 'message to copy not found' }),
    })
    const one = await begin('a')
    await one.turn()
    await one.batch()
    assert.equal(one.state(), 'paused')
    assert.equal(one.context().trouble, 'broadcast.gone')
    assert.deepEqual(new Set(await one.rows()), new Set(['waiting']))
  })

  test('waits while another one is being sent', async (t) => {
    const { begin } = await createStage(t)
    const [first, second] = [await begin('a'), await begin('b')]
    await first.turn()
    await second.turn()
    assert.equal(first.state(), 'sending')
    assert.equal(second.state(), 'queued')
    await first.batch()
    await second.tell({ type: 'xstate.after.turnPause.broadcast.queued' } as never)
    await second.turn()
    assert.equal(second.state(), 'sending')
  })

  test('passes by whoever opts out after the start, and keeps that for the next', async (t) => {
    const { begin, mailing, of, sentTo } = await createStage(t, { users: 3 })
    const one = await begin('a')
    await one.turn()
    const choose = createNewsHandler(mailing)
    const about = { userId: FIRST, chatId: FIRST, language: 'ru' as const, messageId: 9 }
    await choose(jobOf({ ...about, choice: 'off' as const, broadcastId: 'a' }), never)
    await one.batch()
    assert.deepEqual(await one.rows(), ['skipped', 'sent', 'sent'])
    const [edit] = of('editMessageReplyMarkup')
    assert.match(JSON.stringify(edit?.payload), /n:on:a/)
    const next = await begin('b')
    await next.turn()
    await next.batch()
    assert.deepEqual(sentTo().slice(2).sort(), [FIRST + 1, FIRST + 2])
  })
})
