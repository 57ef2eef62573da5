import manifest from '../store/schema-manifest.json' with { type: 'json' }
import { type Finding, fail, ok } from './run-checks.ts'

/** Without these the money is not guarded. */
const GUARDS = [
  'trigger ledger_entries.ledger_applies',
  'trigger ledger_entries.ledger_prepares',
  'trigger ledger_entries.ledger_append_only',
  'trigger ledger_entries.ledger_never_emptied',
  'trigger jobs.jobs_money_explained',
  'trigger journal.journal_append_only',
]

/** Judges the migrations as the code holds them: names, their order, and what they make together. */
export function findingsOfMigrations(
  names: readonly string[],
  made: Readonly<Record<string, string>> = manifest,
): Finding[] {
  const faults = [
    ...names.flatMap((name) => (/^\d{4}-[a-z0-9-]+$/.test(name) ? [] : [`${name} is no name`])),
    ...names.flatMap((name, i) =>
      i > 0 && (names[i - 1] ?? '') >= name ? [`${name} does not come after ${names[i - 1]}`] : [],
    ),
    ...(names.length === 0 ? ['there are none'] : []),
  ]
  const gone = GUARDS.filter((guard) => !(guard in made))
  return [
    ...faults.map((text) =>
      fail(
        `migrations: ${text}`,
        'They run in the order of their names; a database would end up with another schema.',
        'Give the newest one the next free number.',
      ),
    ),
    ...gone.map((guard) =>
      fail(
        `the manifest of the schema has no ${guard}`,
        'A database without it would count as whole.',
        'npm run generate; if it stays away, a migration has dropped it.',
      ),
    ),
    ...(faults.length + gone.length === 0
      ? [ok(`${names.length} migrations make ${Object.keys(made).length} objects`)]
      : []),
  ]
}
