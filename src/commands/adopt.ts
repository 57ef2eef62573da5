import { defineCommand } from 'citty'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { livingInstances, moveInstallation } from '../store/installation.ts'
import { migrate } from '../store/migrate.ts'

/** Gives the database of DATABASE_URL to another bot, on purpose. */
export const adoptCommand = defineCommand({
  meta: { name: 'adopt', description: 'Gives the database of DATABASE_URL to another bot.' },
  args: {
    bot: {
      type: 'string',
      required: true,
      description: 'The number before the colon of its token',
    },
  },
  async run({ args }) {
    const { DATABASE_URL: url } = process.env
    const lines = url
      ? await adopt(url, args.bot)
      : ['DATABASE_URL is missing: the database to give.']
    if (lines.length === 1) {
      console.error(lines[0])
      process.exitCode = 1
    } else console.log(lines.join('\n'))
  },
})

/** What came of it, in several lines; one line: nothing was done, and why. */
export async function adopt(url: string, bot: string): Promise<string[]> {
  const botId = Number(bot)
  if (!/^\d+$/.test(bot) || !Number.isSafeInteger(botId) || botId <= 0) {
    return ['--bot needs the id of a bot: the number before the colon of its token.']
  }
  const pool = createPool({ url, max: 2, name: 'trt-adopt' })
  try {
    await migrate(pool)
    const db = createDb(pool)
    const living = await livingInstances(db)
    if (living.length > 0) {
      return [`A bot works on this database (${living.join(', ')}): stop it first.`]
    }
    const before = await moveInstallation(db, botId)
    if (before?.botId === botId) return [`The database belongs to bot ${botId} already.`]
    return [
      `The database belongs to bot ${botId} now${before === undefined ? '' : `, before: bot ${before.botId}`}.`,
      'Accounts, orders and payments stay. Dialogues begin anew, and pictures that are known by the ids of',
      'Telegram alone can not be sent again by the new bot. Users have to press Start at the new bot once.',
    ]
  } finally {
    await pool.end()
  }
}
