import { z } from 'zod'
import { RetryableError, TerminalError } from '../../errors.ts'
import { formatRub } from '../../machines/catalogue/pricing.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { lines } from '../../machines/conversation/screens/screen.ts'
import { momentText } from '../../machines/conversation/screens/time.ts'
import { SUPPORT_TAP_DATA, type SupportFacts } from '../../machines/conversation/support.ts'
import { titleById } from '../../machines/labels/models.ts'
import { supportActor } from '../../machines/support/definition.ts'
import { doneData } from '../../machines/support/desk-tap.ts'
import type { SupportEvent } from '../../machines/support/events.ts'
import { escapeHtml, type Language, translator } from '../../machines/texts/translate.ts'
import { readPersonOrders } from '../../store/persons.ts'
import { beginSend, finishSend, readSend } from '../../store/sends.ts'
import { noteMessage, readThread } from '../../store/support.ts'
import { nameOf } from '../../store/users.ts'
import { type EffectHandler, type EffectJob, effectKey } from '../engine/effect.ts'
import { together } from '../engine/together.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { orSeenTwice } from '../telegram/errors.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { isUnreachable, sendGently } from '../telegram/send-gently.ts'
import {
  ASKED,
  BEGUN,
  chatTurn,
  declareEffect,
  languageSchema,
  MINUTE,
  mediaSchema,
  userSchema,
} from './declare.ts'
import type { EffectDeps } from './deps.ts'

export interface SupportDeps extends EffectDeps {
  api: TelegramApi
  flood: FloodGate
  botId: number
  /** The chat of the staff: a forum group, another group, or an admin's own chat. */
  deskChatId: () => number | undefined
}

const said = { text: z.string().nullable(), media: mediaSchema.nullable() }
const saySchema = userSchema.extend({
  ...{ language: languageSchema, jobId: z.string().nullable(), ...said },
})
const postSchema = saySchema.extend({ isFirst: z.boolean() })
const answerSchema = z.object({
  ...{ chatId: z.int(), language: languageSchema, name: z.string(), ...said },
})
const noteSchema = userSchema.extend({
  language: languageSchema,
  name: z.string(),
  note: z.enum(['solvedByUser', 'solvedByStaff']),
})

/** As many orders as somebody may mean. */
const ORDERS = 3
const CAPTION = 1024
const TEXT = 4096
const TOPIC_NAME = 128

/** Kinds of files that carry words, and those that don't; by the method that sends them. */
const WITH_CAPTION = {
  photo: 'sendPhoto',
  document: 'sendDocument',
  video: 'sendVideo',
  audio: 'sendAudio',
  voice: 'sendVoice',
  animation: 'sendAnimation',
} as const
const WITHOUT_CAPTION = { video_note: 'sendVideoNote', sticker: 'sendSticker' } as const
const METHODS: Record<string, string> = { ...WITH_CAPTION, ...WITHOUT_CAPTION }

interface Letter {
  chatId: number
  topicId?: number | undefined
  /** Telegram HTML above what was said. */
  head: string
  text: string | null
  media: z.infer<typeof mediaSchema> | null
  keyboard?: { text: string; callback_data: string }[][]
}

type Fields = Record<string, unknown>

/** The messages of a letter: one, or two where the words don't fit the file. */
function messagesOf({ chatId, topicId, head, text, media, keyboard }: Letter): [string, Fields][] {
  const markup = keyboard === undefined ? {} : { reply_markup: { inline_keyboard: keyboard } }
  const common = {
    chat_id: chatId,
    ...(topicId === undefined ? {} : { message_thread_id: topicId }),
  }
  const words = lines(head, text !== null && escapeHtml(text))
  const method = METHODS[media?.kind ?? '']
  const html = { parse_mode: 'HTML' }
  if (media === null || method === undefined || media.fileId === undefined) {
    const whole = words.length <= TEXT ? words : `${words.slice(0, TEXT - 1)}…`
    return [['sendMessage', { ...common, text: whole, ...html, ...markup }]]
  }
  const file = { [media.kind]: media.fileId }
  const fits = media.kind in WITH_CAPTION && words.length <= CAPTION
  if (fits) return [[method, { ...common, ...file, caption: words, ...html, ...markup }]]
  return [
    ['sendMessage', { ...common, text: words, ...html }],
    [method, { ...common, ...file, ...markup }],
  ]
}

