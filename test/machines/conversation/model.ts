import assert from 'node:assert/strict'
import type { AnyMachineSnapshot } from 'xstate'
import { itemsOf } from '../../../src/machines/catalogue/answer-lists.ts'
import { mediaKindOf } from '../../../src/machines/catalogue/media.ts'
import { taskById } from '../../../src/machines/catalogue/picks.ts'
import type { Account, Draft } from '../../../src/machines/conversation/context.ts'
import type {
  ConversationEvent,
  StampedConversationEvent,
} from '../../../src/machines/conversation/events.ts'
import { wordingOf } from '../../../src/machines/conversation/order/text-answers.ts'
import { answersTo } from '../../../src/machines/conversation/samples/answers.ts'
import { tapsOf } from '../../../src/machines/conversation/screens/screen.ts'
import { openGap } from '../../../src/machines/conversation/templates/template.ts'
import { BASE } from '../../../src/machines/conversation/wish/offers.ts'
import {
  expectedKind,
  needsLook,
  unseenFile,
} from '../../../src/machines/conversation/wish/wish.ts'
import type { Effect } from '../../../src/machines/engine/definition.ts'
import { balanceFacts, contextOf, later, photo, screenOf, stateOf, view } from './chat.ts'
import { resultAnswer } from './orders.ts'

/** A few models that between them ask every kind of question, are free, paid, coming and gone. */
const MODELS = new Set([
  'z-image',
  'qwen/image-edit',
  'kling-2.6/image-to-video',
  'bytedance/seedream',
  'elevenlabs/text-to-speech-turbo-2-5',
  'topaz/video-upscale',
  'google/nano-banana-edit',
  'sora-2-characters',
  'V4',
])
/** Models that a result is put into. */
const PICKS = new Set(['recraft/remove-background', 'grok-imagine/upscale'])
const FIELDS = new Set([
  'prompt',
  'text',
  'image_url',
  'image_urls',
  'seed',
  'image_size',
  'aspect_ratio',
  'voice',
])

const messages: ConversationEvent[] = [
  { type: 'text.received', text: 'cat' },
  { type: 'text.received', text: '1:1' },
  { type: 'text.received', text: 'x'.repeat(6_000) },
  { type: 'media.received', media: photo },
  { type: 'media.received', media: photo, caption: 'cat', groupId: 'album' },
  { type: 'media.received', media: { kind: 'sticker' } },
  { type: 'media.received', media: { kind: 'document', fileId: 'BQAD', mime: 'image/png' } },
  { type: 'media.received', media: { kind: 'video', fileId: 'BAAC', size: 9, duration: 5 } },
  { type: 'text.received', text: 'https://example.com/cat.png' },
  { type: 'unsupported.received', what: 'poll' },
  { type: 'message.edited', text: 'cats' },
  { type: 'message.edited', text: '???' },
]

export const commands: ConversationEvent[] = [
  { type: 'command.start', payload: '' },
  { type: 'command.start', payload: 'ref_abc' },
  { type: 'command.start', payload: 'm_z-image' },
  { type: 'command.start', payload: 'm_no-such-model' },
  // In no list: one is gone, one goes on with an earlier result, so it takes neither words nor files.
  { type: 'command.start', payload: 'm_v4' },
  { type: 'command.start', payload: 'm_grok-imagine-upscale' },
  { type: 'command.menu' },
  { type: 'command.models' },
  { type: 'command.history' },
  { type: 'command.favourites' },
  { type: 'command.search', words: '' },
  { type: 'command.search', words: 'kling' },
  { type: 'command.cancel' },
  { type: 'command.help' },
  { type: 'command.balance' },
  { type: 'command.terms' },
  { type: 'command.paysupport' },
  { type: 'command.support' },
  { type: 'command.privacy' },
  { type: 'command.news' },
  { type: 'command.export' },
  { type: 'command.delete_me' },
  { type: 'command.jobs' },
  { type: 'command.invite' },
  { type: 'command.promo', payload: '' },
  { type: 'command.promo', payload: 'spring' },
  { type: 'command.admin' },
  { type: 'command.language' },
  { type: 'command.unknown', name: 'selfdestruct' },
]

