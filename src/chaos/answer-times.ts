import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from './stage.ts'

const LOOK_MS = 5
const ASK_EVERY_MS = 500
/** Who is not answered for so long is counted with it. */
const PATIENCE_MS = 60_000

/** People who ask for the menu again and again: how long each waits. */
export interface Askers {
  /** User ids, downwards from this one. */
  below: number
  count: number
  /** Between an answer and the next question, ms; absent: half a second. */
  everyMs?: number
  /** Whether an answer that begins or ends now counts. */
  counts?: () => boolean
}

/** Asks until `end`; resolves with how long each answer took, ms. Rejects as `end` does. */
export async function answerTimes(
  { telegram }: Stage,
  end: Promise<unknown>,
  { below, count, everyMs = ASK_EVERY_MS, counts = () => true }: Askers,
): Promise<number[]> {
  let isOver = false
  const took: number[] = []
  const asking = Array.from({ length: count }, async (_, i) => {
    const user = telegram.control.user(below - 1 - i, { languageCode: 'ru' })
    while (!isOver) {
      const began = performance.now()
      const isCounted = counts()
      const { id } = user.sendCommand('menu')
      const isAnswered = () => user.chat({ last: 4 }).some((m) => m.from === 'bot' && m.id > id)
      while (!isAnswered() && performance.now() - began < PATIENCE_MS) await sleep(LOOK_MS)
      if (isCounted && counts()) took.push(performance.now() - began)
      await sleep(everyMs)
    }
  })
  await end.finally(() => {
    isOver = true
  })
  await Promise.all(asking)
  return took
}

/** The value below which that share of all lies, rounded; 0 of none. */
export const percentile = (values: readonly number[], share: number): number =>
  Math.round(
    values.toSorted((a, b) => a - b)[
      Math.min(values.length - 1, Math.floor(share * values.length))
    ] ?? 0,
  )
