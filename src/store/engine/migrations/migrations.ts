import type { Migrations } from '../migrate.ts'
import { engine } from './0001-engine.ts'
import { checkpoints } from './0003-checkpoints.ts'
import { timers } from './0004-timers.ts'
import { lookedUp } from './0008-looked-up.ts'
import { counts } from './0009-counts.ts'
import { effects } from './0014-effects.ts'
import { versions } from './0016-versions.ts'

/**
 * The engine's schema, forward only, by the names under which databases remember them. A program that
 * needs tables of its own adds migrations; one of the same name is what comes after the engine's part.
 */
export const engineMigrations: Migrations = {
  '0001-engine': engine,
  '0003-races': checkpoints,
  '0004-timers': timers,
  '0008-console': lookedUp,
  '0009-counts': counts,
  '0014-effects': effects,
  '0016-send-fence': versions,
}