const about = (jobId: string) => ({ jobId, modelId: 'z-image' })
const jobNews = (jobId: string): ConversationEvent[] => [
  { type: 'wait.read', jobs: [{ jobId, usual: null, place: 2, canCancel: true }] },
  { type: 'cancel.refused', ...about(jobId) },
  { type: 'job.started', ...about(jobId) },
  { type: 'job.refused', jobId, reason: 'busy' },
  { type: 'job.progressed', ...about(jobId), stage: 'generating' },
  { type: 'job.delivered', ...about(jobId), priceKopecks: 0 },
  { type: 'job.failed', ...about(jobId), error: 'kie.failed', refundKopecks: 100 },
  { type: 'job.refunded', ...about(jobId), refundKopecks: 100 },
]

const topupNews = (topupId: string): ConversationEvent[] => {
  const about = { topupId, way: 'stars', kopecks: 10_000 } as const
  return [
    { type: 'topup.opened', ...about, stars: 160 },
    { type: 'topup.reviewing', ...about },
    { type: 'topup.credited', ...about },
    { type: 'topup.failed', ...about, reason: 'undelivered' },
    { type: 'topup.failed', ...about, reason: 'rejected' },
    { type: 'topup.refunded', ...about, stars: 160, debtKopecks: 500 },
    { type: 'topup.refunded', ...about, stars: 160, debtKopecks: 0, reason: 'Paid <twice>' },
    { type: 'refund.undone', ...about, stars: 160 },
    { type: 'refund.declined', kopecks: 10_000, stars: 160, reason: 'Spent & gone' },
    { type: 'refund.answered', chargeId: 'stx1', answer: 'asked', missingKopecks: 0 },
    { type: 'refund.answered', chargeId: 'stx1', answer: 'spent', missingKopecks: 700 },
  ]
}

const sampled = (type: string, params: Effect['params'] = {}) =>
  answersTo({ type, params }, view) as ConversationEvent[]

const rest: ConversationEvent[] = [
  { type: 'tap.late' },
  { type: 'tap.stale' },
  { type: 'user.blocked' },
  { type: 'user.unblocked' },
  { type: 'engine.hiccup' },
  { type: 'welcome.given', kopecks: 100, free: 10 },
  { type: 'invite.accepted', free: 10 },
  { type: 'balance.adjusted', kopecks: -100, reason: 'двойная <оплата>' },
  { type: 'free.read', free: balanceFacts.free },
  { type: 'reminder.due', kind: 'free' },
  ...sampled('admin.broadcast', { id: 'another' }).filter(
    (e) => e.type === 'broadcast.changed' && /^(sending|done)$/.test(e.card.state),
  ),
  { type: 'news.muted', broadcastId: 'b1' },
  { type: 'news.unmuted', broadcastId: 'b1' },
  { type: 'change.decided', id: 1, decision: 'ignored' },
  { type: 'desk.called', list: 'requests' },
  { type: 'desk.decided', id: 'another', outcome: 'gone' },
  { type: 'admin.reviewed', topupId: 'another', decision: 'before' },
  ...jobNews('another'),
  ...topupNews('another').filter(({ type }) => !/opened|reviewing|failed/.test(type)),
]

/** A tap as it comes from a message. */
const onMessage = { tap: { queryId: 'query', messageId: 40 } }

const wanted: ConversationEvent[] = [
  { type: 'command.start', payload: 't_sticker_7' },
  { type: 'command.start', payload: 't_oil-portrait' },
  { type: 'command.start', payload: 's_secret_7' },
  { type: 'template.begun', jobId: 'done' },
  { type: 'job.started', ...about('second') },
  { type: 'result.again', jobId: 'done', priceKopecks: null },
  { type: 'result.reword', jobId: 'done' },
  { type: 'result.vary', jobId: 'done' },
  { type: 'result.enhance', jobId: 'done' },
  { type: 'result.animate', jobId: 'several' },
  { type: 'result.reuse', jobId: 'done' },
  { type: 'result.share', jobId: 'done' },
  { type: 'result.original', jobId: 'done' },
  { type: 'result.favoured', jobId: 'done', ...onMessage },
  { type: 'result.unfavoured', jobId: 'done' },
  { type: 'support.replied' },
  { type: 'support.thanked' },
]

/** Events that arrive whatever is on the screen; of taps on results, one will do. */
export const fromAnywhere: ConversationEvent[] = [
  ...messages,
  ...commands,
  ...rest,
  { type: 'result.again', jobId: 'done', priceKopecks: 0 },
]

