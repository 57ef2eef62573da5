/** Something that was done to the system on purpose. Times are Unix ms. */
export interface Incident {
  readonly at: number
  until: number
  /** Kind of fault, e.g. `kill` or `database frozen`. */
  readonly kind: string
  readonly detail: string
}

/** What was done, in order; the report looks here for what mattered. */
export interface Incidents {
  readonly all: readonly Incident[]
  /** Notes the beginning of a fault; call the answer at its end. */
  begin(kind: string, detail: string): () => void
  count(kind: string): number
}

export function createIncidents(log: (line: string) => void): Incidents {
  const all: Incident[] = []
  return {
    all,
    begin(kind, detail) {
      const at = Date.now()
      const incident: Incident = { at, until: at, kind, detail }
      all.push(incident)
      log(`${kind}: ${detail}`)
      return () => {
        incident.until = Date.now()
      }
    },
    count: (kind) => all.filter((incident) => incident.kind === kind).length,
  }
}

/** How long after its end a fault may still be what something went wrong by. */
const AFTERMATH_MS = 15_000

/** The last fault that began before `at`, if it still mattered then; else the last one before. */
export function faultAt(all: readonly Incident[], at: number): Incident | undefined {
  const before = all.filter((incident) => incident.at <= at)
  return before.findLast(({ until }) => until + AFTERMATH_MS >= at) ?? before.at(-1)
}
