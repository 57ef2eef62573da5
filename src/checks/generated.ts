import { type Finding, fail, ok, warn } from './run-checks.ts'

/** Files that are not as the code would make them; null: this place can't make any. */
export type StaleFiles = { readonly compared: number; readonly stale: readonly string[] } | null

/** Judges whether what is made from code was made anew. */
export function findingsOfGenerated(files: StaleFiles): Finding[] {
  if (files === null) {
    return [
      warn(
        'not compared: the development packages are not here, or this Node reads no TypeScript',
        'Documents may tell of an older version.',
        'Run npm run check where the bot is built.',
      ),
    ]
  }
  if (files.stale.length === 0) return [ok(`${files.compared} files are as the code makes them`)]
  return files.stale.map((file) =>
    fail(
      `${file} is stale`,
      'It tells of other settings, codes, metrics or tables than this version has.',
      'npm run generate, npm run charts; then commit.',
    ),
  )
}