/** The current screen's buttons, some of them where there are many alike. */
function buttons(snapshot: AnyMachineSnapshot): ConversationEvent[] {
  const events = tapsOf(screenOf(snapshot)?.keyboard ?? []).map((b) => b.event)
  const options = events.filter((e) => e.type === 'option.chosen').slice(0, 2)
  const { wish } = contextOf(snapshot)
  return events.filter(
    (e) =>
      (e.type !== 'option.chosen' || options.includes(e)) &&
      (e.type !== 'result.opened' || RESULTS.has(e.jobId)) &&
      (e.type !== 'model.picked' || PICKS.has(e.modelId)) &&
      (e.type !== 'wish.opened' || TASKS.has(e.task)) &&
      (e.type !== 'template.opened' || TEMPLATES.has(e.id)) &&
      (e.type !== 'template.placed' || e.task === 'draw') &&
      (e.type !== 'idea.chosen' || e.idea === 'anime') &&
      (!('tier' in e) ||
        (e.task === BASE && (wish?.template === undefined || e.type === 'pick.confirmed')) ||
        // Costs something, so that money may be missing.
        (e.task === 'edit' && e.tier === 'fast') ||
        MODELS.has(taskById(e.task)?.[e.tier].model ?? '')) &&
      // Of the successor of one that is gone, the card will do.
      (e.type !== 'draft.begun' || MODELS.has(contextOf(snapshot).place.modelId ?? '')) &&
      (e.type !== 'model.opened' ||
        MODELS.has(e.modelId) ||
        /^(browsing|results)\.card$/.test(stateOf(snapshot))) &&
      (e.type !== 'field.opened' || FIELDS.has(e.field)),
  )
}

/** Templates that between them have gaps, need a file, an example, or are off. */
const TEMPLATES = new Set(['oil-portrait', 'sticker'])

/** Tasks that between them need words, a picture, both, or two kinds of files. */
const TASKS = new Set(['draw', 'edit', 'portrait'])

/** Orders of which the rest differ in nothing that the chart looks at. */
const RESULTS = new Set(['done', 'video', 'several'])

/** What the store and the look into a file may say. */
function resultNews(snapshot: AnyMachineSnapshot): ConversationEvent[] {
  const { results, serial } = contextOf(snapshot)
  if (results === null) return []
  const { list, page, filter = 'all', jobId, looked } = results
  const effects: Effect[] = [
    { type: 'history.request', params: { list, page, filter } },
    { type: 'history.request', params: { list, page: page + 1, filter } },
    { type: 'result.request', params: { jobId } },
  ]
  const news = effects.map((e) => resultAnswer(e) as ConversationEvent)
  const gone: ConversationEvent = { type: 'result.read', jobId: jobId ?? '', card: null }
  const sent: ConversationEvent = { type: 'result.sent', jobId: jobId ?? '' }
  // An order of a model that is no longer sold.
  const old = news.flatMap((event) =>
    event.type === 'result.read' && event.card !== null
      ? [{ ...event, card: { ...event.card, modelId: 'sora-2-text-to-video' } }]
      : [],
  )
  if (looked === null) return [...news, ...old, gone, sent]
  const { media } = looked
  const fits = { ...media, kind: 'image', mime: 'image/png', size: 1_000, duration: 3 }
  return [
    { type: 'media.inspected', serial, media: { ...fits, width: 1_000, height: 1_000 } },
    { type: 'media.inspected', serial, media: { ...fits, size: 30_000_000 } },
    { type: 'media.refused', serial, code: 'media.too-large' },
  ]
}

/** Progress a moment after the screen was drawn. */
function soon(snapshot: AnyMachineSnapshot): ConversationEvent[] {
  const { jobId, leftAt } = contextOf(snapshot)
  const progress = { type: 'job.progressed', ...about(jobId ?? ''), stage: 'generating' } as const
  return [Object.assign(progress, { at: leftAt + 1 })]
}

