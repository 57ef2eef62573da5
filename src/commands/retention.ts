import { defineCommand } from 'citty'
import { JOB_STATUSES } from '../machines/job/statuses.ts'
import { dueForRetention, RETENTION, retain } from '../store/retention.ts'
import { withDatabase } from './with-database.ts'

/** Removes what has been kept for long enough from the database of DATABASE_URL, or says what would go. */
export const retentionCommand = defineCommand({
  meta: {
    name: 'retention',
    description: 'Remove what was kept for long enough, as the bot does every six hours.',
  },
  args: {
    'dry-run': { type: 'boolean', default: false, description: 'Only say how many rows would go' },
    json: { type: 'boolean', default: false, description: 'One JSON object instead of text' },
  },
  async run({ args }) {
    // It may take long to look at everything.
    await withDatabase({ name: 'trt-retention', max: 2, timeoutMs: 600_000 }, async (db) => {
      const options = { now: Date.now(), ended: JOB_STATUSES.ended, full: true }
      const look = args['dry-run'] ? dueForRetention : retain
      const rows = await look(db, options)
      if (args.json) return console.log(JSON.stringify(rows))
      for (const { name, days, what } of RETENTION) {
        console.log(`${String(rows[name]).padStart(9)}  ${name} (${days} days): ${what}`)
      }
      console.log(args['dry-run'] ? 'Nothing was changed.' : 'These rows are gone.')
    })
  },
})