/**
 * Sends a letter; what certainly arrived is not sent again, what may have arrived is: a question or
 * an answer that is lost is worse than one that comes twice. Returns the ids of its messages.
 */
async function sendLetter(
  { db, api, flood }: SupportDeps,
  key: string,
  letter: Letter,
): Promise<number[]> {
  const ids: number[] = []
  for (const [index, [method, fields]] of messagesOf(letter).entries()) {
    const part = `${key}:${index}`
    const known = await readSend(db, part)
    if (known?.status === 'sent') {
      ids.push(...known.message_ids)
      continue
    }
    await beginSend(db, part, letter.chatId)
    const send = () => api.call(method as 'sendMessage', fields as never)
    const sent = await sendGently(flood, letter.chatId, send).catch((thrown) => {
      throw orSeenTwice(thrown)
    })
    await finishSend(db, part, { method, messageIds: [sent.message_id], fileIds: [] })
    ids.push(sent.message_id)
  }
  return ids
}

/** Brings what users say to the staff and back. */
export function createSupportHandlers(deps: SupportDeps) {
  const { runtime, db, api, flood, botId } = deps

  async function orderLine(userId: number, jobId: string | null, language: Language) {
    if (jobId === null) return false
    const orders = await readPersonOrders(db, userId, 50)
    const order = orders.find(({ id }) => id === jobId)
    if (order === undefined) return false
    const when = momentText(order.at.getTime(), language)
    const name = titleById(order.modelId, language)
    const price = formatRub(order.priceKopecks, language)
    const facts = [price, order.status, order.error, order.id].filter(Boolean)
    const line = [escapeHtml(name), when, escapeHtml(facts.join(' · '))].join(' · ')
    return translator(language)('support.desk.order', { order: line })
  }

  /** The topic of a thread; undefined: the chat of the staff has none. */
  async function openTopic(
    job: EffectJob<unknown>,
    deskChatId: number,
    { userId, name }: { userId: number; name: string },
  ) {
    if (deskChatId > 0) return undefined
    try {
      const title = [...`${name} · ${userId}`].slice(0, TOPIC_NAME).join('')
      const made = await sendGently(flood, deskChatId, () =>
        api.call('createForumTopic', { chat_id: deskChatId, name: title }),
      )
      const { message_thread_id: topicId } = made
      const event: SupportEvent = { type: 'topic.opened', chatId: deskChatId, topicId }
      await runtime.send({ actor: job.actor, key: `topic:${effectKey(job)}`, event })
      return topicId
    } catch (error) {
      if (error instanceof TerminalError) return undefined
      throw orSeenTwice(error)
    }
  }

  /** Into the thread's place in the chat of the staff, where a reply finds its user. */
  async function toDesk(
    job: EffectJob<{ userId: number; language: Language }>,
    letter: Pick<Letter, 'head' | 'text' | 'media'>,
  ): Promise<void> {
    const { userId, language } = job.params
    const deskChatId = deps.deskChatId()
    if (deskChatId === undefined) throw new RetryableError('support.unstaffed')
    const t = translator(language)
    const name = (await nameOf(db, userId)) ?? String(userId)
    const thread = await readThread(db, userId)
    const known = thread?.topic?.chatId === deskChatId ? thread.topic.topicId : undefined
    const topicId = known ?? (await openTopic(job, deskChatId, { userId, name }))
    const from = t('support.desk.from', { name: escapeHtml(name), user: userId, language })
    const whole = {
      ...letter,
      head: lines(from, letter.head),
      chatId: deskChatId,
      keyboard: [[{ text: t('support.desk.done'), callback_data: doneData(userId) }]],
    }
    const key = `support:${effectKey(job)}`
    const send = (topic: number | undefined) => sendLetter(deps, key, { ...whole, topicId: topic })
    const ids = await send(topicId).catch(async (error) => {
      // Somebody has deleted the topic: a new one.
      if (known === undefined || !(error instanceof TerminalError)) throw error
      return send(await openTopic(job, deskChatId, { userId, name }))
    })
    for (const messageId of ids) await noteMessage(db, { chatId: deskChatId, messageId, userId })
  }

  return {
    'support.request': (async (job) => {
      const { userId } = job.params
      const [thread, orders] = await Promise.all([
        readThread(db, userId),
        readPersonOrders(db, userId, ORDERS),
      ])
      const event: ConversationEvent = {
        type: 'support.read',
        state: (thread?.state ?? 'quiet') as SupportFacts['state'],
        answeredBy: thread?.answeredBy ?? null,
        orders: orders.map(({ id, modelId, at }) => ({ jobId: id, modelId, at: at.getTime() })),
      }
      await runtime.send({ actor: job.actor, key: `support:${effectKey(job)}`, event })
    }) satisfies EffectHandler<{ userId: number }>,

    'support.say': (async (job) => {
      const { userId, language, text, media, jobId } = job.params
      const event: SupportEvent = { type: 'user.said', language, text, media, jobId }
      const actor = supportActor(botId, userId)
      await runtime.send({ actor, key: `from:${effectKey(job)}`, event })
    }) satisfies EffectHandler<z.infer<typeof saySchema>>,

    'support.solve': (async (job) => {
      const event: SupportEvent = { type: 'user.solved' }
      const actor = supportActor(botId, job.params.userId)
      await runtime.send({ actor, key: `from:${effectKey(job)}`, event })
    }) satisfies EffectHandler<{ userId: number }>,

    'support.post': (async (job) => {
      const { userId, language, text, media, jobId } = job.params
      const order = await orderLine(userId, jobId, language)
      await toDesk(job, { head: lines(order), text, media })
    }) satisfies EffectHandler<z.infer<typeof postSchema>>,

    'support.answer': (async (job) => {
      const { chatId, language, name, text, media } = job.params
      const t = translator(language)
      const keyboard = [
        [
          { text: t('support.reply'), callback_data: SUPPORT_TAP_DATA.reply },
          { text: t('support.close'), callback_data: SUPPORT_TAP_DATA.thanks },
        ],
      ]
      const head = t('support.answer', { name })
      try {
        const key = `support:${effectKey(job)}`
        await sendLetter(deps, key, { chatId, head, text, media, keyboard })
      } catch (error) {
        if (!isUnreachable(error)) throw error
        const about = { ...job, params: { userId: chatId, language } }
        await toDesk(about, { head: t('support.desk.unreachable'), text: null, media: null })
      }
    }) satisfies EffectHandler<z.infer<typeof answerSchema>>,

    'support.note': (async (job) => {
      const { userId, language, name, note } = job.params
      const t = translator(language)
      const nothing = { text: null, media: null }
      await toDesk(job, { head: t(`support.desk.${note}`, { name }), ...nothing })
      if (note === 'solvedByUser') return
      const head = t('support.solved', { name })
      await sendLetter(deps, `support:${effectKey(job)}:user`, {
        ...{ chatId: userId, head, ...nothing },
      }).catch((error) => {
        if (!isUnreachable(error)) throw error
      })
    }) satisfies EffectHandler<z.infer<typeof noteSchema>>,
  }
}