/** What only happens in some states. */
function answers(snapshot: AnyMachineSnapshot): ConversationEvent[] {
  const { serial, jobId, account, tracked, place, results } = contextOf(snapshot)
  const price = { priceKopecks: 500, credits: 3, availableKopecks: 1_000 }
  switch (stateOf(snapshot)) {
    case 'drafting.asking.inspecting':
      return looks(snapshot)
    case 'drafting.quoting':
      return [
        { type: 'quote.ready', ...price, serial },
        { type: 'quote.ready', ...price },
        { type: 'quote.ready', ...price, availableKopecks: 0, serial },
        { type: 'quote.ready', ...price, serial: serial - 1 },
        { type: 'quote.refused', reason: 'unpriced', serial },
      ]
    case 'drafting.changing':
    case 'drafting.extras':
      // No model of today has more settings than fit on one page.
      return [{ type: 'page.turned', page: 1 }]
    case 'recalling':
    case 'results.list':
    case 'results.card':
    case 'results.using':
    case 'results.taking':
      return resultNews(snapshot)
    case 'results.sharing':
      return [
        ...sampled('share.request', { jobId: results?.jobId }),
        { type: 'share.read', jobId: 'another', share: null },
      ]
    case 'menu':
      return [
        ...wanted,
        ...[...SPECIAL].map((text) => ({ type: 'text.received' as const, text })),
        { type: 'command.start', payload: 'm_v4' },
        { type: 'command.search', words: 'абракадабра' },
        ...(account?.topup?.order === undefined ? [] : topupNews(account.topup.id ?? '')),
      ]
    case 'balance':
      return [
        { type: 'balance.read', ...balanceFacts },
        ...sampled('balance.request'),
        { type: 'reminders.wanted' },
      ]
    case 'offering.counting':
      return [
        { type: 'balance.read', ...balanceFacts, availableKopecks: 100_000 },
        { type: 'balance.read', ...balanceFacts, availableKopecks: 0 },
        timer('balanceTimeout', 'offering.counting'),
      ]
    case 'offering.looking':
      return wishLooks(snapshot)
    case 'offering.improving':
      return [
        ...sampled('words.improve', { serial, how: 'enrich' }),
        ...sampled('words.improve', { serial: serial - 1, how: 'enrich' }).slice(0, 1),
        timer('wordsTimeout', 'offering.improving'),
      ]
    case 'entries':
      return sampled('entries.request', { page: account?.entries?.page ?? 0 })
    case 'invite':
      return sampled('invite.request')
    case 'promo.checking':
      return sampled('promo.redeem')
    case 'admin.overview':
      return sampled('admin.overview')
    case 'admin.failures':
      return sampled('admin.failures', { page: account?.failures?.page ?? 0 })
    case 'admin.orphans':
      return sampled('admin.orphans', { kind: account?.stuck?.kind ?? null })
    case 'admin.promo':
      return [...sampled('admin.promos'), { type: 'text.received', text: 'SPRING 100р 50 30' }]
    case 'admin.adjust':
      return [{ type: 'text.received', text: '123 -50,5 двойная оплата' }]
    case 'admin.person.asking':
      return [{ type: 'text.received', text: '', forwardedFrom: 7 }]
    case 'admin.person.card':
      return sampled('admin.person', { find: account?.person?.find ?? '' })
    case 'admin.person.explaining':
      return [
        {
          type: 'text.received',
          text: account?.person?.intent === 'limit' ? '5 жалобы' : '+5 <долго> ждали',
        },
      ]
    case 'admin.person.deciding':
      return sampled('admin.person_decide')
    case 'admin.broadcast.list':
      return sampled('admin.broadcasts')
    case 'admin.broadcast.composing':
      return [
        { type: 'text.received', text: 'Новые <модели>', messageId: 30 },
        { type: 'media.received', media: photo, caption: 'Кот', messageId: 30 },
      ]
    case 'admin.broadcast.card':
      return sampled('admin.broadcast', { id: account?.broadcasts?.id ?? '' })
    case 'admin.broadcast.buttons':
      return [{ type: 'text.received', text: 'Попробовать — m_z-image' }]
    case 'admin.broadcast.audience':
    case 'admin.broadcast.agreeing':
      return sampled('admin.audience')
    case 'admin.shelf.asking':
      return [...sampled('admin.shelf'), { type: 'text.received', text: 'recraft' }]
    case 'admin.shelf.card':
      return sampled('admin.model', { modelId: account?.shelf?.modelId ?? '' })
    case 'admin.shelf.explaining':
      return [
        { type: 'text.received', text: '5 <плохие> картинки' },
        { type: 'text.received', text: '-99% мимо' },
      ]
    case 'admin.shelf.deciding':
      return sampled('admin.shelf_decide')
    case 'support.reading':
      return sampled('support.request')
    case 'support.writing':
      return [{ type: 'text.received', text: 'Где <моё> видео?' }]
    case 'privacy.looking':
      return sampled('erasure.look')
    case 'privacy.erasing':
      return sampled('person.erase')
    case 'templates.list':
    case 'admin.templates.list':
      return [
        ...sampled('templates.request', { task: place.templates?.task ?? null }),
        { type: 'templates.read', task: 'another', lines: [] },
        { type: 'page.turned', page: 1 },
      ]
    case 'templates.reading':
    case 'admin.templates.card':
      return sampled('template.request', place.templates?.asked ?? {})
    case 'templates.showing':
      return [...sampled('template.show'), timer('exampleTimeout', 'templates.showing')]
    case 'admin.templates.reading':
      return resultNews(snapshot)
    case 'admin.templates.naming':
      return [{ type: 'text.received', text: '🎂 Открытка\nОткрытка для {Кого?}' }]
    case 'admin.templates.deciding':
    case 'admin.templates.saving':
      return sampled('admin.template')
    case 'admin.working':
      return sampled('admin.adjust')
    case 'admin.desk.cases':
      return paymentReviewNews(snapshot, 'admin.cases')
    case 'admin.desk.case':
      return paymentReviewNews(snapshot, 'admin.case')
    case 'admin.desk.explaining':
      return [{ type: 'text.received', text: ' Дважды\n<оплачено> ' }]
    case 'admin.desk.deciding':
      return paymentReviewNews(snapshot, 'admin.decide')
    case 'topup.choosing':
      return [{ type: 'text.received', text: '1 300,50 руб' }]
    case 'topup.opening':
    case 'topup.waiting':
    case 'topup.receiving':
    case 'topup.reviewing':
      return [contextOf(snapshot).account?.topup?.id ?? '', 'another'].flatMap(topupNews)
    case 'paysupport':
      return [
        { type: 'payments.read', payments: [] },
        {
          type: 'payments.read',
          payments: [{ chargeId: 'stx1', stars: 160, kopecks: 10_000, at: 1_700_000_000_000 }],
        },
      ]
    case 'jobs':
      return tracked.flatMap(({ id }) => jobNews(id).slice(0, 2))
    case 'finished':
      // Offered only where little is left.
      return [...jobNews(jobId ?? ''), { type: 'balance.opened' }, { type: 'reminders.unwanted' }]
    case 'starting':
      return jobNews(jobId ?? '')
    case 'watching':
      return [
        ...jobNews(jobId ?? ''),
        { type: 'job.started', ...about('second') },
        ...soon(snapshot),
        { type: 'xstate.after.progressTick.conversation.watching' } as unknown as ConversationEvent,
      ]
    default:
      return []
  }
}

