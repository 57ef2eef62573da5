import { AUDIENCES } from '../../broadcast/audience.ts'
import type { BroadcastCard } from '../../broadcast/card.ts'
import { NO_PROGRESS } from '../../broadcast/progress.ts'
import type { Effect } from '../../engine/definition.ts'
import type { ConversationEvent } from '../events.ts'

const AT = Date.UTC(2025, 11, 31, 12)

const READY: BroadcastCard = {
  id: 'b1',
  state: 'ready',
  madeBy: 7,
  content: { chatId: 7, messageId: 10, kind: 'photo', words: 'Films & <sounds>' },
  buttons: [{ text: 'Try <it>', start: 'm_z-image' }],
  audience: { kind: 'idle', days: 7 },
  progress: NO_PROGRESS,
  startedAt: null,
  endedAt: null,
  trouble: null,
}
const SENDING: BroadcastCard = {
  ...READY,
  state: 'sending',
  audience: { kind: 'all' },
  progress: { total: 1_234, sent: 600, blocked: 20, failed: 1, skipped: 2, lost: 3 },
  startedAt: AT,
}
const CARDS: readonly BroadcastCard[] = [
  READY,
  {
    ...READY,
    state: 'draft',
    content: null,
    buttons: [],
    audience: { kind: 'language', language: 'en' },
    trouble: 'telegram.refused',
  },
  { ...READY, state: 'previewing' },
  SENDING,
  { ...SENDING, state: 'pausing' },
  { ...SENDING, state: 'cancelling' },
  { ...SENDING, state: 'paused', trouble: 'broadcast.gone' },
  { ...SENDING, state: 'done', endedAt: AT + 100_000 },
]

type Answering = (params: Effect['params']) => ConversationEvent[]

/** What the rest of the system may say to the admins' screens of broadcasts, the pleasant first. */
export const BROADCAST_ANSWERS: Readonly<Record<string, Answering>> = {
  'admin.broadcasts': () => [
    {
      type: 'broadcasts.read',
      rows: CARDS.slice(2).map(({ state }, i) => ({
        ...{ id: `b${i}`, state, at: AT + i * 60_000 },
        words: i === 0 ? null : 'Films & <sounds>',
      })),
    },
    { type: 'broadcasts.read', rows: [] },
  ],
  'admin.broadcast': ({ id }) => [
    ...CARDS.map((card) => ({
      type: 'broadcast.changed' as const,
      card: { ...card, id: id as string },
      isPreviewed: card === READY,
    })),
    { type: 'broadcast.read', id: id as string, card: { ...READY, id: id as string } },
    { type: 'broadcast.read', id: id as string, card: null },
  ],
  'admin.audience': () => [{ type: 'audience.read', counts: AUDIENCES.map((_, i) => 100 * i) }],
}
