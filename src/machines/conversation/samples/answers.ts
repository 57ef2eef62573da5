import type { EventObject } from 'xstate'
import { measuresOf } from '../../catalogue/answer-files.ts'
import { modelById } from '../../catalogue/catalogue.ts'
import type { MediaFile } from '../../catalogue/media.ts'
import type { Answers } from '../../catalogue/payload.ts'
import { quotePrice } from '../../catalogue/pricing.ts'
import type { Effect } from '../../engine/definition.ts'
import type { LetterKind } from '../admin/orphans.ts'
import type { PersonCard } from '../admin/person.ts'
import type { ChangeLine, ShelfCard } from '../admin/shelf.ts'
import type { ConversationEvent, FreeFacts, MediaRefusal, OverviewFacts } from '../events.ts'
import type { Filter, ResultCard, ResultList } from '../results/results.ts'
import type { View } from '../screens/screen.ts'
import type { Improvement } from '../wish/improvement.ts'
import { BROADCAST_ANSWERS } from './broadcast.ts'
import { PAYMENT_REVIEW_ANSWERS } from './payment-review.ts'
import { TEMPLATE_ANSWERS } from './templates.ts'

const RICH = 1_000_000
const FREE: FreeFacts = { today: 1, limit: 5, bonus: 0, nextAt: null }

/** An order of before, as the store has it. */
const CARD: ResultCard = {
  jobId: 'j0',
  modelId: 'z-image',
  status: 'delivered',
  priceKopecks: 0,
  at: Date.UTC(2025, 11, 31, 12),
  error: null,
  courtesy: false,
  answers: { prompt: 'A cat in the snow', aspect_ratio: '1:1' },
  taskId: 'task-0',
  files: [
    { kind: 'photo', fileId: 'result', uniqueId: 'r', size: 90_000, width: 1024, height: 1024 },
  ],
  saved: false,
}

/** One whose model is no longer sold. */
const GONE_CARD: ResultCard = {
  ...CARD,
  modelId: 'sora-2-text-to-video',
  priceKopecks: 5_000,
  answers: { prompt: 'A cat in the snow', aspect_ratio: 'landscape' },
  files: [{ kind: 'video', fileId: 'film', uniqueId: 'f', size: 90_000, duration: 8 }],
}

const KINDS = [
  ...['top_up', 'bonus', 'credit', 'debit', 'refund', 'refund_undone'],
  ...['hold', 'capture', 'remainder', 'release', 'sale_undone'],
]
const ENTRIES = KINDS.map((kind, i) => ({
  kind,
  kopecks: 100 * i + 1,
  at: Date.UTC(2025, 11, 31, 12, i),
  modelId: kind === 'hold' ? 'z-image' : null,
  reason: kind === 'credit' ? 'sorry for the <delay>' : null,
}))

const MONEY = { paidKopecks: 1_000, refundedKopecks: 0, salesKopecks: 500, costKopecks: 200 }

const OVERVIEW: OverviewFacts = {
  users: 3,
  newUsers: 1,
  delivered: 2,
  failed: 1,
  running: 1,
  freeUsed: 1,
  salesKopecks: 500,
  costKopecks: 200,
  paidKopecks: 1_000,
  credits: 1_234.5,
  paused: null,
  leftCredits: null,
  runwayHours: 31,
  troubles: [],
  requests: 0,
  receipts: 0,
  owedKopecks: 0,
  stars: null,
  money: { today: MONEY, week: MONEY, month: MONEY },
  health: { instances: 2, waiting: 0, oldestSeconds: 0, deadLetters: 0 },
  role: 'owner',
}

const CHANGE: ChangeLine = {
  id: 1,
  kind: 'price',
  modelId: 'z-image',
  what: 'was "0.8 credits", is "1 credit"',
}

const SHELF_CARD: ShelfCard = {
  modelId: 'z-image',
  pause: null,
  markup: null,
  freeUntil: null,
  why: null,
  quality: {
    ...{ ended: 12, delivered: 10, failed: 1, medianMs: 9_000, p90Ms: 31_000, refunds: 1 },
    lastFailure: { code: 'kie.failed:500', at: Date.UTC(2025, 11, 31, 12) },
  },
  role: 'owner',
}