const timer = (delay: string, state: string): ConversationEvent =>
  ({ type: `xstate.after.${delay}.conversation.${state}` }) as unknown as ConversationEvent

/** How a look into a file that nothing asked for can end. */
function wishLooks(snapshot: AnyMachineSnapshot): ConversationEvent[] {
  const { serial, wish } = contextOf(snapshot)
  const media = (wish && unseenFile(wish)) ?? assert.fail('nothing to look into')
  const seen = { ...media, kind: expectedKind(media), mime: 'image/png', size: 9, duration: 5 }
  return [
    { type: 'media.inspected', serial, media: { ...seen, width: 640, height: 480 } },
    { type: 'media.inspected', serial: serial - 1, media: seen },
    { type: 'media.refused', serial, code: 'media.unusable' },
    timer('inspectionTimeout', 'offering.looking'),
  ]
}

/** What is read or decided of payments, as far as the admin has come. */
const paymentReviewNews = (snapshot: AnyMachineSnapshot, type: string): ConversationEvent[] => {
  const { list, find, page, id, intent } = contextOf(snapshot).account?.desk ?? assert.fail()
  return sampled(type, { list, find, page, id, intent })
}

/** How a look into a file can end, late news of one before included. */
function looks(snapshot: AnyMachineSnapshot): ConversationEvent[] {
  const [head] = contextOf(snapshot).draft?.inspections ?? []
  if (head === undefined) return []
  const { serial, expects } = head
  const media = { fileId: 'x', size: 9, width: 640, height: 480, duration: 5 }
  const timeout = 'xstate.after.inspectionTimeout.conversation.drafting.asking.inspecting'
  return [
    { type: 'media.inspected', serial, media: { ...media, kind: expects } },
    { type: 'media.inspected', serial, media: { ...media, kind: 'audio', mime: 'audio/mpeg' } },
    { type: 'media.inspected', serial: serial - 1, media: { ...media, kind: expects } },
    { type: 'media.refused', serial, code: 'media.unusable' },
    { type: timeout } as unknown as ConversationEvent,
  ]
}

