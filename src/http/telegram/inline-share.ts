import type { Logger } from 'pino'
import { showableFiles } from '../../actors/effects/show-stored.ts'
import type { ApiPayload, TelegramApi } from '../../actors/telegram/api.ts'
import { deepLink } from '../../actors/telegram/deep-link.ts'
import { isQueryTooOld } from '../../actors/telegram/errors.ts'
import type { StoredFile } from '../../actors/telegram/send-again.ts'
import { coerceError } from '../../errors.ts'
import { modelById } from '../../machines/catalogue/catalogue.ts'
import { inviteLink, shareIn, templateLink } from '../../machines/conversation/start-links.ts'
import { modelTitle } from '../../machines/labels/models.ts'
import {
  type Language,
  languageOf,
  type Translate,
  translator,
} from '../../machines/texts/translate.ts'
import type { Db } from '../../store/db.ts'
import { readShare, type Share, sharesOfUser } from '../../store/shares.ts'
import { readLanguages } from '../../store/users.ts'
import { createBestEffort } from './once-per-chat.ts'
import { type InlineQuery, inlineQuerySchema } from './update-schema.ts'

type InlineResult = ApiPayload<'answerInlineQuery'>['results'][number]

/** Results that are offered when nothing certain is asked for; Telegram takes fifty. */
const MOST = 20
/** What is shared, and how, may change at any moment. */
const CACHE_S = 5
const TIMEOUT_MS = 5_000

export interface InlineShareDeps {
  api: Pick<TelegramApi, 'call'>
  db: Db
  botUsername: () => Promise<string>
  isBanned: (userId: number) => Promise<boolean>
  log: Pick<Logger, 'warn'>
}

/**
 * Answers whoever calls the bot by its name in any chat (https://core.telegram.org/bots/api#inline-mode):
 * with the shared result that is asked for, else with all that this person shares. What is sent to the
 * chat is the result itself, with a button that leads to the same and carries its owner's invitation.
 * A banned person is offered nothing. Changes nothing, so nothing is committed; resolves to false for
 * any other update, and never rejects.
 */
export function createInlineShare({ api, db, botUsername, isBanned, log }: InlineShareDeps) {
  const calls = createBestEffort()

  return { answerAtOnce, settled: calls.settled }

  async function answerAtOnce(update: unknown): Promise<boolean> {
    const raw = (update as { inline_query?: unknown } | null)?.inline_query
    if (raw === undefined) return false
    const { success, data: query } = inlineQuerySchema.safeParse(raw)
    // Without an id nobody waits for an answer; who is turned away here types one more letter.
    if (!success || calls.isFull()) return true
    calls.add(
      answer(query).catch((thrown) => {
        const error = coerceError(thrown)
        if (!isQueryTooOld(error))
          log.warn({ reason: error.message }, 'an inline query got no answer')
      }),
    )
    return true
  }

  async function answer({ id, from, query }: InlineQuery): Promise<void> {
    const asked = { inline_query_id: id, cache_time: CACHE_S, is_personal: true }
    const options = { timeoutMs: TIMEOUT_MS }
    if (await isBanned(from.id)) {
      await api.call('answerInlineQuery', { ...asked, results: [] }, options)
      return
    }
    const secret = shareIn(query)
    const [languages, shares] = await Promise.all([
      readLanguages(db, [from.id]),
      secret === undefined
        ? sharesOfUser(db, from.id, MOST)
        : readShare(db, secret).then((one) => (one === undefined ? [] : [one])),
    ])
    const language = languages.get(from.id) ?? languageOf(from.language_code)
    const t = translator(language)
    const bot = await botUsername()
    const results = await Promise.all(shares.map((share) => resultOf(share, { t, language, bot })))
    const open = { text: t('share.open'), start_parameter: inviteLink(from.id) }
    const offered = results.filter((one) => one !== undefined)
    await api.call('answerInlineQuery', { ...asked, results: offered, button: open }, options)
  }

  async function resultOf(
    { secret, jobId, userId }: Share,
    { t, language, bot }: { t: Translate; language: Language; bot: string },
  ): Promise<InlineResult | undefined> {
    const found = await showableFiles(db, jobId)
    const model = found && modelById(found.modelId)
    if (found === undefined || model === undefined) return undefined
    const link = deepLink(bot, templateLink('share', secret, userId))
    const title = modelTitle(model, language)
    const common = {
      id: secret,
      reply_markup: { inline_keyboard: [[{ text: t('share.same'), url: link }]] },
    }
    const caption = { caption: t('share.caption', { link }), parse_mode: 'HTML' as const }
    const [first] = found.files
    if (first !== undefined) return { ...fileOf(first, title), ...common, ...caption }
    // Its files are gone from our records; the order can still be made.
    const message_text = `${t('share.words', { model: title })}\n${link}`
    return { type: 'article', title, input_message_content: { message_text }, ...common }
  }
}

/** The file as Telegram keeps it: https://core.telegram.org/bots/api#inlinequeryresultcachedphoto and its like. */
function fileOf({ kind, fileId }: StoredFile, title: string) {
  switch (kind) {
    case 'photo':
      return { type: 'photo' as const, photo_file_id: fileId, title }
    case 'video':
      return { type: 'video' as const, video_file_id: fileId, title }
    case 'animation':
      return { type: 'mpeg4_gif' as const, mpeg4_file_id: fileId, title }
    case 'audio':
      return { type: 'audio' as const, audio_file_id: fileId }
    case 'voice':
      return { type: 'voice' as const, voice_file_id: fileId, title }
    case 'document':
      return { type: 'document' as const, document_file_id: fileId, title }
  }
}
