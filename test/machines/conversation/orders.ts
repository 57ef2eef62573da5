import { modelById } from '../../../src/machines/catalogue/catalogue.ts'
import type { MediaFile } from '../../../src/machines/catalogue/media.ts'
import type { ConversationEvent } from '../../../src/machines/conversation/events.ts'
import { firstWords } from '../../../src/machines/conversation/results/first-words.ts'
import {
  type Filter,
  LINES_PER_PAGE,
  type ResultCard,
} from '../../../src/machines/conversation/results/results.ts'
import type { Effect } from '../../../src/machines/engine/definition.ts'

/** Somebody's orders so far: more than a page of them, in every state. */
export const orders: ResultCard[] = [
  { jobId: 'done', status: 'delivered' },
  { jobId: 'failed', status: 'failed', error: 'kie.failed' },
  { jobId: 'running', status: 'creating', files: [] },
  { jobId: 'gift', status: 'delivered', courtesy: true, saved: true },
  { jobId: 'video', status: 'delivered', modelId: 'grok-imagine/text-to-video' },
  { jobId: 'link', status: 'delivered', files: [] },
  { jobId: 'gone', status: 'delivered', modelId: 'no-such-model' },
  { jobId: 'sound', status: 'delivered', modelId: 'elevenlabs/text-to-speech-turbo-2-5' },
  { jobId: 'several', status: 'delivered', modelId: 'grok-imagine/text-to-image' },
  { jobId: 'text', status: 'delivered', modelId: 'elevenlabs/speech-to-text', files: [] },
].map((facts, i) => ({
  modelId: 'z-image',
  priceKopecks: i * 100,
  at: Date.UTC(2026, 9, 1 + i, 22, 5),
  error: null,
  courtesy: false,
  answers: { prompt: 'кот <&>', aspect_ratio: '1:1' },
  taskId: `task-${facts.jobId}`,
  files: Array.from({ length: facts.jobId === 'several' ? 3 : 1 }, (_, n) => ({
    kind: facts.jobId === 'video' ? 'video' : 'photo',
    fileId: `${facts.jobId}-${n}`,
  })),
  saved: false,
  ...facts,
}))

/** What the store and the look into a file say to the result screens. */
export function resultAnswer({ type, params }: Effect): ConversationEvent | undefined {
  if (type === 'history.request') {
    const {
      list,
      page,
      filter = 'all',
    } = params as {
      list: 'history' | 'favourites'
      page: number
      filter?: Filter
    }
    const all = orders
      .filter((o) => list === 'history' || o.saved)
      .filter((o) => filter === 'all' || modelById(o.modelId)?.output === filter)
    const lines = all
      .slice(page * LINES_PER_PAGE, (page + 1) * LINES_PER_PAGE)
      .map((o) => ({ ...o, words: firstWords(o.modelId, o.answers) }))
    return { type: 'history.read', list, page, filter, lines, total: all.length }
  }
  if (type === 'result.request') {
    const jobId = params.jobId as string
    const found = orders.find((o) => o.jobId === jobId)
    return { type: 'result.read', jobId, card: found ?? { ...(orders[0] as ResultCard), jobId } }
  }
  if (type !== 'result.inspect') return undefined
  const { serial, media, expects } = params as { serial: number; media: MediaFile; expects: string }
  const facts = { size: 1_000, width: 1_000, height: 1_000, duration: 3 }
  const mime = { image: 'image/png', video: 'video/mp4', audio: 'audio/mpeg' }[expects] as string
  return { type: 'media.inspected', serial, media: { ...media, ...facts, kind: expects, mime } }
}
