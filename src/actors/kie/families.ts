import type { Model } from '../../machines/catalogue/catalogue.ts'
import type { Family } from './family.ts'
import { market } from './market.ts'
import { parseTaskStatus, type TaskStatus, unwrap } from './status.ts'
import { readSunoCallback, suno } from './suno.ts'
import { readVeoCallback, veo } from './veo.ts'

const families: Readonly<Record<Model['family'], Family>> = { market, veo, suno }

/** The API that a model is ordered through. */
export const familyOf = ({ family }: Pick<Model, 'family'>): Family => families[family]

/**
 * Reads a callback of any family; never throws. The body itself tells its dialect: only the market
 * has `state`, only Suno `callbackType`, only Veo `info`, `promptJson` or `successFlag`. That is
 * safe because a family's rule for "done" applies only where its own mark stands, and a body with
 * no mark keeps the job waiting. It is also better than asking for the job's model: no query before
 * a callback is stored, and the two old APIs may move to the market's shape on any day.
 */
export const parseCallback = (body: unknown): TaskStatus => {
  const task = unwrap(body).slice(0, 2)
  const hasState = task.some(({ state }) => typeof state === 'string')
  const read = hasState ? undefined : (readSunoCallback(body) ?? readVeoCallback(body))
  return read ?? parseTaskStatus(body)
}
