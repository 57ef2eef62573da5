import { FIELDS } from '../../src/config/fields.ts'
import type { Field } from '../../src/config/kinds.ts'

const NEEDS = {
  always: 'required',
  webhook: 'required in webhook mode',
  production: 'required, except in the sandbox and in tests',
  never: 'optional',
} as const

const sections: readonly [string, (field: Field<unknown>) => boolean][] = [
  ['Required', ({ need }) => need !== 'never'],
  [
    'Optional (a wrong value is a warning and the default; of a rate, it stops the start)',
    () => true,
  ],
]

/** `.env.example`: every name the bot reads, with what it means and its default. */
export function envExample(): string {
  const rest = new Set<Field<unknown>>(Object.values<Field<unknown>>(FIELDS))
  const blocks = sections.flatMap(([title, belongs]) => {
    const fields = [...rest].filter(belongs)
    for (const field of fields) rest.delete(field)
    return [`# ${title.toUpperCase()}`, ...fields.map(block)]
  })
  const head = '# Made by `npm run generate` from src/config/fields.ts. Copy to .env and fill in.'
  return `${[head, ...blocks].join('\n\n')}\n`
}

function block({ name, need, description, expects, fallback, alias, derived }: Field<unknown>) {
  const preset = fallback ?? (alias ? `value of ${alias}` : derived)
  const facts = [NEEDS[need], expects, preset && `default: ${preset}`].filter(Boolean).join('; ')
  const line = `${name}=${fallback ?? ''}`
  return `# ${description}\n# ${facts}\n${need === 'always' || need === 'production' ? '' : '#'}${line}`
}