const CHANGED_TERMS: Partial<ShelfCard> = {
  pause: { code: 'model.paused', until: null, by: 11, why: 'bad <pictures>' },
  markup: 3,
  freeUntil: Date.UTC(2026, 0, 31, 12),
  why: 'birthday',
  quality: null,
}

const PERSON: PersonCard = {
  userId: 7,
  username: 'anna',
  firstName: 'Anna <3',
  language: 'ru',
  since: Date.UTC(2025, 11, 1),
  isBlocking: false,
  bannedWords: null,
  jobsPerHour: null,
  availableKopecks: 10_000,
  bonusKopecks: 500,
  heldKopecks: 0,
  delivered: 2,
  failed: 1,
  paidKopecks: 10_000,
  refundedKopecks: 0,
  invited: 3,
  earned: 1,
  invitedBy: 8,
  orders: (['done', 'failed', 'running'] as const).map((status, i) => ({
    id: `job${i}`,
    modelId: 'google/imagen4-fast',
    status,
    priceKopecks: 314,
    error: status === 'failed' ? 'kie.failed' : null,
    at: Date.UTC(2025, 11, 31, 12, i),
    isRefunded: false,
    ...(status === 'failed' ? { can: ['reconcile' as const, 'redeliver' as const] } : {}),
  })),
  role: 'owner',
}
const BANNED = { bannedWords: 'spam & <more>', jobsPerHour: 3, role: 'support' } as const

const ERASABLE = { running: 0, payments: 0, debtKopecks: 0, kopecks: 10_500, freeLeft: 2 }

type Answering = (params: Effect['params'], view: View) => ConversationEvent[]

const inspected: Answering = (params) => {
  const { serial, media } = params as { serial: number; media: MediaFile }
  const codes: MediaRefusal[] = [
    ...(['media.unusable', 'media.damaged', 'media.too-large', 'media.unavailable'] as const),
  ]
  return [
    { type: 'media.inspected', serial, media: { ...media, width: 1280, height: 960 } },
    ...codes.map((code) => ({ type: 'media.refused' as const, serial, code })),
  ]
}

const stuck = (
  kind: LetterKind | null,
  what?: 'replay' | 'provider',
): Extract<ConversationEvent, { type: 'orphans.read' }>[] => [
  {
    ...{ type: 'orphans.read', kind },
    lines: [
      { kind: 'orders', count: 2, since: CARD.at },
      { kind: 'callback', count: 1, since: CARD.at },
      { kind: 'snapshot', count: 1, since: CARD.at },
    ],
    letters: kind === null ? [] : [{ id: 7, subject: 'job:1', error: 'Unfit: job:1', at: CARD.at }],
    asked: what === undefined ? null : { what, count: 1 },
  },
  { type: 'orphans.read', kind, lines: [], letters: [], asked: null },
]

const promos: Answering = () => [
  {
    type: 'promos.read',
    promos: [
      { code: 'SPRING', kopecks: 10_000, free: 0, used: 12, limit: 50, expiresAt: 4e12 },
      { code: 'GIFT', kopecks: 0, free: 5, used: 20, limit: 20, expiresAt: null },
    ],
  },
  { type: 'promos.read', promos: [] },
]

