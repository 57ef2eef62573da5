import { defineCommand } from 'citty'
import { replayLetters } from '../actors/effects/ask-for-replay.ts'
import { type LetterKind, REPLAYABLE_KINDS } from '../machines/conversation/admin/orphans.ts'
import { JOB_STATUSES } from '../machines/job/statuses.ts'
import { askAboutOrders, findOrphans } from '../store/orphans.ts'
import { withDatabase } from './with-database.ts'

/** What nobody goes on with in the database of DATABASE_URL, and what to do about it. */
export const orphansCommand = defineCommand({
  meta: {
    name: 'orphans',
    description: 'Stuck orders, effects, timers and sends, and dead letters.',
  },
  args: {
    replay: {
      type: 'enum',
      options: [...REPLAYABLE_KINDS],
      description: 'Lets the running bot try all dead letters of a kind again',
    },
    ask: {
      type: 'boolean',
      default: false,
      description: 'Has the provider asked about open orders',
    },
    json: { type: 'boolean', default: false, description: 'One JSON object instead of text' },
  },
  async run({ args }) {
    await withDatabase({ name: 'trt-orphans', max: 1 }, async (db) => {
      const options = { now: Date.now(), ended: JOB_STATUSES.ended }
      if (args.replay !== undefined) {
        const letters = await replayLetters(db, args.replay as LetterKind, options.now)
        console.log(`${letters} dead letters go to the running bot`)
      }
      if (args.ask) console.log(`asking about ${await askAboutOrders(db, options)} orders`)
      const found = await findOrphans(db, options)
      if (args.json) return console.log(JSON.stringify({ orphans: found }))
      if (found.length === 0) console.log('nothing is orphaned')
      for (const { what, count, oldest } of found) {
        console.log(`${String(count).padStart(7)}  since ${oldest.toISOString()}  ${what}`)
      }
    })
  },
})
