import type { Context } from 'koa'
import type { Logger } from 'pino'
import type { Runtime } from '../../actors/engine/runtime.ts'
import type { PositionedChart } from '../../machines/charts/position.ts'
import type { View } from '../../machines/conversation/screens/screen.ts'
import type { Registry } from '../../machines/engine/registry.ts'
import type { Db } from '../../store/db.ts'
import type { HealthState } from '../health.ts'
import type { Access, Visitor } from './access.ts'
import type { ConsoleAssets } from './assets.ts'
import { ConsoleError } from './console-error.ts'
import type { ActionName, InspectActor, InspectState, LedgerLight, LogLine } from './contract.ts'
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
  /** Of this process's own machine, as `stateName` has it. */
  lifecycleState: () => string
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
  /** What other programs report of their actors; null: this sandbox listens to none. */
  inspect: InspectTools | null
  /** What the newest test run that wrote its transitions took; null: there is none. */
  tested: () => Promise<TestedTransitions | null>
}

/** As `npm test -- --transitions` writes it. */
export interface TestedTransitions {
  /** Unix ms. */
  at: number
  /** How often each transition was taken, by machine and by id. */
  machines: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** Actors of other programs, in memory. */
export interface InspectTools {
  state: () => InspectState
  /** `at`: the step to be shown; absent: the newest. Undefined: there is no such actor. */
  actor: (id: string, at?: number) => InspectActor | undefined
  /** Undefined: no actor has it any more. */
  chart: (digest: string) => Promise<PositionedChart> | undefined
  /** Calls back with the actor that moved, until the returned function is called. */
  onChange: (listener: (actor: string) => void) => () => void
  clear: () => void
}

/** The visitor that `requireVisitor` found. */
export function visitorIn({ state }: Context): Visitor {
  if (state.visitor === undefined) throw new ConsoleError(401, 'console.login')
  return state.visitor as Visitor
}
