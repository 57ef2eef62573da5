/** A log record that belongs to a step. */
export interface LogRecord {
  at: number
  level: string
  message: string
  fields: Record<string, unknown>
}

export interface LogRing {
  /** Takes a finished line of the log, with everything secret already gone. */
  take(line: string): void
  /** Notes something that is not worth a line. */
  note(actor: string, seq: number, message: string, fields?: Record<string, unknown>): void
  /** What is still known of a step, oldest first. */
  of(actor: string, seq: number): LogRecord[]
}

const KEPT = 4_000
/** One step must not push out all others. */
const KEPT_PER_STEP = 50

/** The newest records that name an actor and its step; the oldest steps are forgotten first. */
export function createLogRing(now: () => number, kept = KEPT): LogRing {
  const steps = new Map<string, LogRecord[]>()
  let size = 0

  function add(actor: string, seq: number, record: LogRecord): void {
    const key = `${actor}#${seq}`
    const records = steps.get(key) ?? []
    if (records.length === KEPT_PER_STEP) return
    steps.set(key, records)
    records.push(record)
    size += 1
    for (const [oldest, gone] of steps) {
      if (size <= kept || oldest === key) break
      steps.delete(oldest)
      size -= gone.length
    }
  }

  return {
    take(line) {
      // Most lines name no actor; those are not worth parsing.
      if (!line.includes('"actor":')) return
      try {
        const { actor, seq, level, time, msg, ...fields } = JSON.parse(line)
        if (typeof actor !== 'string' || typeof seq !== 'number') return
        const at = Date.parse(time)
        add(actor, seq, { at, level, message: msg ?? '', fields })
      } catch {
        // A formatted line is for a terminal only.
      }
    },
    note: (actor, seq, message, fields = {}) =>
      add(actor, seq, { at: now(), level: 'info', message, fields }),
    of: (actor, seq) => [...(steps.get(`${actor}#${seq}`) ?? [])],
  }
}
