import { defineCommand } from 'citty'
import { backup, compareWithBackup, restore } from '../backup/backup.ts'
import { checkDatabase } from '../checks/database.ts'
import { checkLines, failures, isPassed, runChecks } from '../checks/run-checks.ts'
import { coerceError } from '../errors.ts'
import { VERSION } from '../service/version.ts'

/** What it throws is one line and an exit code of 1. */
const told = async (name: string, work: (url: string) => Promise<void>): Promise<void> => {
  try {
    const { DATABASE_URL: url } = process.env
    if (!url) throw new Error('DATABASE_URL is missing: the database')
    await work(url)
  } catch (error) {
    console.error(`${name}: ${coerceError(error).message}`)
    process.exitCode = 1
  }
}

export const backupCommand = defineCommand({
  meta: { name: 'backup', description: 'Dumps the database of DATABASE_URL while the bot runs.' },
  args: { file: { type: 'positional', required: false, description: 'Where to; trt-<time>.dump' } },
  run: ({ args }) =>
    told('backup', async (url) => {
      const now = Date.now()
      const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-')
      const file = args.file ?? `trt-${stamp}.dump`
      const { rows, runningJobs } = await backup({ url, file, version: VERSION, now })
      const total = Object.values(rows).reduce((sum, n) => sum + n, 0)
      const tables = Object.keys(rows).length
      console.log(
        `${file}: ${total} rows of ${tables} tables, ${runningJobs.length} orders under way`,
      )
      console.log(`${file}.json: what it holds; keep both`)
    }),
})

export const restoreCommand = defineCommand({
  meta: { name: 'restore', description: 'Loads a dump into the empty database of DATABASE_URL.' },
  args: { file: { type: 'positional', required: true, description: 'A file of npm run backup' } },
  run: ({ args: { file } }) =>
    told('restore', async (url) => {
      await restore({ url, file })
      await verify(url, file)
    }),
})

export const verifyCommand = defineCommand({
  meta: { name: 'verify', description: 'Judges the database of DATABASE_URL: schema and ledger.' },
  args: {
    file: { type: 'positional', required: false, description: 'Also against what this dump held' },
  },
  run: ({ args: { file } }) => told('verify', (url) => verify(url, file)),
})

async function verify(url: string, file: string | undefined): Promise<void> {
  const reports = await runChecks([
    { name: 'database', run: () => checkDatabase(url) },
    ...(file === undefined
      ? []
      : [
          {
            name: 'backup',
            run: async () =>
              failures(
                await compareWithBackup(url, file),
                'as many rows, kopecks and running orders as the backup held',
                'Something is missing, or the bot has gone on since the backup.',
                'Right after a restore: take another backup. Later it is to be expected.',
              ),
          },
        ]),
  ])
  for (const report of reports) console.log(checkLines(report, true).join('\n'))
  console.log(isPassed(reports) ? 'Verified.' : 'Not as it should be.')
  if (!isPassed(reports)) process.exitCode = 1
}