const ANSWERS: Readonly<Record<string, Answering>> = {
  'balance.request': () => [
    {
      type: 'balance.read',
      availableKopecks: RICH,
      bonusKopecks: 5_000,
      heldKopecks: 1_600,
      free: FREE,
    },
    {
      type: 'balance.read',
      availableKopecks: 0,
      bonusKopecks: 0,
      heldKopecks: 0,
      waiting: [{ kopecks: 10_000, at: Date.UTC(2025, 11, 31, 12) }],
      free: { today: 0, limit: 5, bonus: 0, nextAt: Date.UTC(2026, 0, 1), reason: 'day' },
    },
  ],
  'entries.request': (params) => [
    {
      type: 'entries.read',
      page: params.page as number,
      more: params.page === 0,
      rows: ENTRIES,
    },
  ],
  'invite.request': () => [
    { type: 'invite.read', invited: 2, earned: 20, left: 7, each: 10, after: 'order' },
  ],
  'welcome.request': () => [{ type: 'welcome.given', kopecks: 5_000, free: 10 }],
  'promo.redeem': () => [
    { type: 'promo.redeemed', kopecks: 5_000, free: 0 },
    { type: 'promo.redeemed', kopecks: 0, free: 5 },
    ...(['unknown', 'expired', 'usedUp', 'yours'] as const).map((reason) => ({
      type: 'promo.refused' as const,
      reason,
    })),
  ],
  'admin.overview': () => [
    { type: 'overview.read', ...OVERVIEW },
    {
      type: 'overview.read',
      ...OVERVIEW,
      credits: null,
      paused: 'kie.credits',
      troubles: ['sum: 1'],
      health: { instances: 1, waiting: 40, oldestSeconds: 90, deadLetters: 2 },
      requests: 1,
      receipts: 2,
      owedKopecks: 700,
      stars: { at: CARD.at, seen: 12, payments: 1, refunds: 1, unexplained: 1 },
    },
    {
      type: 'overview.read',
      ...OVERVIEW,
      paused: 'kie.credits',
      leftCredits: 3,
      farmed: [{ userId: 7, invited: 60, earned: 0 }],
    },
  ],
  'admin.promos': promos,
  'admin.promo_end': promos,
  'admin.failures': ({ page }) => [
    {
      ...{ type: 'failures.read', page: page as number, more: page === 0 },
      rows: [
        {
          ...{ id: 'job1', userId: 7, modelId: 'google/imagen4-fast' },
          ...{ error: 'kie.failed', at: CARD.at },
        },
      ],
    },
    { type: 'failures.read', page: page as number, more: false, rows: [] },
  ],
  'admin.orphans': ({ kind }) => stuck(kind as LetterKind | null),
  'admin.replay': ({ kind }) => stuck(kind as LetterKind, 'replay'),
  'admin.ask_orders': () => stuck(null, 'provider'),
  'admin.promo': () => [{ type: 'admin.done' }, { type: 'admin.refused', reason: 'promoExists' }],
  'admin.adjust': () => [
    { type: 'admin.done' },
    { type: 'admin.refused', reason: 'noUser' },
    { type: 'admin.refused', reason: 'poor' },
  ],
  'admin.shelf': () => [
    { type: 'shelf.read', decided: ['z-image'], changes: [CHANGE], waiting: 1 },
    { type: 'shelf.read', decided: [], changes: [], waiting: 0 },
  ],
  'admin.model': (params) => {
    const modelId = params.modelId as string
    return [
      { type: 'shelf.card_read', modelId, card: { ...SHELF_CARD, modelId } },
      { type: 'shelf.card_read', modelId, card: { ...SHELF_CARD, ...CHANGED_TERMS, modelId } },
    ]
  },
  'admin.shelf_decide': () =>
    (['done', 'refused', 'role', 'cost'] as const).map((outcome) => ({
      type: 'shelf.decided' as const,
      outcome,
    })),
  'admin.change_decide': () => [
    { type: 'shelf.read', decided: ['z-image'], changes: [], waiting: 0 },
  ],
  'admin.person': (params) => [
    { type: 'person.read', find: params.find as string, card: PERSON },
    { type: 'person.read', find: params.find as string, card: { ...PERSON, ...BANNED } },
    { type: 'person.read', find: params.find as string, card: null },
  ],
  'admin.person_decide': () =>
    (['done', 'refused', 'role', 'poor', 'open'] as const).map((outcome) => ({
      type: 'person.decided' as const,
      outcome,
    })),
  'support.request': () => [
    { type: 'support.read', state: 'quiet', answeredBy: null, orders: [] },
    {
      ...{ type: 'support.read', state: 'answered', answeredBy: 'Анна <3' },
      orders: [{ jobId: 'j0', modelId: 'z-image', at: CARD.at }],
    },
    { type: 'support.read', state: 'waiting', answeredBy: null, orders: [] },
  ],
  'erasure.look': () => [
    { type: 'erasure.read', ...ERASABLE },
    { type: 'erasure.read', ...ERASABLE, running: 1, payments: 2, debtKopecks: 700 },
  ],
  'person.erase': () => [{ type: 'erasure.refused' }],
  ...PAYMENT_REVIEW_ANSWERS,
  ...BROADCAST_ANSWERS,
  ...TEMPLATE_ANSWERS,
  'free.request': () => [{ type: 'free.read', free: FREE }],
  'quote.request': (params, { rates }) => {
    const { modelId, answers, serial } = params as {
      modelId: string
      answers: Answers
      serial: number
    }
    const model = modelById(modelId)
    const quote = model && quotePrice(model, answers, rates, measuresOf(answers))
    const refused = { type: 'quote.refused', reason: 'unpriced', serial } as const
    if (quote === undefined || 'unpriced' in quote) return [refused]
    const priced = { priceKopecks: quote.kopecks, credits: quote.houseCredits, serial }
    return [
      { type: 'quote.ready', ...priced, availableKopecks: RICH },
      { type: 'quote.ready', ...priced, availableKopecks: 0 },
      refused,
    ]
  },
  'job.start': (params) => {
    const { jobId, modelId } = params as { jobId: string; modelId: string }
    return [
      { type: 'job.started', jobId, modelId },
      { type: 'job.refused', jobId, reason: 'busy' },
      { type: 'job.refused', jobId, reason: 'money' },
    ]
  },
  'wait.request': (params) => {
    const { jobs } = params as { jobs: { jobId: string }[] }
    const usual = { medianMs: 41_000, p90Ms: 98_000 }
    return [
      {
        type: 'wait.read',
        jobs: jobs.map(({ jobId }) => ({ jobId, usual, place: 2, canCancel: true })),
      },
      {
        type: 'wait.read',
        jobs: jobs.map(({ jobId }) => ({ jobId, usual: null, place: null, canCancel: false })),
      },
    ]
  },
  'job.cancel': (params) => [
    { type: 'cancel.refused', jobId: String(params.jobId), modelId: 'z-image' },
  ],
  'topup.start': (params) => {
    const { topupId, way, kopecks } = params as {
      topupId: string
      way: 'stars' | 'manual'
      kopecks: number
    }
    const about = { topupId, way, kopecks }
    return [
      { type: 'topup.opened', ...about, stars: Math.ceil(kopecks / 62) },
      { type: 'topup.failed', ...about, reason: 'undelivered' },
      { type: 'topup.failed', ...about, reason: 'inReview' },
    ]
  },
  'payments.request': () => [
    {
      type: 'payments.read',
      payments: [{ chargeId: 'charge-1', stars: 80, kopecks: 5_000, at: CARD.at }],
    },
  ],
  'refund.ask': (params) => [
    {
      type: 'refund.answered',
      chargeId: String(params.chargeId),
      answer: 'asked',
      missingKopecks: 0,
    },
  ],
  'words.improve': (params) => {
    const { serial, how } = params as { serial: number; how: Improvement }
    return [
      { type: 'words.improved', serial, how, words: 'A cat in the snow, soft light' },
      { type: 'words.refused', serial, reason: 'over' },
      { type: 'words.refused', serial, reason: 'failed' },
    ]
  },
  'media.inspect': inspected,
  'result.inspect': inspected,
  'history.request': (params) => {
    const {
      list,
      page,
      filter = 'all',
    } = params as {
      list: ResultList
      page: number
      filter?: Filter
    }
    const about = { type: 'history.read', list, page, filter } as const
    return [
      { ...about, lines: [{ ...CARD, words: String(CARD.answers.prompt) }], total: 1 },
      { ...about, lines: [], total: 0 },
    ]
  },
  'share.request': (params) => {
    const jobId = String(params.jobId)
    const secret = '0123456789abcdefghijklmn'
    return [
      { type: 'share.read', jobId, share: { secret, withWords: params.withWords === true } },
      { type: 'share.read', jobId, share: null },
    ]
  },
  'result.request': (params) => {
    const { jobId } = params as { jobId: string }
    return [
      { type: 'result.read', jobId, card: { ...CARD, jobId } },
      { type: 'result.read', jobId, card: { ...GONE_CARD, jobId } },
      { type: 'result.read', jobId, card: null },
    ]
  },
}

/** Every answer there is to an effect, the pleasant one first. */
export const answersTo = ({ type, params }: Effect, view: View): EventObject[] =>
  ANSWERS[type]?.(params, view) ?? []
