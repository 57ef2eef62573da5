import { defineCommand } from 'citty'
import { countTaps, TAP_TARGETS } from '../e2e/taps.ts'
import { withFreshDatabase } from '../world/database.ts'

/** How much a person has to do for what people do most often, counted in the running sandbox. */
export const tapsCommand = defineCommand({
  meta: {
    name: 'taps',
    description: 'Counts the taps and messages from the first message until an order runs.',
  },
  args: { json: { type: 'boolean', default: false, description: 'One JSON object, not text' } },
  async run({ args }) {
    const { LOG_LEVEL: logLevel = 'error' } = process.env
    const counted = await withFreshDatabase(process.env, (database) =>
      countTaps(database, logLevel),
    )
    if (args.json) console.log(JSON.stringify(counted))
    else {
      for (const [way, { taps, messages }] of Object.entries(counted)) {
        console.log(`${way}: ${taps} taps, ${messages} messages`)
      }
    }
    const isOver = Object.entries(TAP_TARGETS).some(
      ([way, most]) => (counted[way]?.taps ?? 99) > most,
    )
    process.exitCode = isOver ? 1 : 0
  },
})
