import type { SequenceRow } from '../../store/console/sequence.ts'
import type { Sequence, SequenceArrow, SequenceParty } from './contract.ts'

/** Who takes part, from left to right. */
const PARTIES: readonly SequenceParty[] = [
  'user',
  'conversation',
  'job',
  'provider',
  'telegram',
  'money',
  'operator',
]

/** Who says such an event to a job; what is not here it says to itself. */
const SPEAKERS: readonly (readonly [pattern: RegExp, party: SequenceParty])[] = [
  [/^(actor\.begun|user\.)/, 'conversation'],
  [/^operator\./, 'operator'],
  [/^(inputs|task|poll)\./, 'provider'],
  // A claim is the job's own, before the call.
  [/^create\.(?!claimed)/, 'provider'],
  [/^result\./, 'telegram'],
]

/** Whom an effect turns to; those to other actors are arrows of their own when they arrive. */
const ADDRESSEES: readonly (readonly [pattern: RegExp, party: SequenceParty])[] = [
  [/^ledger\./, 'money'],
  [/^(kie|provider)\./, 'provider'],
  [/^telegram\./, 'telegram'],
  [/^operator\./, 'operator'],
]

interface Wait {
  /** Events that answer. */
  answer: RegExp
  /** What they answer to: the newest step before that asked for such an effect… */
  effect?: RegExp
  /** …or that was such an event. */
  event?: RegExp
  /** Longer than this is slow. */
  slowMs: number
}

const SECOND = 1_000
const WAITS: readonly Wait[] = [
  { answer: /^inputs\./, effect: /^kie\.upload$/, slowMs: 20 * SECOND },
  { answer: /^create\.claimed$/, effect: /^kie\.create$/, slowMs: 5 * SECOND },
  { answer: /^create\./, event: /^create\.claimed$/, slowMs: 5 * SECOND },
  { answer: /^task\.reported$/, event: /^create\.accepted$/, slowMs: 180 * SECOND },
  { answer: /^poll\.missed$/, effect: /^kie\.poll$/, slowMs: 10 * SECOND },
  { answer: /^result\./, effect: /^telegram\.deliver$/, slowMs: 15 * SECOND },
]
/** A message between two actors of ours. */
const INSIDE_SLOW_MS = 3 * SECOND

const find = <T>(table: readonly (readonly [RegExp, T])[], name: string): T | undefined =>
  table.find(([pattern]) => pattern.test(name))?.[1]

/** One order as messages in the order of time: each journal row is one arrow. */
export function sequenceOf(
  job: readonly SequenceRow[],
  conversation: readonly SequenceRow[],
): Sequence {
  const rows = inTime(job, conversation)
  const jobActor = job[0]?.actor_id
  const arrows = rows.map((row, i): SequenceArrow => {
    const isJob = row.actor_id === jobActor
    const to: SequenceParty = isJob ? 'job' : 'conversation'
    const from = isJob ? jobHears(row) : conversationHears(row)
    const tookMs = waited(row, rows.slice(0, i), from, to)
    return {
      ...{ actor: row.actor_id, seq: row.seq, at: row.at.getTime() },
      ...{ from, to, event: row.type, state: row.state, tookMs: tookMs?.ms ?? null },
      slow: tookMs !== null && tookMs.ms > tookMs.slowMs,
      asks: row.effects.flatMap((effect) => {
        const party = find(ADDRESSEES, effect)
        return party === undefined ? [] : [{ effect, party }]
      }),
    }
  })
  const taking = new Set(
    arrows.flatMap(({ from, to, asks }) => [from, to, ...asks.map((a) => a.party)]),
  )
  return { parties: PARTIES.filter((party) => taking.has(party)), arrows }
}

/** Merges two journals by time without ever turning one of them round. */
function inTime(a: readonly SequenceRow[], b: readonly SequenceRow[]): SequenceRow[] {
  const merged: SequenceRow[] = []
  const [left, right] = [[...a], [...b]]
  while (left.length > 0 || right.length > 0) {
    const [x, y] = [left[0], right[0]]
    const takesLeft = y === undefined || (x !== undefined && x.at < y.at)
    merged.push((takesLeft ? left : right).shift() as SequenceRow)
  }
  return merged
}

const isTimer = ({ key, type }: SequenceRow) =>
  key.startsWith('timer:') || type.startsWith('xstate.after.')

const jobHears = (row: SequenceRow): SequenceParty =>
  isTimer(row) ? 'job' : (find(SPEAKERS, row.type) ?? 'job')

function conversationHears(row: SequenceRow): SequenceParty {
  if (row.key.startsWith('tg:')) return 'user'
  return /^(job|cancel)\./.test(row.type) && !isTimer(row) ? 'job' : 'conversation'
}

/** How long an answer was waited for. */
function waited(
  row: SequenceRow,
  before: readonly SequenceRow[],
  from: SequenceParty,
  to: SequenceParty,
): { ms: number; slowMs: number } | null {
  const since = (found: SequenceRow | undefined, slowMs: number) =>
    found === undefined ? null : { ms: row.at.getTime() - found.at.getTime(), slowMs }
  if (to === 'job' && from !== 'conversation') {
    const wait = WAITS.find(({ answer }) => answer.test(row.type))
    if (wait === undefined) return null
    const { effect, event, slowMs } = wait
    const asked = before.findLast(
      (one) =>
        one.actor_id === row.actor_id &&
        ((effect !== undefined && one.effects.some((e) => effect.test(e))) ||
          (event?.test(one.type) ?? false)),
    )
    return since(asked, slowMs)
  }
  if (from === to || from === 'user') return null
  // From one actor of ours to the other: since the step that sent it.
  return since(
    before.findLast((one) => one.actor_id !== row.actor_id),
    INSIDE_SLOW_MS,
  )
}