/** What can happen in a moment, with its time; `everything`: also commands and news from elsewhere. */
export const eventsAt = (
  snapshot: AnyMachineSnapshot,
  everything = true,
): StampedConversationEvent[] =>
  [...buttons(snapshot), ...answers(snapshot), ...(everything ? fromAnywhere : messages)].map(
    (event) => ({
      at: later(snapshot),
      rnd: 'thejob',
      ...event,
    }),
  )

/** The part of the account that the state shows, as far as its buttons depend on it. */
function shownPart(state: string, account: Account | null): unknown {
  if (state === 'entries') return [account?.entries?.page, account?.entries?.more]
  if (state === 'news') return account?.news
  if (state === 'invite') return account?.invite !== undefined
  if (state === 'balance') return [account?.balance !== undefined, account?.free?.nextAt != null]
  if (state.startsWith('support')) return [account?.support?.state, account?.support?.about]
  if (state.startsWith('privacy')) return account?.erasure?.running
  if (state.startsWith('admin.person')) {
    const { card, intent, words } = account?.person ?? {}
    const seen = typeof card === 'object' ? (card?.bannedWords ?? '') : card
    return [seen, intent, words !== null]
  }
  if (state === 'admin.failures') {
    const { page = 0, more, rows } = account?.failures ?? {}
    return [page > 0, more, rows?.length]
  }
  if (state === 'admin.orphans') {
    const { kind, lines, asked } = account?.stuck ?? {}
    return [kind, lines?.length, asked?.what]
  }
  if (state === 'admin.promo') return account?.promos?.length
  if (state.startsWith('admin.broadcast')) {
    const { rows, card, counts } = account?.broadcasts ?? {}
    return [rows === null, typeof card === 'object' ? card?.state : card, counts === null]
  }
  if (state === 'admin.shelf.asking') {
    const { decided, changes, find } = account?.shelf ?? {}
    return [decided, changes?.length, find !== null]
  }
  if (state.startsWith('admin.shelf')) {
    const { card, modelId, intent, words } = account?.shelf ?? {}
    const own = [card?.pause, card?.markup, card?.freeUntil].map((part) => part != null)
    return [modelId === 'z-image', card != null, own, intent, words]
  }
  if (state.startsWith('admin.desk')) {
    const { list, find, page, rows, card, intent } = account?.desk ?? assert.fail()
    const seen = typeof card === 'object' && card !== null ? Object.entries(card)[0] : card
    const facts = Array.isArray(seen) ? [seen[0], seen[1].state, seen[1].ownKopecks] : seen
    return [list, find !== null, page > 0, rows?.length, facts, intent]
  }
  return state === 'admin.overview' && account?.overview !== undefined
}

/** Words that bring up buttons of their own. */
const SPECIAL = new Set(['kling', 'баланс', 'помощь'])

/** What is known of a wish, as far as its offers depend on it. */
function wishPart(snapshot: AnyMachineSnapshot): unknown[] {
  const { wish, account, place } = contextOf(snapshot)
  if (wish === null) return []
  const { task, base, words, files, template } = wish
  const isOpen = template !== undefined && openGap(template) !== undefined
  const from = template && [isOpen, template.files.length, place.templates?.card != null]
  const kinds = [...new Set(files.map((file) => mediaKindOf(file)))].sort()
  const unseen = Math.min(1, files.filter((file) => needsLook(wish, file)).length)
  const isPoor = account?.balance?.availableKopecks === 0
  const isHurt = (words?.length ?? 0) > 1_000
  const named = SPECIAL.has(words ?? '') ? words : words !== null
  const model = base?.modelId === 'kling-2.6/image-to-video' ? base.modelId : base !== null
  const better = wish.improved && (wish.improved.how === 'lyrics' ? 'lyrics' : 'better')
  return [task, model, named, isHurt, kinds, unseen, isPoor && task === 'edit', from, better]
}

