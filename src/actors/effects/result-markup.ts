import type { Answers } from '../../machines/catalogue/payload.ts'
import { roleOf, type Staff } from '../../machines/conversation/admin/roles.ts'
import { templateData } from '../../machines/conversation/admin/template.ts'
import { messageButtons } from '../../machines/conversation/results/message-buttons.ts'
import type { View } from '../../machines/conversation/screens/screen.ts'
import { type Language, translator } from '../../machines/texts/translate.ts'
import type { Db } from '../../store/db.ts'
import { readKeptJob } from '../../store/jobs.ts'
import type { InlineMarkup } from '../telegram/send-media.ts'

export interface MarkupDeps {
  readonly view: Pick<View, 'rates'>
  readonly staff: Staff
}

interface Wanted {
  readonly jobId: string
  readonly language: Language
  /** As the user has just said; without it, as stored. */
  readonly saved?: boolean | undefined
}

/** The buttons of an order's result as they are now; undefined: there is no such order. */
export async function resultMarkup(
  { db, view, staff }: MarkupDeps & { readonly db: Db },
  { jobId, language, saved }: Wanted,
): Promise<InlineMarkup | undefined> {
  const row = await readKeptJob(db, jobId)
  if (row === undefined) return undefined
  const order = {
    jobId,
    modelId: row.model_id,
    answers: row.input as Answers,
    saved: saved ?? row.saved,
  }
  const isStaff = roleOf(staff, row.user_id) !== undefined
  const make = {
    text: translator(language)('templateDesk.make'),
    callback_data: templateData(jobId),
  }
  return {
    inline_keyboard: [...messageButtons(order, view.rates, language), ...(isStaff ? [[make]] : [])],
  }
}

/** The id of the job that this actor is; jobs are named by it. */
export const jobIdOf = (actor: string): string => actor.slice(actor.indexOf(':') + 1)
