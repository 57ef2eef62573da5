import { defineCommand } from 'citty'
import { auditChecks } from '../checks/audit.ts'
import { checkDatabase } from '../checks/database.ts'
import { type Check, checkLines, checksJson, isPassed, runChecks } from '../checks/run-checks.ts'
import { checkScreens } from '../checks/screens.ts'
import { SAMPLE_VIEW } from '../machines/conversation/samples/view.ts'

/** What is on offer and whether it is whole; with DATABASE_URL also what is stored. */
export const auditCommand = defineCommand({
  meta: { name: 'audit', description: 'Counts and checks what the bot offers and stores.' },
  args: { json: { type: 'boolean', default: false, description: 'One JSON object, not text' } },
  async run({ args }) {
    const { DATABASE_URL: url } = process.env
    const checks: Check[] = [
      ...auditChecks(),
      { name: 'screens', run: () => checkScreens(SAMPLE_VIEW) },
      ...(url ? [{ name: 'database', run: () => checkDatabase(url) }] : []),
    ]
    const reports = await runChecks(checks, (report) => {
      if (!args.json) console.log(checkLines(report, true).join('\n'))
    })
    if (args.json) console.log(JSON.stringify(checksJson(reports)))
    process.exitCode = isPassed(reports) ? 0 : 1
  },
})
