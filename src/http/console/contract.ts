/**
 * The console's JSON, shared by the server and by the page. Types only: this file is all that the page
 * imports of the server, but for the charts. All addresses begin with `/console/api`; times are Unix
 * milliseconds, money is kopecks, ids of states are those of the machine's nodes
 * (`conversation.drafting.preview`).
 *
 * Every POST needs the header `X-Console: 1` and the page's own origin. Errors are
 * `{"error": code}` with one of `ConsoleErrorCode`, and for a refused action a `detail` in words.
 */

import type { ActionName } from '../../config/action-names.ts'

export type { ActionName }

export type ConsoleErrorCode =
  /** 401: no session, or it has ended. */
  | 'console.login'
  /** 401: the token is wrong. */
  | 'console.token'
  /** 429: too many wrong tokens; `Retry-After` says how long. */
  | 'console.brake'
  /** 403: the request is not the page's own (origin or header). */
  | 'console.foreign'
  /** 403: CONSOLE_ACTIONS does not list the action. */
  | 'console.denied'
  /** 403: what people wrote is to be revealed first (action `user.reveal`). */
  | 'console.hidden'
  /** 400: a parameter or body makes no sense. */
  | 'console.invalid'
  /** 409: the actor's state does not allow the action. */
  | 'console.refused'
  /** 404. */
  | 'not-found'
  | 'actor.unknown'
  | 'database.unavailable'

export interface Session {
  loggedIn: boolean
  /** How the operator called themselves at the login; stands in the journal as who. */
  who: string | null
  /** Actions that CONSOLE_ACTIONS allows; empty: the console only shows. */
  actions: ActionName[]
  sandbox: boolean
  /** The browser's chat page beside the console. */
  chatUrl: string | null
  /** Of the bot: `conversation:<botId>:<chatId>` is a chat's actor. */
  botId: number
  version: string
  instanceId: string
  /** Unix ms of the server, for ages that don't depend on the browser's clock. */
  now: number
}

export interface LoginRequest {
  token: string
  /** 1 to 40 characters. */
  who: string
}

export interface Page<T> {
  items: T[]
  /** For the next page; null: this is the last one. Opaque, stable while rows are added. */
  cursor: string | null
}

export interface Overview {
  health: Record<string, unknown> & { status: 'ok' | 'degraded'; mode: string; uptime: number }
  /** The last five minutes of this process, one value per second, ending at `at`. */
  series: { at: number; steps: number[]; effects: number[]; failures: number[] }
  /** Of this process: events and actors that wait. Of the job queue: by what keeps the jobs. */
  queues: {
    waiting: number
    mailboxes: number
    cached: number
    ready: number
    scheduled: number
    running: number
  }
  /** In 24 hours. */
  failures: {
    letters: { kind: LetterKind; count: number }[]
    jobs: { errorCode: string; count: number }[]
  }
  ledger: LedgerLight
  machines: MachineAtAGlance[]
}

export interface MachineSummary {
  id: string
  version: number
  description: string
  actors: number
  /** Counts of the leaves, largest first. */
  top: { state: string; count: number }[]
}

/** A machine with how many actors are in each of its outermost states. */
export interface MachineAtAGlance extends MachineSummary {
  /** Node ids, as they stand in the machine. */
  states: string[]
  counts: StateCounts
}

export interface MachineDetail extends MachineSummary {
  /** Address of its `PositionedChart` (JSON with every view); its content never changes. */
  chart: string | null
  counts: StateCounts
  /** False: the one of this very process, which is no row and has no journal. */
  kept: boolean
}

/** Actors by node id. Every active node counts, so parents and the root hold the sum of theirs. */
export type StateCounts = Record<string, number>

export interface ActorSummary {
  actor: string
  machine: string
  /** Dotted path as stored, e.g. `drafting.preview`. */
  state: string
  configuration: string[]
  status: 'active' | 'done'
  version: number
  createdAt: number
  /** When it last moved. */
  updatedAt: number
}

/** Of what: 24 hours, 30 days, or the newest test run that wrote its transitions. */
export type EdgeRange = 'day' | 'month' | 'tests'

export interface EdgeStats {
  range: EdgeRange
  /** Of tests: when they ran. */
  since: number
  until: number
  edges: EdgeStat[]
  /** Steps that the counts are made from. */
  steps: number
  /** Steps that the machine of today does not take: their transitions are not counted. */
  unexplained: number
  /** How much of the time is counted, from 0 to 1: ask again until it is 1. */
  done: number
  /** When the tests ran whose transitions are there to be asked for; null: there are none. */
  testedAt: number | null
}

/** One transition of the machine. */
export interface EdgeStat {
  /** `<source>|<event>|<index>`, as in the chart. */
  id: string
  /** Node id. */
  source: string
  /** Event descriptor as XState has it; '' for `always`, `xstate.after.…` for delays. */
  event: string
  /** Place among the transitions of this source and event. */
  index: number
  /** Node ids; empty: stays where it is. */
  targets: string[]
  guard: string | null
  actions: string[]
  description: string | null
  /** How often in the time, exact. */
  count: number
}

