import type { AnyMachineSnapshot, EventObject } from 'xstate'
import type { MediaFile } from '../../catalogue/media.ts'
import type { Question } from '../../catalogue/questions.ts'
import type { Samples } from '../../charts/simulation.ts'
import { stateName } from '../../engine/transition.ts'
import type { ConversationContext } from '../context.ts'
import type { ConversationEvent } from '../events.ts'
import { currentQuestion } from '../order/draft.ts'
import { drawScreen } from '../screens/draw.ts'
import { tapsOf, type View } from '../screens/screen.ts'
import { answersTo } from './answers.ts'

const happen = (events: readonly ConversationEvent[]): EventObject[] => [...events]

const FILES: Record<string, MediaFile> = {
  image: { kind: 'photo', fileId: 'photo', uniqueId: 'p', size: 90_000, width: 1280, height: 960 },
  video: {
    kind: 'video',
    fileId: 'video',
    uniqueId: 'v',
    mime: 'video/mp4',
    size: 900_000,
    width: 1280,
    height: 720,
    duration: 8,
  },
  audio: {
    kind: 'audio',
    fileId: 'audio',
    uniqueId: 'a',
    mime: 'audio/mpeg',
    size: 300_000,
    duration: 8,
  },
}
/** A picture as a file: the chat says nothing of its sides. */
const DOCUMENT: MediaFile = {
  kind: 'document',
  fileId: 'document',
  uniqueId: 'd',
  mime: 'image/png',
  fileName: 'cat.png',
  size: 90_000,
}
const IMAGE = FILES.image as MediaFile

/** Words that answer a question, or at least look like it. */
function wordsFor(question: Question | undefined): string {
  if (question?.link) return 'https://sora.chatgpt.com/p/s_1234'
  if (question?.kind === 'number') return String(question.min ?? 1)
  if (question?.kind === 'shots') return 'A cat walks in. 5'
  return 'A cat in the snow'
}

const COMMANDS: readonly ConversationEvent[] = [
  { type: 'command.start', payload: '' },
  { type: 'command.start', payload: 'm_z-image' },
  { type: 'command.start', payload: 't_pet-hero_7' },
  { type: 'command.start', payload: 's_0123456789abcdefghijklmn_7' },
  { type: 'command.menu' },
  { type: 'command.models' },
  { type: 'command.search', words: 'kling' },
  { type: 'command.cancel' },
  { type: 'command.help' },
  { type: 'command.balance' },
  { type: 'command.jobs' },
  { type: 'command.history' },
  { type: 'command.favourites' },
  { type: 'command.invite' },
  { type: 'command.promo', payload: '' },
  { type: 'command.promo', payload: 'SPRING' },
  { type: 'command.admin' },
  { type: 'command.terms' },
  { type: 'command.paysupport' },
  { type: 'command.support' },
  { type: 'command.privacy' },
  { type: 'command.news' },
  { type: 'command.export' },
  { type: 'command.delete_me' },
  { type: 'command.language' },
  { type: 'command.unknown', name: 'dance' },
]

/** Buttons on the message of a result. */
const MESSAGE_TAPS: readonly ConversationEvent[] = [
  { type: 'result.again', jobId: 'j0', priceKopecks: 0 },
  { type: 'result.reword', jobId: 'j0' },
  { type: 'result.vary', jobId: 'j0' },
  { type: 'result.enhance', jobId: 'j0' },
  { type: 'result.animate', jobId: 'j0' },
  { type: 'result.reuse', jobId: 'j0' },
  { type: 'result.share', jobId: 'j0' },
  { type: 'result.original', jobId: 'j0' },
  { type: 'result.favoured', jobId: 'j0' },
  { type: 'result.unfavoured', jobId: 'j0' },
  { type: 'support.replied' },
  { type: 'support.thanked' },
]

