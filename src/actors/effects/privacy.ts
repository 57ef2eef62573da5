import { randomInt } from 'node:crypto'
import { Readable } from 'node:stream'
import { conversationId } from '../../machines/conversation/actor-id.ts'
import type { Staff } from '../../machines/conversation/admin/roles.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { JOB_STATUSES } from '../../machines/job/statuses.ts'
import { supportActor } from '../../machines/support/definition.ts'
import { type Language, translator } from '../../machines/texts/translate.ts'
import { IN_HAND } from '../../machines/topup/statuses.ts'
import { type ErasureOutcome, erasePerson, readOpenBusiness } from '../../store/erasure.ts'
import { exportPerson } from '../../store/person-export.ts'
import { type EffectHandler, effectKey } from '../engine/effect.ts'
import type { PersonMarks } from '../person-mark.ts'
import type { TelegramApi } from '../telegram/api.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { sendGently } from '../telegram/send-gently.ts'
import { ASKED, BEGUN, declareEffect, MINUTE, userSchema, userTurn } from './declare.ts'
import type { EffectDeps } from './deps.ts'

export interface PrivacyDeps extends EffectDeps {
  api: TelegramApi
  flood: FloodGate
  botId: number
  staff: Staff
  marks: PersonMarks
}

const STATUSES = { ended: JOB_STATUSES.ended, inHand: IN_HAND }
/** Telegram's ids end below it. */
const FIRST_ALIAS = 2 ** 52
const UPLOAD_MS = 300_000

/** Sends all that is kept about a person into a chat: their own, or that of an admin. */
export const createPersonExport =
  ({ db, api, botId }: Pick<PrivacyDeps, 'db' | 'api' | 'botId'>) =>
  async (
    { userId, chatId }: { userId: number; chatId: number },
    signal: AbortSignal,
  ): Promise<void> => {
    const who = {
      ...{ userId, actor: conversationId(botId, userId) },
      support: supportActor(botId, userId),
    }
    const source = Readable.from(exportPerson(db, who))
    await api.call(
      'sendDocument',
      { chat_id: chatId, document: { source, filename: 'my-data.json' } },
      { signal, timeoutMs: UPLOAD_MS },
    )
  }

/**
 * Erases a person, and tells them in the message that showed their screen: nothing is kept of that.
 * 'open': something of theirs must end first, and nothing was done.
 */
export const createEraser =
  (deps: PrivacyDeps) =>
  async (
    userId: number,
    askedBy: 'person' | 'admin',
    signal: AbortSignal,
  ): Promise<ErasureOutcome['outcome']> => {
    const { db, botId, staff, marks, now, log } = deps
    const { adminIds, financeIds = [], supportIds = [] } = staff
    const done = await erasePerson(db, {
      ...STATUSES,
      ...{ userId, botId, askedBy },
      alias: FIRST_ALIAS + randomInt(2 ** 47),
      mark: marks.markOf(userId),
      staffIds: [...adminIds, ...financeIds, ...supportIds],
      now: now(),
    })
    if (done.outcome === 'erased') {
      log.info({ askedBy }, 'the data of a person was erased')
      const { topic } = done
      if (topic !== null) await closeTopic(deps, topic, signal)
      await sayGoodbye(deps, { userId, ...done }, signal)
    }
    return done.outcome
  }

/** What the staff read of the person goes too, as far as Telegram lets a bot delete it. */
async function closeTopic(
  { api, log }: PrivacyDeps,
  { chatId, topicId }: { chatId: number; topicId: number },
  signal: AbortSignal,
): Promise<void> {
  const topic = { chat_id: chatId, message_thread_id: topicId }
  await api.call('deleteForumTopic', topic, { signal }).catch((error) => {
    log.warn({ err: error }, 'the topic of an erased person could not be deleted')
  })
}

async function sayGoodbye(
  { api, flood, log }: PrivacyDeps,
  { userId, language, messageId }: { userId: number; language: Language; messageId: number | null },
  signal: AbortSignal,
): Promise<void> {
  const words = { chat_id: userId, text: translator(language)('privacy.done') }
  try {
    if (messageId !== null) {
      await api.call('editMessageText', { ...words, message_id: messageId }, { signal })
      return
    }
  } catch (error) {
    log.debug({ err: error }, 'the last screen could not be changed')
  }
  await sendGently(flood, userId, () => api.call('sendMessage', words, { signal })).catch((error) =>
    log.warn({ err: error }, 'a person could not be told of the erasure'),
  )
}

/** Tells the conversation what an erasure would take, and what must end first. */
export const createErasureLook =
  ({ runtime, db }: EffectDeps): EffectHandler<{ userId: number }> =>
  async (job) => {
    const { availableKopecks, bonusKopecks, ...facts } = await readOpenBusiness(
      db,
      job.params.userId,
      STATUSES,
    )
    const kopecks = availableKopecks + bonusKopecks
    const event: ConversationEvent = { type: 'erasure.read', ...facts, kopecks }
    await runtime.send({ actor: job.actor, key: `erasure:${effectKey(job)}`, event })
  }

/** Erases who asks. Afterwards there is no dialogue that could be told anything. */
export const createEraseHandler = (deps: PrivacyDeps): EffectHandler<{ userId: number }> => {
  const erase = createEraser(deps)
  return async (job, signal) => {
    if ((await erase(job.params.userId, 'person', signal)) !== 'open') return
    const event: ConversationEvent = { type: 'erasure.refused' }
    await deps.runtime.send({ actor: job.actor, key: `erasure:${effectKey(job)}`, event })
  }
}

export const privacyEffects = [
  declareEffect({
    name: 'person.export',
    params: userSchema,
    delivery: 'once',
    queue: 'admin',
    patience: { attempts: 5, maxPauseMs: MINUTE },
    turn: userTurn,
    exhausted: null,
    handler: (deps: PrivacyDeps): EffectHandler<{ userId: number }> => {
      const send = createPersonExport(deps)
      return ({ params: { userId } }, signal) => send({ userId, chatId: userId }, signal)
    },
  }),
  declareEffect({
    name: 'erasure.look',
    params: userSchema,
    delivery: 'once',
    queue: 'account',
    patience: ASKED,
    exhausted: null,
    handler: createErasureLook,
  }),
  declareEffect({
    name: 'person.erase',
    params: userSchema,
    delivery: 'once',
    queue: 'account',
    patience: BEGUN,
    exhausted: null,
    handler: createEraseHandler,
  }),
] as const
