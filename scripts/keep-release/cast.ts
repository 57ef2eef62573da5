import type { EventObject } from 'xstate'
import { noticeEffect } from '../../src/actors/effects/notice.ts'
import { attemptEffect } from '../../src/actors/engine/attempt.ts'
import type { EffectJob } from '../../src/actors/engine/effect.ts'
import { TerminalError } from '../../src/errors.ts'
import { conversationId } from '../../src/machines/conversation/actor-id.ts'
import { inviteLink } from '../../src/machines/conversation/start-links.ts'
import type { JobInput } from '../../src/machines/job/context.ts'
import { jobSamples } from '../../src/machines/job/samples.ts'
import type { TopupInput } from '../../src/machines/topup/context.ts'
import { topupSamples } from '../../src/machines/topup/samples.ts'
import { claimAlert } from '../../src/store/alerts.ts'
import { loadActor } from '../../src/store/engine/actors.ts'
import { writeDeadLetter } from '../../src/store/engine/dead-letters.ts'
import { bookMovements } from '../../src/store/ledger.ts'
import { createPromo } from '../../src/store/promo.ts'
import { closeRefundRequest, openRefundRequest } from '../../src/store/refund-requests.ts'
import { saveScreens } from '../../src/store/screens.ts'
import { beginSend, finishSend } from '../../src/store/sends.ts'
import { bringNews, FILES_HOST, payIn } from './companions.ts'
import { ADMIN_ID, BOT_ID, EPOCH, type Life } from './life.ts'
import { type Counts, follow, type Walker, wander, waysOf } from './walks.ts'

const RICH_KOPECKS = 500_000
/** Chats of dialogues that were led somewhere begin here, those of wanderers there, of buyers last. */
const LED_FROM = 10_001
const WANDERERS_FROM = 20_001
const BUYERS_FROM = 30_001
const BUYERS = 3

const chatOf = (userId: number) => conversationId(BOT_ID, userId)
const languageOf = (n: number): 'ru' | 'en' => (n % 3 === 2 ? 'en' : 'ru')

/** Somebody arrives and puts money on the account. */
async function arrive(life: Life, userId: number, payload = ''): Promise<string> {
  life.rewind()
  const actor = chatOf(userId)
  const languageCode = languageOf(userId)
  const hello = { type: 'command.start', payload, languageCode }
  await life.send(actor, hello)
  await life.settle(actor)
  return actor
}

async function arriveRich(life: Life, userId: number): Promise<string> {
  const conversation = await arrive(life, userId)
  await payIn(life, { userId, conversation, kopecks: RICH_KOPECKS })
  await life.settle(conversation)
  return conversation
}

/** A dialogue in every state, and some that went everywhere. */
async function conversations(life: Life, counts: Counts): Promise<void> {
  for (const [n, way] of waysOf('conversation').entries()) {
    const actor = await arriveRich(life, LED_FROM + n)
    await follow(life, { actor }, way)
  }
  for (let n = 0; n < 24; n += 1) {
    const actor = await arriveRich(life, WANDERERS_FROM + n)
    await wander(life, { actor, rawTaps: n % 3 === 0 }, { steps: 60, counts })
  }
}

const replacing = (pairs: readonly [string, string][]): NonNullable<Walker['retarget']> => {
  return (event) => {
    const text = pairs.reduce((t, [from, to]) => t.replaceAll(from, to), JSON.stringify(event))
    return JSON.parse(text) as EventObject
  }
}

/** An order of its own for every walk; returns who walks. */
async function beginJob(life: Life, name: string, beginning: string): Promise<Walker> {
  life.rewind()
  const id = life.hash(`job ${name}`)
  const userId = BUYERS_FROM + (Number.parseInt(id.slice(0, 4), 16) % BUYERS)
  const sample = jobSamples.inputs[beginning] as JobInput
  const limits = { daily: 1_000, hourly: 1_000, budgetCredits: 1_000_000 }
  const input: JobInput = {
    ...sample,
    ...{ id, userId, chatId: userId, conversation: chatOf(userId), language: languageOf(userId) },
    ...(sample.priceKopecks > 0 ? {} : { free: limits }),
    usdRubRate: 78.57,
    at: life.now(),
  }
  const actor = `job:${id}`
  await life.send(actor, { type: 'actor.begun' }, input)
  return {
    actor,
    retarget: replacing([
      ['task-1', `task-${id}`],
      ['files.example', FILES_HOST],
    ]),
  }
}