export interface ActorDetail extends ActorSummary {
  machineVersion: number
  /** First step that the journal still has; older ones were trimmed. */
  firstSeq: number
  timers: DueTimer[]
  /** Of a job. */
  job: JobItem | null
  /** Of a conversation: its newest jobs. */
  jobs: JobItem[]
  /** Whether this session sees what people wrote. */
  revealed: boolean
  /** Until when, if it does. */
  revealedUntil: number | null
  /** Actions that make sense now and are allowed. */
  actions: ActionName[]
  /** As in `MachineDetail`. */
  chart: string | null
}

export interface DueTimer {
  id: string
  /** The step that asked for it. */
  seq: number
  dueAt: number
}

export interface StepPage {
  /** Ascending. */
  steps: Step[]
  firstSeq: number
  lastSeq: number
  revealed: boolean
}

export interface Step {
  seq: number
  at: number
  /** Identity of the happening, e.g. `tg:81`. */
  key: string
  /** As the journal has it; what people wrote is replaced by `Hidden` unless revealed. */
  event: { type: string } & Record<string, unknown>
  /** What a tap stood for on its screen; null for everything else. */
  meaning: ({ type: string } & Record<string, unknown>) | null
  /** Null before the first step. */
  from: string | null
  to: string
  /** Active node ids after the step, the root first. */
  configuration: string[]
  /** Ids of the transitions that were taken, as in the chart; empty: it began, or none was. */
  taken: string[]
  effects: StepEffect[]
  /** What changed in the context, in the order of the paths. */
  diff: ContextChange[]
  /** What the user saw after it; null: this machine has no screen, or it was left as it was. */
  screen: UserScreen | null
  /** The journal and the machine of today disagree at this step. */
  difference: { path: string; stored: unknown; replayed: unknown } | null
}

/** Stands where something personal is: `{"hidden": "text", "length": 42}`. */
export interface Hidden {
  hidden: 'text' | 'name' | 'file' | 'link'
  length: number
}

export type EffectStatus =
  /** Booked in the transaction of the step itself. */
  | 'booked'
  | 'queued'
  | 'running'
  /** Failed and waits for another try. */
  | 'repeating'
  | 'done'
  /** Given up; there is a dead letter. */
  | 'dead'

export interface StepEffect {
  /** Its place among the step's queued effects; null: `booked`. */
  index: number | null
  type: string
  params: Record<string, unknown>
  status: EffectStatus
  /** Number of the try that waits or runs. */
  attempt: number | null
  /** When the next try is due. */
  runAt: number | null
  error: string | null
  /** Of `dead`. */
  letter: number | null
}

export interface ContextChange {
  /** e.g. `draft.answers.prompt`. */
  path: string
  /** Absent: it was not there before. */
  before?: unknown
  /** Absent: it is gone. */
  after?: unknown
}

export interface UserScreen {
  /** Telegram HTML. */
  text: string
  keyboard: { label: string; event: { type: string } & Record<string, unknown> }[][]
}

export interface StepDetail extends Step {
  context: unknown
  timers: DueTimer[]
  logs: LogLine[]
}

export interface LogLine {
  at: number
  level: string
  message: string
  fields: Record<string, unknown>
}

/** What `npm run replay -- --actor … --save FILE` writes. */
export interface HistoryFile {
  actor: string
  machine: string
  machineVersion: number
  entries: unknown[]
  snapshot: unknown
}

export interface LedgerLight {
  ok: boolean
  /** Kopecks by which balances and entries disagree; null: not audited yet. */
  discrepancyKopecks: number | null
  auditedAt: number | null
  openHolds: number
  heldKopecks: number
}

export interface JobItem {
  id: string
  /** `job:<id>` */
  actor: string
  userId: number
  chatId: number
  modelId: string
  status: string
  priceKopecks: number
  credits: number
  creditsConsumed: number | null
  taskId: string | null
  errorCode: string | null
  courtesy: boolean
  createdAt: number
  updatedAt: number
  /** Actions that make sense now and are allowed. */
  actions: ActionName[]
}

export type LetterKind = 'event' | 'effect' | 'callback' | 'update' | 'snapshot'

export interface LetterItem {
  id: number
  kind: LetterKind
  subject: string
  /** The actor it belongs to, if it does. */
  actor: string | null
  key: string
  error: string
  createdAt: number
  replayedAt: number | null
  actions: ActionName[]
}

export interface LetterDetail extends LetterItem {
  payload: unknown
  revealed: boolean
}

export interface LedgerState extends LedgerLight {
  availableKopecks: number
  accounts: number
  unbalancedUsers: number[]
  /** Sums of all entries. */
  kinds: { kind: string; count: number; kopecks: number }[]
}

export interface LedgerItem {
  id: number
  at: number
  userId: number
  kind: string
  /** What it is for: a job id, a payment. */
  ref: string
  /** Actor of `ref`, if it is one. */
  actor: string | null
  source: string
  target: string
  kopecks: number
}

