import { bookings } from './bookings.ts'
import { effectTable } from './effects/table.ts'
import { createStepRules } from './engine/booking.ts'
import { projections } from './projections.ts'

/** What a step of the bot's machines leads to, for a runtime that carries out no effects. */
export const stepRules = createStepRules({ effects: effectTable, bookings, projections })
