import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { LOOSE, OPEN, RULES, type Rule } from './rules.ts'

/** Text by path; paths are relative to src, or to the repository for what lies beside src. */
export type Sources = ReadonlyMap<string, string>

const root = path.resolve(import.meta.dirname, '../..')

/** Every TypeScript file of `src` and `examples`. */
export function readSources(): Sources {
  const sources = new Map<string, string>()
  for (const [top, prefix] of [
    ['src', ''],
    ['examples', 'examples'],
  ] as const) {
    const folder = path.join(root, top)
    if (!existsSync(folder)) continue
    for (const entry of readdirSync(folder, { recursive: true }) as string[]) {
      if (!/(?<!\.d)\.tsx?$/.test(entry)) continue
      const name = path.posix.join(prefix, entry.split(path.sep).join('/'))
      sources.set(name, readFileSync(path.join(folder, entry), 'utf8'))
    }
  }
  return sources
}

/** Static imports and re-exports begin a line; dynamic ones, also of types, are calls with a literal. */
const IMPORTS =
  /^(?:import|export)(?:\s+type)?\s+(?:[\w*{][^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm

/** What is imported by a text, in any spelling, types included. */
export const specifiersIn = (text: string): string[] =>
  [...text.matchAll(IMPORTS)].map((match) => (match[1] ?? match[2]) as string)

/** The imported file, named as in `Sources`; undefined for packages and modules of Node. */
export function targetOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  const inRepository = file.startsWith('examples/') ? file : `src/${file}`
  const target = path.posix.join(path.posix.dirname(inRepository), specifier)
  return target.startsWith('src/') ? target.slice('src/'.length) : target
}

/** The folder of a file; a file in src itself stands for its own. */
const folderOf = (file: string) => (file.includes('/') ? path.posix.dirname(file) : file)

/** Whether a folder or file is meant by `a/b` (that folder), `a/b/**` (all below) or `a/b.ts`. */
function covers(pattern: string, file: string): boolean {
  const folder = folderOf(file)
  if (!pattern.endsWith('/**')) return pattern === folder || pattern === file
  const base = pattern.slice(0, -'/**'.length)
  return folder === base || folder.startsWith(`${base}/`)
}

/** The rule of a file: the one with the longest key, if there is any. */
export function ruleOf(file: string, rules: Readonly<Record<string, Rule>> = RULES) {
  const fitting = Object.keys(rules).filter((pattern) => covers(pattern, file))
  const [key] = fitting.sort((a, b) => b.length - a.length)
  return key === undefined ? undefined : { key, rule: rules[key] as Rule }
}

const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

function isAllowed(file: string, specifier: string, key: string, rule: Rule): boolean {
  if (specifier.startsWith('node:')) return rule.node
  const target = targetOf(file, specifier)
  if (target === undefined) return rule.packages.includes(packageOf(specifier))
  return OPEN.includes(target) || [key, ...rule.imports].some((pattern) => covers(pattern, target))
}

/** Every file that breaks a rule, one line each: file, import, and why not. */
export function offenders(sources: Sources): string[] {
  return [...sources].flatMap(([file, text]) => {
    if (!file.includes('/') && !LOOSE.includes(file)) {
      return [`${file} lies loose in src: only ${LOOSE.join(', ')} do; put it into a folder`]
    }
    if (OPEN.includes(file)) {
      return specifiersIn(text).map((import_) => `${file} → ${import_}: errors import nothing`)
    }
    const found = ruleOf(file)
    if (found === undefined) {
      return [`${file}: its folder has no rule in test/architecture/rules.ts`]
    }
    return specifiersIn(text)
      .filter((specifier) => !isAllowed(file, specifier, found.key, found.rule))
      .map((specifier) => {
        const target = targetOf(file, specifier) ?? specifier
        return `${file} → ${target}: ${found.rule.why}`
      })
  })
}

/** Files that import each other in a circle, types included; one shortest circle for each knot. */
export function circles(sources: Sources): string[] {
  const graph = new Map(
    [...sources].map(([file, text]) => [
      file,
      specifiersIn(text)
        .map((specifier) => targetOf(file, specifier))
        .filter((target) => target !== undefined && sources.has(target)) as string[],
    ]),
  )
  const done = new Set<string>()
  const found: string[] = []
  for (const file of [...graph.keys()].sort()) {
    if (done.has(file)) continue
    const way = wayBack(graph, file)
    if (way === undefined) continue
    for (const member of way) done.add(member)
    found.push([...way, file].join(' → '))
  }
  return found
}

/** The shortest way from a file back to itself. */
function wayBack(graph: ReadonlyMap<string, string[]>, start: string): string[] | undefined {
  const ways: string[][] = [[start]]
  const seen = new Set<string>()
  // The list grows while it is walked.
  for (const way of ways) {
    for (const next of graph.get(way.at(-1) as string) ?? []) {
      if (next === start) return way
      if (seen.has(next)) continue
      seen.add(next)
      ways.push([...way, next])
    }
  }
  return undefined
}