const PATIENCE = { attempts: 1_000, maxPauseMs: MINUTE }

const handlersOf = together(createSupportHandlers)

export const supportEffects = [
  declareEffect({
    name: 'support.request',
    params: userSchema,
    delivery: 'once',
    queue: 'account',
    patience: ASKED,
    exhausted: null,
    handler: (deps: SupportDeps) => handlersOf(deps)['support.request'],
  }),
  declareEffect({
    name: 'support.say',
    params: saySchema,
    delivery: 'once',
    queue: 'account',
    patience: BEGUN,
    exhausted: null,
    handler: (deps: SupportDeps) => handlersOf(deps)['support.say'],
  }),
  declareEffect({
    name: 'support.solve',
    params: userSchema,
    delivery: 'once',
    queue: 'account',
    patience: BEGUN,
    exhausted: null,
    handler: (deps: SupportDeps) => handlersOf(deps)['support.solve'],
  }),
  declareEffect({
    name: 'support.post',
    params: postSchema,
    delivery: 'once',
    queue: 'notices',
    patience: PATIENCE,
    exhausted: null,
    handler: (deps: SupportDeps) => handlersOf(deps)['support.post'],
  }),
  declareEffect({
    name: 'support.answer',
    params: answerSchema,
    delivery: 'once',
    queue: 'notices',
    patience: PATIENCE,
    turn: chatTurn,
    exhausted: null,
    handler: (deps: SupportDeps) => handlersOf(deps)['support.answer'],
  }),
  declareEffect({
    name: 'support.note',
    params: noteSchema,
    delivery: 'once',
    queue: 'notices',
    patience: PATIENCE,
    exhausted: null,
    handler: (deps: SupportDeps) => handlersOf(deps)['support.note'],
  }),
] as const
