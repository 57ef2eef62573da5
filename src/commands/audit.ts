import { writeFileSync } from 'node:fs'
import { defineCommand } from 'citty'
import { auditChecks, auditCounts, auditResult } from '../checks/audit.ts'
import { checkPicks, checkTemplates } from '../checks/catalogue.ts'
import { checkDatabase } from '../checks/database.ts'
import { type Check, checkLines, isPassed, runChecks } from '../checks/run-checks.ts'
import { checkScreens } from '../checks/screens.ts'
import { readStoredShelf, shelfFindings } from '../checks/shelf.ts'
import { SAMPLE_VIEW } from '../machines/conversation/samples/view.ts'

/** In the folder that the command is run in; git ignores it. */
const RESULT = 'AUDIT_RESULT.json'

/**
 * What is on offer and whether it is whole; with DATABASE_URL also what is stored, what admins decided
 * about models (`decided`) and how these did of late (`quality`). Writes the
 * counts and all findings to AUDIT_RESULT.json, and with `--json` prints the same on one line.
 */
export const auditCommand = defineCommand({
  meta: { name: 'audit', description: 'Counts and checks what the bot offers and stores.' },
  args: { json: { type: 'boolean', default: false, description: 'One JSON object, not text' } },
  async run({ args }) {
    const { DATABASE_URL: url } = process.env
    const stored = url ? await readStoredShelf(url).catch(() => undefined) : undefined
    const checks: Check[] = [
      ...auditChecks(),
      { name: 'picks', run: () => checkPicks(SAMPLE_VIEW.rates) },
      { name: 'templates', run: () => checkTemplates(SAMPLE_VIEW.rates) },
      { name: 'screens', run: () => checkScreens(SAMPLE_VIEW) },
      ...(url ? [{ name: 'database', run: () => checkDatabase(url) }] : []),
      ...(stored ? [{ name: 'models in the database', run: () => shelfFindings(stored) }] : []),
    ]
    const reports = await runChecks(checks, (report) => {
      if (!args.json) console.log(checkLines(report, true).join('\n'))
    })
    const paused = stored?.terms.filter(({ isPaused }) => isPaused).map(({ modelId }) => modelId)
    const result = {
      ...auditResult(reports, auditCounts(new Set(paused))),
      ...(stored && { decided: stored.terms, quality: stored.quality }),
    }
    writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`)
    console.log(args.json ? JSON.stringify(result) : `written to ${RESULT}`)
    process.exitCode = isPassed(reports) ? 0 : 1
  },
})
