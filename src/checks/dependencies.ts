import { execFile } from 'node:child_process'
import { z } from 'zod'
import { type Finding, ok, warn } from './run-checks.ts'

/** Known weaknesses of the packages that the running bot uses, by how bad they are. */
export interface DependencyFacts {
  readonly bySeverity: Readonly<Record<string, number>>
}

/** The part of `npm audit --json` that counts: https://docs.npmjs.com/cli/v11/commands/npm-audit */
const auditReport = z.object({
  metadata: z.object({ vulnerabilities: z.record(z.string(), z.number()) }),
})

const PATIENCE_MS = 30_000
const MAX_BYTES = 20_000_000
/** What npm calls worth an interruption. */
const GRAVE = ['critical', 'high']
const FIX = 'npm audit --omit=dev names them; npm update, then npm test.'

/**
 * Asks npm's registry about the packages of the lock file in `root`. Rejects where there is no npm, no
 * lock file, or a registry that has no such service.
 */
export function readDependencies(root: string): Promise<DependencyFacts> {
  const { promise, resolve, reject } = Promise.withResolvers<DependencyFacts>()
  const options = { cwd: root, timeout: PATIENCE_MS, maxBuffer: MAX_BYTES }
  // It exits with 1 when it found something; only what it printed counts.
  execFile('npm', ['audit', '--omit=dev', '--json'], options, (error, stdout) => {
    try {
      const { metadata } = auditReport.parse(JSON.parse(stdout))
      const { total: _, ...bySeverity } = metadata.vulnerabilities
      resolve({ bySeverity })
    } catch (cause) {
      reject(new Error('npm has no answer', { cause: error ?? cause }))
    }
  })
  return promise
}

/** A warning at most: a package is mended by its makers, and the bot goes on meanwhile. */
export function findingsOfDependencies(facts: DependencyFacts | null): Finding[] {
  if (facts === null) {
    return [ok('not asked: npm, its lock file or a registry that knows weaknesses is not here')]
  }
  const found = Object.entries(facts.bySeverity).filter(([, count]) => count > 0)
  if (found.length === 0) return [ok('no known weakness in the packages of the running bot')]
  const counts = found.map(([severity, count]) => `${count} ${severity}`).join(', ')
  const text = `known weaknesses in packages: ${counts}`
  return found.some(([severity]) => GRAVE.includes(severity))
    ? [warn(text, 'Strangers may know how to use them.', FIX)]
    : [ok(text)]
}
