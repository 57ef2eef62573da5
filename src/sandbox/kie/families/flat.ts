import { type Refusal, refuse } from '../refusal.ts'
import type { Draft } from './family.ts'

/** A flat request: the input's fields stand next to `model` and `callBackUrl`. */
export function readFlat(body: Record<string, unknown>): Draft | Refusal {
  const { model, callBackUrl, ...input } = body
  if (typeof model !== 'string' || model === '') return refuse(422, 'model is required')
  return { model, input, callBackUrl, param: JSON.stringify(body) }
}

/** The provider's clocks are not ours: a time as text says neither zone nor milliseconds. */
const ZONE_MS = 8 * 3_600_000

/** A time as the old APIs write it: "2025-06-06 10:25:00". */
export const textTime = (at: number): string =>
  new Date(at + ZONE_MS).toISOString().slice(0, 19).replace('T', ' ')
