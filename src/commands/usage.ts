import { parseArgs } from 'node:util'
import type { ArgsDef, CommandDef, Resolvable } from 'citty'
import { nearest } from '../config/nearest.ts'

/** `valueHint` of a positional argument that may be given more than once. */
export const SEVERAL = 'several'

/** Flags that every command answers before anything else is looked at. */
const HELP = new Set(['--help', '-h', '--version', '-v'])

/**
 * What is wrong with the words after `node src/cli.ts`, as one line; undefined: nothing. The parser
 * of commands ignores what it does not know, so a misspelt flag would do nothing without a word.
 */
export async function usageProblem(
  main: CommandDef,
  words: readonly string[],
): Promise<string | undefined> {
  if (words.some((word) => HELP.has(word))) return undefined
  const commands = (await resolved(main.subCommands)) ?? {}
  const [name, ...rest] = words
  if (name === undefined) return `name a command: ${Object.keys(commands).join(', ')}`
  const command = Object.hasOwn(commands, name) ? await resolved(commands[name]) : undefined
  if (command === undefined) {
    return `${name} is no command${meant(name, Object.keys(commands), `: ${Object.keys(commands).join(', ')}`)}`
  }
  const isNested = command.subCommands !== undefined && rest[0]?.startsWith('-') === false
  const problem = isNested
    ? await usageProblem(command, rest)
    : argumentProblem((await resolved(command.args)) ?? {}, rest)
  return problem === undefined ? undefined : `${name}: ${problem}`
}

async function resolved<T>(value: Resolvable<T> | undefined): Promise<T | undefined> {
  return typeof value === 'function' ? (value as () => T | Promise<T>)() : value
}

/** The first word that `known` does not explain. */
function argumentProblem(known: ArgsDef, words: readonly string[]): string | undefined {
  const flags = Object.entries(known).filter(([, { type }]) => type !== 'positional')
  const names = flags.map(([name]) => name)
  const places = Object.keys(known).length - flags.length
  const { tokens, positionals } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      flags.map(([name, { type }]) => [name, { type: type === 'boolean' ? type : 'string' }]),
    ),
    strict: false,
    allowNegative: true,
    allowPositionals: true,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    const flag = known[name]
    if (flag === undefined || flag.type === 'positional') {
      const others = names.length === 0 ? '; it takes none' : `: ${listed(names)}`
      return `unknown flag ${rawName}${meant(name, names, others, '--')}`
    }
    if (flag.type !== 'boolean' && value === undefined) return `${rawName} needs a value`
    const { options = [] } = flag.type === 'enum' ? flag : {}
    if (flag.type === 'enum' && !options.includes(value ?? '')) {
      return `${rawName} needs one of ${options.join(', ')}`
    }
  }
  const isOpen = Object.values(known).some(
    (a) => a.type === 'positional' && a.valueHint === SEVERAL,
  )
  const extra = isOpen ? undefined : positionals[places]
  return extra === undefined ? undefined : `unexpected argument ${extra}`
}

const listed = (names: readonly string[]) => names.map((name) => `--${name}`).join(', ')

/** A near name, or else what there is. */
function meant(name: string, names: readonly string[], others: string, prefix = ''): string {
  const near = nearest(name, names)
  return near === undefined ? others : `; did you mean ${prefix}${near}?`
}