/** Samples for a conversation whose screens are drawn with these settings, with money to spend. */
export const createConversationSamples = (view: View): Samples => ({
  inputs: {
    'in Russian': { chatId: 7, userId: 7, languageCode: 'ru' },
    'in English': { chatId: 7, userId: 7, languageCode: 'en' },
  },
  happenings: (snapshot) => [
    ...tapsOf(drawScreen(snapshot, view)?.keyboard ?? []).map((b) => b.event),
    ...messages(snapshot),
    ...happen(COMMANDS),
    ...jobNews(snapshot),
    ...happen(MESSAGE_TAPS),
    ...topupNews(snapshot),
    ...happen([
      { type: 'tap.stale' },
      { type: 'user.blocked' },
      { type: 'user.unblocked' },
      { type: 'engine.hiccup' },
      { type: 'reminder.due', kind: 'free' },
      { type: 'news.muted', broadcastId: 'b1' },
      { type: 'news.unmuted', broadcastId: 'b1' },
      { type: 'template.begun', jobId: 'j0' },
    ]),
  ],
  answers: (effect) => answersTo(effect, view),
  trait: ({ context, value }) => {
    const { place, draft, quote, tracked, results, account } = context as ConversationContext
    const state = stateName(value)
    if (state.startsWith('drafting') && draft !== null) {
      const { modelId, asking, origin } = draft
      return MODELS.has(modelId) ? [modelId, asking, origin, quote !== null] : null
    }
    if (state === 'browsing.card') return MODELS.has(place.modelId ?? '') ? place.modelId : null
    if (state.startsWith('browsing')) return [place.category, place.page]
    if (state === 'recalling') return results?.purpose?.what ?? null
    if (state.startsWith('results')) {
      if (results === null) return null
      const { list, from, found, card, use } = results
      return [list, from, found?.total, card === null, use.file, use.group]
    }
    if (state.startsWith('admin.desk')) {
      const { list, find, rows, page, card, intent } = account?.desk ?? {}
      const kind = typeof card === 'object' && card !== null ? Object.keys(card) : card
      return [list, find !== null, rows === null, page, kind, intent]
    }
    if (state.startsWith('admin.person')) {
      const { card, intent, words } = account?.person ?? {}
      const banned = typeof card === 'object' ? card?.bannedWords != null : card
      return [banned, intent, words !== null]
    }
    if (state.startsWith('admin.broadcast')) {
      const { rows, card, counts } = account?.broadcasts ?? {}
      const shown = typeof card === 'object' ? card?.state : card
      return [rows === null, shown, counts === null]
    }
    if (state.startsWith('admin.shelf')) {
      const { decided, card, find, intent, words } = account?.shelf ?? {}
      return [decided == null, card == null, find != null, intent, words != null]
    }
    if (/^(templates|admin\.templates)/.test(state)) {
      const { lines, card, from } = place.templates ?? {}
      return [from, lines == null, card?.source, card?.isOn, card?.hasExample]
    }
    if (state.startsWith('topup')) return account?.topup?.way ?? 'none'
    // Their buttons come with what is read.
    const read = {
      balance: account?.balance,
      'admin.overview': account?.overview,
      'admin.promo': account?.promos,
      'admin.failures': account?.failures?.rows,
      'admin.orphans': account?.stuck?.lines,
    }[state]
    return [tracked.length > 0, draft !== null, read !== undefined]
  },
})

/** A few models that between them ask every kind of question. */
const MODELS = new Set([
  'z-image',
  'qwen/image-edit',
  'google/nano-banana-edit',
  'kling-2.6/image-to-video',
  'elevenlabs/text-to-speech-turbo-2-5',
  'topaz/video-upscale',
  'sora-2-pro-storyboard',
])

/** What admins write: a promo code to be made, a balance to be put right. */
const ORDERS: Readonly<Record<string, string>> = {
  'promo.asking': 'SPRING',
  'topup.choosing': '500',
  'admin.promo': 'SPRING 100р 50 30',
  'admin.adjust': '7 +50 late delivery',
  'admin.desk.explaining': 'Paid twice',
  'admin.person.asking': '@anna',
  'admin.templates.naming': '🎂 Card\nA card for {Whom?}',
  'admin.person.explaining': '+5 for the wait',
  'admin.broadcast.buttons': 'Try it — m_z-image',
  'admin.shelf.asking': 'recraft',
  'admin.shelf.explaining': '5 bad pictures of late',
}

function messages({ context, value }: AnyMachineSnapshot): EventObject[] {
  const question = currentQuestion(context as ConversationContext)
  const media = FILES[question?.media?.kind ?? 'image'] ?? IMAGE
  return happen([
    {
      type: 'text.received',
      text: ORDERS[stateName(value)] ?? wordsFor(question),
      ...(stateName(value).startsWith('admin.') ? { messageId: 30 } : {}),
    },
    { type: 'media.received', media },
    { type: 'media.received', media: DOCUMENT },
    { type: 'media.received', media: { kind: 'sticker', fileId: 'sticker', uniqueId: 's' } },
    { type: 'unsupported.received', what: 'poll' },
    { type: 'message.edited', text: wordsFor(question).replace(/.$/, '!') },
  ])
}

/** What may become of the top-up on the screen; without one, both ways to begin one. */
function topupNews({ context }: AnyMachineSnapshot): EventObject[] {
  const { account } = context as ConversationContext
  const ways = ['stars', 'manual'] as const
  const { id = null, way = 'stars', kopecks = 0, stars = 0 } = account?.topup ?? {}
  if (id === null) {
    return happen(ways.map((way) => ({ type: 'topup.pressed', way, neededKopecks: 0 })))
  }
  const about = { topupId: id, way, kopecks }
  return happen([
    { type: 'topup.credited', ...about },
    { type: 'topup.failed', ...about, reason: way === 'manual' ? 'rejected' : 'undelivered' },
    { type: 'topup.refunded', ...about, stars, debtKopecks: 0 },
  ])
}

/** News of the job on the screen, or of one that was started before. */
function jobNews({ context }: AnyMachineSnapshot): EventObject[] {
  const { jobId, tracked } = context as ConversationContext
  const job = tracked.find((t) => t.id === jobId) ?? tracked.at(-1)
  if (job === undefined) return []
  const about = { jobId: job.id, modelId: job.modelId }
  return happen([
    { type: 'job.progressed', ...about, stage: 'generating' },
    { type: 'job.delivered', ...about, priceKopecks: 1_600 },
    { type: 'job.failed', ...about, error: 'kie.failed', refundKopecks: 1_600 },
  ])
}