/** The state, and what its guards and buttons look at. */
export function momentOf(snapshot: AnyMachineSnapshot): string {
  const { place, draft, quote, jobId, tracked, ended, ending, account, results, wish } =
    contextOf(snapshot)
  const state = stateOf(snapshot)
  const shown = /^(menu|watching|jobs)$/.test(state)
    ? [Math.min(2, tracked.length), tracked.some(({ wait }) => wait?.canCancel)]
    : [tracked.length > 0]
  const isFailed = state === 'finished' && ending?.error != null
  const jobs = [jobId !== null, shown, ended.length > 0, isFailed]
  const isOrdering = draft !== null && jobId === null
  if (state === 'paysupport') return JSON.stringify([state, account?.payments?.length, isOrdering])
  if (state.startsWith('topup')) {
    const { way, neededKopecks, order } = account?.topup ?? {}
    return JSON.stringify([state, way, neededKopecks, order !== undefined, isOrdering])
  }
  if (state === 'offering.looking') {
    const kinds = new Set(wish?.files.map((file) => file.kind))
    return JSON.stringify([state, isOrdering, wish?.task, Math.min(2, kinds.size)])
  }
  if (state.startsWith('offering')) {
    return JSON.stringify([state, isOrdering, ...wishPart(snapshot)])
  }
  // What a card leads to hangs on what was given before.
  if (state.startsWith('browsing')) {
    const seen = /groups|searching/.test(state) ? null : place
    return JSON.stringify([state, seen, draft !== null, wish !== null])
  }
  if (/^(admin\.)?templates/.test(state)) {
    const { task, page, lines, card, from } = place.templates ?? {}
    const { hasExample, isOn, id } = card ?? {}
    const making = state.startsWith('admin') && [account?.making !== undefined, results !== null]
    return JSON.stringify([
      state,
      from,
      isOrdering,
      task,
      page,
      lines == null,
      id,
      hasExample,
      isOn,
      making,
    ])
  }
  if (state === 'recalling') return JSON.stringify([state, results?.purpose, results?.jobId])
  if (state.startsWith('results')) {
    const { list, page, filter, found, card, saved, from, use, looked } = results ?? assert.fail()
    const isOpen = jobId !== null
    if (state === 'results.list')
      return JSON.stringify([state, draft !== null, list, page, filter === 'video', found !== null])
    const picked = [use.file !== null, use.group, use.page > 0, looked?.modelId]
    const isGone = card?.modelId === 'sora-2-text-to-video'
    const open = [card !== null, isGone]
    const isShared = results?.share?.stored?.withWords
    const seen = [isShared, results?.jobId, open, state === 'results.using' ? picked : saved]
    return JSON.stringify([state, draft !== null, from, isOpen, seen])
  }
  if (/^(entries|invite|promo|admin)/.test(state)) {
    return JSON.stringify([state, isOrdering, shownPart(state, account)])
  }
  if (!state.startsWith('drafting')) {
    const orders = /^(starting|watching|finished)$/.test(state)
    const words = orders && wordingOf(draft) !== undefined
    const rest = orders && draft?.album != null
    // An order that waits for its money is started whatever is on the screen; the menu will do.
    const paid = state === 'menu' && account?.topup?.order !== undefined
    const shown = shownPart(state, account)
    return JSON.stringify([state, draft !== null, words, rest, paid, shown, jobs])
  }
  const { modelId, asking, origin, answers, album, gathering, part } = draft as Draft
  const { inspections, remark } = draft as Draft
  // How many there are matters while they are asked for, and what else is answered by being so.
  const count = Math.min(2, itemsOf(answers[asking ?? '']).length)
  const given = [Object.keys(answers).sort(), count, gathering, part?.isTaken]
  const line = [Math.min(2, inspections.length), inspections.length === 1 && remark !== null]
  const isPoor = quote !== null && quote.priceKopecks > quote.availableKopecks
  const order = [modelId, asking, origin, given, album !== null, line]
  return JSON.stringify([state, order, state === 'drafting.preview' && isPoor])
}
