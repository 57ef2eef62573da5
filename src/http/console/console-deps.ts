import type { Context } from 'koa'
import type { Logger } from 'pino'
import type { Runtime } from '../../actors/engine/runtime.ts'
import type { View } from '../../machines/conversation/screens/screen.ts'
import type { Registry } from '../../machines/engine/registry.ts'
import type { Db } from '../../store/db.ts'
import type { HealthState } from '../health.ts'
import type { Access, Visitor } from './access.ts'
import type { ConsoleAssets } from './assets.ts'
import { ConsoleError } from './console-error.ts'
import type { ActionName, LedgerLight, LogLine } from './contract.ts'
import type { LiveHub } from './live-hub.ts'
import type { Rates } from './rates.ts'

/** What the console's routes are made from. */
export interface ConsoleDeps {
  db: Db
  registry: Registry
  runtime: Pick<Runtime, 'send' | 'stats'>
  view: View
  access: Access
  hub: LiveHub
  rates: Rates
  assets: ConsoleAssets
  /** Those that CONSOLE_ACTIONS allows. */
  actions: readonly ActionName[]
  now: () => number
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  health: () => HealthState
  /** When the ledger was audited last, and by how many kopecks it was off. */
  audit: () => Pick<LedgerLight, 'discrepancyKopecks' | 'auditedAt'>
  /** What was logged of a step. */
  logsOf: (actor: string, seq: number) => LogLine[]
  botId: number
  sandbox: SandboxTools | null
}

/** What only the sandbox can do. */
export interface SandboxTools {
  chatUrl: () => string | null
  aheadMs: () => number
  /** Moves the clock on and lets come due what is due by then. */
  advance: (ms: number) => Promise<void>
  /** A new chat of a new person; returns its number. */
  newChat: () => Promise<number>
}

/** The visitor that `requireVisitor` found. */
export function visitorIn({ state }: Context): Visitor {
  if (state.visitor === undefined) throw new ConsoleError(401, 'console.login')
  return state.visitor as Visitor
}