/** An order in every state, and some that had all kinds of luck. */
async function jobs(life: Life, counts: Counts): Promise<void> {
  for (const way of waysOf('job')) {
    for (const beginning of Object.keys(jobSamples.inputs)) {
      // A free order of words has no files to wait for.
      const isUsual = beginning === way.beginning
      if (!isUsual && way.events.some(({ type }) => type.startsWith('inputs.'))) continue
      if (!isUsual && way.state === 'preparing') continue
      const walker = await beginJob(life, `${way.state} ${beginning}`, beginning)
      await follow(life, walker, way)
    }
  }
  for (let n = 0; n < 36; n += 1) {
    const beginning = Object.keys(jobSamples.inputs)[n % 2] as string
    const walker = await beginJob(life, `wanderer ${n}`, beginning)
    await wander(life, walker, { steps: 16, counts })
  }
}

async function beginTopup(life: Life, name: string, beginning: string): Promise<Walker> {
  life.rewind()
  const id = life.hash(`topup ${name}`)
  const userId = BUYERS_FROM + (Number.parseInt(id.slice(0, 4), 16) % BUYERS)
  const sample = topupSamples.inputs[beginning] as TopupInput
  const input = { ...sample, id, userId, botId: BOT_ID, language: languageOf(userId) }
  const actor = `topup:${id}`
  await life.send(actor, { type: 'actor.begun' }, { ...input, at: life.now() })
  const retarget = replacing([
    ['charge-1', `charge-${id}`],
    ['"userId":7', `"userId":${userId}`],
    ['"adminId":1', `"adminId":${ADMIN_ID}`],
    ['"fileId":"receipt"', `"fileId":"receipt-${id}"`],
    ['"uniqueId":"r"', `"uniqueId":"r-${id}"`],
  ])
  return { actor, retarget }
}

async function topups(life: Life, counts: Counts): Promise<void> {
  for (const way of waysOf('topup')) {
    await follow(life, await beginTopup(life, way.state, way.beginning), way)
  }
  const beginnings = Object.keys(topupSamples.inputs)
  for (let n = 0; n < 24; n += 1) {
    const beginning = beginnings[n % beginnings.length] as string
    const walker = await beginTopup(life, `wanderer ${n}`, beginning)
    await wander(life, walker, { steps: 12, counts })
  }
}

/** Codes of all kinds. */
async function promoCodes(life: Life): Promise<void> {
  const { db } = life
  const until = new Date(EPOCH + 30 * 86_400_000)
  const about = { limit: 50, expiresAt: until, madeBy: ADMIN_ID }
  await createPromo(db, { code: 'SPRING', kopecks: 10_000, free: 0, ...about })
  await createPromo(db, { code: 'FREE5', kopecks: 0, free: 5, ...about, limit: 1 })
  await createPromo(db, {
    code: 'OLD',
    kopecks: 100,
    free: 0,
    ...about,
    expiresAt: new Date(EPOCH),
  })
}

/** Friends who came, and what they got for it and for a code. */
async function gifts(life: Life): Promise<void> {
  const inviter = BUYERS_FROM
  for (const [n, code] of ['SPRING', 'FREE5', 'FREE5', 'OLD'].entries()) {
    const actor = await arrive(life, inviter + 100 + n, inviteLink(inviter))
    await life.send(actor, { type: 'command.promo', payload: code } as EventObject)
    await life.settle(actor, { type: 'promo.redeemed' })
  }
}

/**
 * A payment that Telegram gave back after its money was spent, balances that an admin put right, and
 * wishes to get payments back.
 */
