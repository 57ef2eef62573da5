import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { replaySteps, toHistoryEntry } from '../../actors/engine/replay.ts'
import { createTaken, createTakenAtBeginning } from '../../machines/charts/taken.ts'
import type { Definition, Stamped } from '../../machines/engine/definition.ts'
import { type Lives, readLives } from '../../store/console/lives.ts'
import type { Db } from '../../store/db.ts'

/** Steps that are run again before others get their turn. */
const STEPS_AT_ONCE = 40
const HOUR_MS = 3_600_000
/** Longer ago nobody asks for: what was counted of it is forgotten. */
const KEPT_HOURS = 31 * 24
/** An hour is over for the journal this long after its end: what was begun in it is stored by then. */
const LATE_MS = 60_000

export interface Taken {
  /** How often, by id of the transition. */
  counts: ReadonlyMap<string, number>
  /** Steps that were run again, and those that the machine of today no longer takes. */
  steps: number
  unexplained: number
  /** The moment from which on steps are counted: the full hour before the one that was asked for. */
  since: number
  /** How much of that time is counted, from 0 to 1; what is missing is being counted. */
  done: number
}

interface Hour {
  counts: Map<string, number>
  steps: number
  unexplained: number
}

/** The hour in which a moment is counted. */
type Into = (at: number) => Hour

export interface Coverage {
  /**
   * How often each transition of a machine was taken since a moment, exact, for taps too: the journals
   * are run again. What takes longer than `patienceMs` goes on beside everything else; as long as
   * hours were missing when the patience ended, `done` is below 1. Moments of more than 31 days ago
   * are taken for 31 days ago.
   */
  read(definition: Definition, since: number, patienceMs: number): Promise<Taken>
  /** Hours that are held, of all machines. */
  held(): number
}

/** Each hour is run again once in the life of this process, however often it is asked for. */
export function createCoverage(db: Db, now: () => number): Coverage {
  const machines = new Map<string, MachineCoverage>()
  return {
    async read(definition, since, patienceMs) {
      const known = machines.get(definition.id) ?? createMachineCoverage(db, definition, now)
      machines.set(definition.id, known)
      return await known.read(since, patienceMs)
    },
    held: () => machines.values().reduce((sum, { held }) => sum + held(), 0),
  }
}

interface MachineCoverage {
  read(since: number, patienceMs: number): Promise<Taken>
  held(): number
}

const hourOf = (at: number) => Math.floor(at / HOUR_MS)

function createMachineCoverage(db: Db, definition: Definition, now: () => number): MachineCoverage {
  /** Those that are over; only these are kept. */
  const hours = new Map<number, Hour>()
  const count = createCounter(definition)
  let running: Promise<void> | undefined

  const lastHour = () => hourOf(now() - LATE_MS)

  /** Runs all hours again that are over and not yet counted, the newest first, at most a day at once. */
  async function countFrom(first: number): Promise<void> {
    let end = lastHour()
    while (end > first) {
      if (hours.has(end - 1)) {
        end -= 1
        continue
      }
      let begin = end - 1
      while (begin > first && end - begin < 24 && !hours.has(begin - 1)) begin -= 1
      const these = new Map(range(begin, end).map((hour) => [hour, emptyHour()]))
      await count(db, begin * HOUR_MS, end * HOUR_MS, (at) => these.get(hourOf(at)) as Hour)
      for (const [hour, counted] of these) hours.set(hour, counted)
      end = begin
    }
  }

  const forget = (before: number) => {
    for (const hour of hours.keys()) if (hour < before) hours.delete(hour)
  }

  return {
    held: () => hours.size,
    async read(since, patienceMs) {
      const oldest = lastHour() - KEPT_HOURS
      const first = Math.max(hourOf(since), oldest)
      forget(oldest)
      running ??= countFrom(first).finally(() => {
        running = undefined
      })
      await within(running, patienceMs)
      const last = lastHour()
      const wanted = range(first, last)
      const known = wanted.flatMap((hour) => hours.get(hour) ?? [])
      const done = wanted.length === 0 ? 1 : known.length / wanted.length
      // The hour that is not over is run again each time.
      const newest = emptyHour()
      await count(db, last * HOUR_MS, now() + LATE_MS, () => newest)
      return { ...sumOf([...known, newest]), since: first * HOUR_MS, done }
    },
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

const emptyHour = (): Hour => ({ counts: new Map(), steps: 0, unexplained: 0 })

function sumOf(hours: readonly Hour[]): Hour {
  const sum = emptyHour()
  for (const { counts, steps, unexplained } of hours) {
    for (const [id, count] of counts) sum.counts.set(id, (sum.counts.get(id) ?? 0) + count)
    sum.steps += steps
    sum.unexplained += unexplained
  }
  return sum
}

/** Waits for it, but no longer than that, and not at all for 0; if it fails in that time, so does this. */
async function within(work: Promise<void>, ms: number): Promise<void> {
  work.catch(() => undefined)
  if (ms <= 0) return
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, patience])
  clearTimeout(timer)
}

function createCounter(definition: Definition) {
  const takenBy = createTaken(definition.machine)
  const takenAtBeginning = createTakenAtBeginning(definition.machine)

  async function countLife(life: Lives, since: number, until: number, into: Into): Promise<void> {
    const entries = life.map(toHistoryEntry)
    const hoursOf = ({ at }: { at: string }): Hour[] => {
      const moment = Date.parse(at)
      return moment >= since && moment < until ? [into(moment)] : []
    }
    // Each is unexplained until it was run again.
    for (const hour of entries.flatMap(hoursOf)) hour.unexplained += 1
    try {
      for (const { entry, before } of replaySteps(definition, entries)) {
        const [hour] = hoursOf(entry)
        if (hour === undefined) continue
        const event = entry.event as unknown as Stamped & { input?: unknown }
        const taken =
          event.type === 'actor.begun'
            ? takenAtBeginning(event.input)
            : before === undefined
              ? []
              : takenBy(before.snapshot, definition.resolveEvent?.(before.snapshot, event) ?? event)
        for (const id of taken) hour.counts.set(id, (hour.counts.get(id) ?? 0) + 1)
        hour.steps += 1
        hour.unexplained -= 1
        if (hour.steps % STEPS_AT_ONCE === 0) await yieldToOthers()
      }
    } catch {
      // A step that the machine of today refuses ends what can be told of this life.
    }
  }

  return async (db: Db, since: number, until: number, into: Into): Promise<void> => {
    const lives = readLives(db, definition.id, new Date(since), new Date(until))
    for await (const life of lives) await countLife(life, since, until, into)
  }
}
