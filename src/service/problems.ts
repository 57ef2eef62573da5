/** What may be wrong with this process. */
export const PROBLEMS = [
  'start',
  'database',
  'queue',
  'commits',
  'telegram',
  'provider',
  'disk',
  'clock',
] as const

export type ProblemName = (typeof PROBLEMS)[number]

export interface Problem {
  /** One line for the operator, without secrets. */
  readonly reason: string
  /** Whether what comes in should go to another instance. */
  readonly blocks: boolean
}

/** What is wrong now, for /health, /ready and /metrics. */
export interface Problems {
  /** Null: it is well again. What does not change is not logged again. */
  set(name: ProblemName, problem: Problem | null): void
  /** Reasons by name; empty when all is well. */
  reasons(): Readonly<Record<string, string>>
  /** Whether traffic should go elsewhere. */
  blocked(): boolean
  has(name: ProblemName): boolean
}

/** `log` gets a line when a problem comes and when it goes, `onNew` is called when it comes. */
export function createProblems(
  log: {
    warn: (facts: object, message: string) => void
    info: (facts: object, message: string) => void
  },
  onNew: (name: ProblemName, reason: string) => void = () => {},
): Problems {
  const problems = new Map<ProblemName, Problem>()
  return {
    set(name, problem) {
      const known = problems.get(name)
      if (problem === null) {
        if (problems.delete(name)) log.info({ problem: name }, 'a problem is over')
        return
      }
      problems.set(name, problem)
      if (known === undefined) onNew(name, problem.reason)
      if (known?.reason !== problem.reason) {
        log.warn({ problem: name, reason: problem.reason }, 'something is wrong')
      }
    },
    reasons: () => Object.fromEntries([...problems].map(([name, { reason }]) => [name, reason])),
    blocked: () => [...problems.values()].some(({ blocks }) => blocks),
    has: (name) => problems.has(name),
  }
}