async function returns(life: Life): Promise<void> {
  const { db, hash } = life
  const userId = BUYERS_FROM + 200
  const conversation = await arrive(life, userId)
  const topupId = await payIn(life, { userId, conversation, kopecks: 10_000 })
  const id = hash('spent')
  const input = { ...(jobSamples.inputs['with a picture'] as JobInput), id, userId, chatId: userId }
  const order = { ...input, conversation, priceKopecks: 14_000, at: life.now() }
  await life.send(`job:${id}`, { type: 'actor.begun' }, order)
  const news = { type: 'job.delivered', jobId: id } as EventObject
  if (!(await bringNews(life, conversation, news))) throw new Error('the order was not delivered')
  const charge = { chargeId: `charge-${topupId}`, userId, stars: 160 }
  const back = { type: 'refund.reported', ...charge, bookedKopecks: 1_000 }
  await life.send(`topup:${topupId}`, back)
  await life.settle(`topup:${topupId}`)
  // The next money that comes pays a part of the debt.
  await payIn(life, { userId, conversation, kopecks: 5_000, name: 'second' })

  await life.send(`job:${id}`, { type: 'operator.refund', by: 'Ann', why: 'asked' } as EventObject)
  await life.settle(`job:${id}`)

  // Telegram will not give these Stars back.
  const payer = { userId: BUYERS_FROM + 1, conversation: chatOf(BUYERS_FROM + 1) }
  const kept = await payIn(life, { ...payer, kopecks: 7_000, name: 'kept' })
  const chargeId = `charge-${kept}`
  for (const event of [
    { type: 'refund.requested', chargeId, adminId: ADMIN_ID, reason: 'Paid twice' },
    { type: 'refund.failed', chargeId, code: 'telegram.refused' },
  ]) {
    await life.send(`topup:${kept}`, event)
    await life.settle(`topup:${kept}`)
  }

  const right = { userId: BUYERS_FROM, madeBy: ADMIN_ID, reason: 'late delivery' }
  await bookMovements(db, [
    { ...right, kind: 'credit', ref: 'kept:credit', kopecks: 500 },
    { ...right, kind: 'debit', ref: 'kept:debit', kopecks: 200 },
  ])

  for (const [n, state] of ['open', 'granted', 'declined'].entries()) {
    const asking = BUYERS_FROM + n
    const charge_id = `charge-${hash(`first top-up of ${asking}`)}`
    await openRefundRequest(db, { charge_id, user_id: asking })
    if (state === 'open') continue
    const decision = { state: state as 'declined', by: ADMIN_ID, at: new Date(EPOCH) }
    await closeRefundRequest(db, charge_id, decision)
  }
}

/** One letter of every kind, as those write them who could not go on. */
async function letters(life: Life): Promise<void> {
  const { db, deps } = life
  const actor = await arrive(life, BUYERS_FROM + 300)
  const receipt = await life.send(actor, { type: 'command.search' })
  if (receipt.outcome !== 'poisoned') throw new Error(`a search for nothing: ${receipt.outcome}`)
  const handler = async () => {
    throw new TerminalError('telegram.refused', { detail: 'chat not found' })
  }
  const params = { chatId: BUYERS_FROM + 300, text: 'Hello' }
  const job: EffectJob = { actor, seq: 2, index: 0, at: EPOCH, attempt: 1, renewed: 0, params }
  const effect = { declaration: noticeEffect, handler }
  const never = new AbortController().signal
  await attemptEffect(effect, job, { ...deps, send: deps.runtime.send }, never)
  const unreadable = { update_id: 1, message: { message_id: 1 } }
  const strange = { code: 200, data: { taskId: 'nobody', state: 'melted' } }
  for (const [kind, subject, payload] of [
    ['update', '1', unreadable],
    ['callback', 'nobody', strange],
  ] as const) {
    const about = { key: 'kept', payload: JSON.stringify(payload), error: 'unreadable' }
    await writeDeadLetter(db, { kind, subject, ...about })
  }
}

/** What effects leave in the database beside their actors. */
async function traces(life: Life): Promise<void> {
  const { db } = life
  for (let n = 0; n < BUYERS; n += 1) {
    const userId = BUYERS_FROM + n
    const actor = chatOf(userId)
    const seq = Number((await loadActor(db, actor))?.version)
    const screen = { message_id: 10 + n, seq, floor: 1, digest: 'abcdef', transient: false }
    await saveScreens(db, [{ actor_id: actor, chat_id: userId, ...screen }])
    await beginSend(db, `${actor}#1.0`, userId)
    if (n === 0) continue
    const sent = { method: 'sendPhoto', messageIds: [20 + n], fileIds: [`file-${n}`] }
    await finishSend(db, `${actor}#1.0`, sent)
  }
  await claimAlert(db, 'job', new Date(EPOCH), 60_000)
}

/**
 * Everybody's lives, in the same order and with the same outcome every time: dialogues, orders and
 * top-ups that rest in every state there is, and such that went wherever nobody else had been.
 * Returns how often each kind of event was sent in each state by those.
 */
export async function liveAll(life: Life): Promise<Counts> {
  const counts: Counts = new Map()
  await promoCodes(life)
  for (let n = 0; n < BUYERS; n += 1) await arriveRich(life, BUYERS_FROM + n)
  await conversations(life, counts)
  await jobs(life, counts)
  await topups(life, counts)
  await gifts(life)
  await returns(life)
  await letters(life)
  await traces(life)
  return counts
}
