import type { ModelTerms } from '../machines/catalogue/pricing.ts'
import { shippedTemplates } from '../machines/catalogue/templates.ts'
import type { View } from '../machines/conversation/screens/screen.ts'
import type { Db } from '../store/db.ts'
import { readTermsNow, type TermsNow } from '../store/model-terms.ts'
import { noteSalesTerms } from '../store/sales-terms.ts'
import { readExamples } from '../store/templates.ts'
import { modelFilesHash, ratesToJson } from './sales-terms.ts'

/** Admins decide, and every instance sells by it within so long and one read. */
const EVERY_MS = 2_000

/** The terms of models as they are, in the one view of this process. */
export interface LiveTerms {
  /** Reads them now; rejects with what the database says. */
  refresh(): Promise<void>
}

const termsOf = ({ isPaused, markup, isFree }: TermsNow): ModelTerms => ({
  ...(isPaused && { isPaused }),
  ...(markup !== null && { markup }),
  ...(isFree && { isFree }),
})

type Examples = Awaited<ReturnType<typeof readExamples>>

/** Terms by model: what admins decided about it, and the newest example of it. */
function termsByModel(now: readonly TermsNow[], examples: Examples): Map<string, ModelTerms> {
  const terms = new Map(now.map((one) => [one.modelId, termsOf(one)]))
  for (const { id, modelId } of examples) {
    const of = modelId ?? shippedTemplates.find((one) => one.id === id)?.model
    if (of === undefined || terms.get(of)?.example !== undefined) continue
    terms.set(of, { ...terms.get(of), example: id })
  }
  return terms
}

/**
 * Keeps the rates of the view at what admins decided about single models: what anybody on any instance
 * decides is asked for every two seconds, until the signal. While the database is away, what was known
 * last holds; nothing can be ordered then anyway. What holds is noted for those who run a journal again.
 */
export function createLiveTerms(
  { db, view, everyMs = EVERY_MS }: { db: Db; view: View; everyMs?: number },
  until: AbortSignal,
): LiveTerms {
  const { terms: _, ...base } = view.rates
  let known: string | undefined

  async function refresh(): Promise<void> {
    const [now, examples] = await Promise.all([readTermsNow(db), readExamples(db)])
    const told = JSON.stringify([now, examples])
    if (told === known) return
    known = told
    view.rates = { ...base, terms: termsByModel(now, examples) }
    await noteSalesTerms(db, { files: modelFilesHash(), rates: ratesToJson(view.rates) })
  }

  let isReading = false
  const timer = setInterval(async () => {
    if (isReading) return
    isReading = true
    await refresh().catch(() => {})
    isReading = false
  }, everyMs)
  until.addEventListener('abort', () => clearInterval(timer))
  return { refresh }
}
