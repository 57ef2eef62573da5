import { everyModel } from '../machines/catalogue/catalogue.ts'
import { MODEL_FAILURES } from '../machines/job/model-failure.ts'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { type ModelQuality, QUALITY_DAYS, readQuality } from '../store/model-quality.ts'
import { readTermsNow, type TermsNow } from '../store/model-terms.ts'
import { readWaitingChanges } from '../store/provider-changes.ts'
import { type Finding, ok, warn } from './run-checks.ts'

/** What a database says of the models, beside their files. */
export interface StoredShelf {
  readonly terms: readonly TermsNow[]
  /** Of the models ordered within the last days. */
  readonly quality: readonly ModelQuality[]
  /** Changes at the provider that wait for an admin. */
  readonly changes: number
}

/** Opens the database, reads what admins decided and how the models did, and closes it. */
export async function readStoredShelf(url: string): Promise<StoredShelf> {
  const pool = createPool({ url, max: 2, name: 'trt-check' })
  const db = createDb(pool)
  try {
    const [terms, quality, { waiting }] = await Promise.all([
      readTermsNow(db),
      readQuality(db, { failures: MODEL_FAILURES }),
      readWaitingChanges(db, 0),
    ])
    return { terms, quality, changes: waiting }
  } finally {
    await pool.end()
  }
}

const MOST_LINES = 20
/** Worse than this is worth a look, once so many orders say so. */
const POOR = 0.8
const ENOUGH = 10

const seconds = (ms: number | null): string => (ms === null ? '–' : `${Math.round(ms / 1_000)} s`)

/** The share of orders that the model itself did not fail; null: none was judged. */
export const successRate = ({ delivered, failed }: ModelQuality): number | null =>
  delivered + failed === 0 ? null : delivered / (delivered + failed)

function termsLine({ modelId, isPaused, markup, isFree }: TermsNow): Finding {
  const told = [isPaused && 'paused', markup !== null && `markup ${markup}`, isFree && 'free']
  const words = `${modelId}: ${told.filter(Boolean).join(', ')}`
  return everyModel.some(({ id }) => id === modelId) ? ok(words) : warn(`${words}; it has no file`)
}

function qualityLine(quality: ModelQuality): Finding {
  const { modelId, ended, refunds, medianMs, p90Ms, lastFailure } = quality
  const rate = successRate(quality)
  const words = [
    `${modelId}: ${ended} orders`,
    rate === null ? 'none judged' : `${Math.round(100 * rate)}% success`,
    `median ${seconds(medianMs)}, p90 ${seconds(p90Ms)}`,
    `${refunds} refunds`,
    lastFailure && `last failure ${lastFailure.code} ${lastFailure.at.toISOString().slice(0, 16)}`,
  ]
  const line = words.filter(Boolean).join(', ')
  return rate !== null && rate < POOR && ended >= ENOUGH ? warn(line) : ok(line)
}

/** The same in lines for people. */
export function shelfFindings({ terms, quality, changes }: StoredShelf): Finding[] {
  return [
    ok(`${terms.length} models with decisions of admins or pauses`),
    ...terms.map(termsLine),
    ok(`${quality.length} models ordered within ${QUALITY_DAYS} days`),
    ...quality.slice(0, MOST_LINES).map(qualityLine),
    ...(changes > 0 ? [warn(`${changes} changes at the provider wait: /admin, Models`)] : []),
  ]
}
