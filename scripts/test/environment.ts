import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { CONFIG_NAMES } from '../../src/config/config.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** Sees to it that tests reach nothing but this machine, and notes what they cost. */
const PRELOADS = ['test/support/egress-guard.ts', 'test/support/cost-note.ts']

const NOTE_TRANSITIONS = 'test/support/transition-note.ts'

/** Where compiled sources are kept between processes and runs: without it each compiles its own. */
const COMPILE_CACHE = path.join(root, '.data/compile-cache')

/** The tests' own server, if one is named; never the database of the bot, DATABASE_URL. */
export const serverUrlOf = ({ TEST_DATABASE_URL }: NodeJS.ProcessEnv): string | undefined =>
  TEST_DATABASE_URL || undefined

export interface TestRun {
  /** Of the database server, with the right to create databases. */
  server: string
  /** A folder for what is noted during the run. */
  notes: string
  chromium: string | undefined
  /** Of random tests; undefined: the same in every run. */
  seed?: number | undefined
  /** Whether it is noted which transitions are taken. */
  transitions?: boolean
}

export const egressLogOf = (notes: string) => path.join(notes, 'egress.log')
export const transitionsOf = (notes: string) => path.join(notes, 'transitions.jsonl')
export const costsOf = (notes: string) => path.join(notes, 'costs.jsonl')

/** The tests' environment: nothing of the bot, the key or the database of the person who runs them. */
export function testEnvironment(
  own: NodeJS.ProcessEnv,
  { server, notes, chromium, seed, transitions = false }: TestRun,
): NodeJS.ProcessEnv {
  const names = new Set<string>([...CONFIG_NAMES, 'RENDER_EXTERNAL_URL', 'TEST_DATABASE_URL'])
  const foreign = /^(TELEGRAM_|KIE_|WEBHOOK_|TRT_|PG[A-Z]+$)/
  const kept = Object.entries(own).filter(([name]) => !names.has(name) && !foreign.test(name))
  const files = transitions ? [...PRELOADS, NOTE_TRANSITIONS] : PRELOADS
  const preloads = files.map((file) => `--import=${pathToFileURL(path.join(root, file)).href}`)
  return {
    ...Object.fromEntries(kept),
    TRT_TEST_SERVER: server,
    NODE_OPTIONS: [own.NODE_OPTIONS ?? '', ...preloads].join(' ').trim(),
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    EGRESS_LOG: egressLogOf(notes),
    EGRESS_HOSTS: new URL(server).hostname,
    TEST_COSTS: costsOf(notes),
    ...(transitions ? { TEST_TRANSITIONS: transitionsOf(notes) } : {}),
    ...(seed === undefined ? {} : { TEST_SEED: String(seed) }),
    ...(chromium ? { CHROMIUM_PATH: chromium } : {}),
  }
}
