import { extraFacts, facts } from './catalogue.ts'
import { factsSchema } from './schema.ts'

/**
 * Every way in which the catalogue breaks its own rules, one line each; empty when sound.
 * Kept out of the import of the catalogue because checking so many schemas would delay the open port.
 */
export function validateCatalogue(
  entries: readonly unknown[] = [...facts, ...extraFacts],
): readonly string[] {
  return entries.flatMap((entry) => {
    const parsed = factsSchema.safeParse(entry)
    if (parsed.success) return []
    return parsed.error.issues.map((i) => `${idOf(entry)}: ${i.path.join('.')}: ${i.message}`)
  })
}

function idOf(entry: unknown): string {
  return typeof entry === 'object' && entry !== null && 'id' in entry ? String(entry.id) : '?'
}
