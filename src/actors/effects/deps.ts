import type { Db } from '../../store/db.ts'
import type { CrashAt } from '../crash-points.ts'
import type { EngineDeps } from '../engine/effect.ts'

/** What most handlers need. */
export interface EffectDeps extends EngineDeps {
  db: Db
  crashAt: CrashAt
}