export interface HoldItem {
  ref: string
  actor: string | null
  userId: number
  kopecks: number
  since: number
  jobStatus: string | null
}

export interface UpdateItem {
  actor: string
  seq: number
  at: number
  key: string
  type: string
  from: string | null
  to: string
}

export interface ActionRequest {
  name: ActionName
  /** An actor (`job:…`, `conversation:…`), `letter:<id>`, or `letters:<kind>` for all of a kind. */
  target: string
  /** 3 to 200 characters. */
  why: string
}

export interface ActionResult {
  id: number
  outcome: 'done' | 'refused'
  detail: string | null
  /** The step that it became, where there is one. */
  seq: number | null
}

export interface ActionRecord extends ActionRequest {
  id: number
  who: string
  at: number
  outcome: 'asked' | 'done' | 'refused'
  detail: string | null
  seq: number | null
}

/** `event:` name of each message and the JSON of its `data:`. */
export interface LiveMessages {
  /** At once after connecting, then when they changed, at most four a second. */
  counts: { machine: string; total: number; counts: StateCounts; at: number }
  /** Every second. */
  rates: {
    at: number
    steps: number
    effects: number
    failures: number
    waiting: number
    mailboxes: number
  }
  /** A step was committed, for `actor=` always, for `activity=1` at most 40 a second. */
  actor: {
    actor: string
    machine: string
    seq: number
    event: string | null
    state: string
    configuration: string[]
    at: number
  }
  /** What became of an effect of a watched actor. */
  effect: { actor: string; seq: number; index: number; type: string; status: EffectStatus }
  /** The server ends; the browser reconnects by itself. */
  bye: { reason: 'draining' }
}

export interface SandboxState {
  /** By how much the clock was advanced in all. */
  aheadMs: number
  now: number
  due: { actor: string; id: string; dueAt: number }[]
}

export interface ClockRequest {
  advanceMs: number
}

export interface ForkResult {
  /** The new actor; it has the history's states, and answers in a chat of its own. */
  actor: string
  chatId: number
}

/** What other programs report of their actors over Stately's inspection protocol; sandbox only. */
export interface InspectState {
  /** Newest first; with every actor that is remembered. */
  apps: InspectApp[]
  /** What is kept in memory, and at most. */
  bytes: number
  maxBytes: number
  droppedSteps: number
  droppedActors: number
  /** Messages that were none of the protocol. */
  refused: number
}

export interface InspectApp {
  id: number
  connectedAt: number
  /** Whether it is still connected. */
  open: boolean
  /** Parents before their children. */
  actors: InspectActorItem[]
}

export interface InspectActorItem {
  /** `<app>/<session of the app>` */
  id: string
  name: string
  parent: string | null
  /** Steps up to the actor without a parent. */
  depth: number
  /** Of a machine, as `ActorSummary.state`; null: this actor has no states. */
  state: string | null
  /** As XState says it: active, done, error, stopped. */
  status: string
  lastSeq: number
  updatedAt: number
}

export interface InspectActor extends InspectActorItem {
  app: number
  /** Absent: it has none, or none that is still kept. */
  parentName: string | null
  children: { id: string; name: string }[]
  /** Older steps are no longer kept. */
  firstSeq: number
  /** Address of its `PositionedChart`. */
  chart: string | null
  /** Why there is no chart, in words. */
  noChart: string | null
  /** Some steps around the one that is shown, ascending. */
  steps: InspectStep[]
  /** The step that was asked for, or the newest. */
  step: InspectStepDetail | null
}

export interface InspectStep {
  seq: number
  at: number
  event: string
  /** The actor that sent the event; null: it came from outside. */
  from: string | null
  state: string | null
  /** Nothing was said of how the event left the actor. */
  unanswered: boolean
}

export interface InspectStepDetail extends InspectStep {
  payload: Record<string, unknown>
  status: string
  configuration: string[]
  /** Empty: none was taken, or several fit. */
  taken: string[]
  context: unknown
  output: unknown
  error: unknown
  diff: ContextChange[]
}

/** `event: inspect` of `/inspect/live`: who moved since the last one; at most four a second. */
export interface InspectNews {
  actors: string[]
}

export type SequenceParty =
  | 'user'
  | 'conversation'
  | 'job'
  | 'provider'
  | 'telegram'
  | 'money'
  | 'operator'

/** One order as messages between those who take part. */
export interface Sequence {
  /** From left to right; only those that take part. */
  parties: SequenceParty[]
  /** One for each row of the journals, in time. */
  arrows: SequenceArrow[]
}

/** A journal row: what one party said to an actor. */
export interface SequenceArrow {
  actor: string
  seq: number
  at: number
  from: SequenceParty
  /** Equal to `from`: the actor to itself, e.g. a timer. */
  to: SequenceParty
  event: string
  /** Of the actor after it. */
  state: string
  /** Since what it answers; null: it answers nothing. */
  tookMs: number | null
  /** It took longer than such an answer should. */
  slow: boolean
  /** What the step asked of parties that keep no journal. */
  asks: { effect: string; party: SequenceParty }[]
}
