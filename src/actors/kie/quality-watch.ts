import { allModels } from '../../machines/catalogue/catalogue.ts'
import { MODEL_FAILURES } from '../../machines/job/model-failure.ts'
import { pauseModel } from '../../store/model-pauses.ts'
import { findFailing } from '../../store/model-quality.ts'
import type { Alert } from '../effects/alert.ts'
import type { EffectDeps } from '../effects/deps.ts'

export interface QualityWatchDeps extends Pick<EffectDeps, 'db' | 'log'> {
  alert: Alert
}

/** So many failures in a row pause a model. */
const IN_A_ROW = 3
const FIRST_HOURS = 0.5
const MOST_HOURS = 24

/** How long a model rests after so many failures in a row: twice as long after each one more. Pure. */
export const restHours = (inARow: number): number =>
  Math.min(MOST_HOURS, FIRST_HOURS * 2 ** (inARow - IN_A_ROW))

const MODELS = allModels.map(({ id }) => id)

/**
 * Pauses models that fail time after time, and tells the admins. When the pause is over the next
 * order tries the model again; if that fails too, it rests for longer. Called often by every instance.
 */
export const createQualityWatch =
  ({ db, log, alert }: QualityWatchDeps) =>
  async (): Promise<void> => {
    const found = await findFailing(db, {
      ...{ models: MODELS, failures: MODEL_FAILURES, least: IN_A_ROW },
    })
    for (const { modelId, inARow, code } of found) {
      const hours = restHours(inARow)
      const why = `${inARow} × ${code}`
      if (!(await pauseModel(db, { modelId, code: 'model.failing', hours, why }))) continue
      log.warn({ modelId, inARow, code, hours }, 'a model fails time after time and is paused')
      await alert(
        `model.failing:${modelId}`,
        `${modelId} failed ${inARow} times in a row (${code}) and is not sold for ${hours} hours; ` +
          'then the next order tries it again. Bring it back earlier: /admin, Models.',
        { everyMs: 60_000 },
      )
    }
  }
