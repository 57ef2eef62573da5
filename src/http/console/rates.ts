/** Seconds that are kept. */
const KEPT_S = 300

const KINDS = ['steps', 'effects', 'failures'] as const
type Kind = (typeof KINDS)[number]

/** What happened in each of the last seconds of this process; adding costs two array accesses. */
export function createRates(now: () => number) {
  const slots = { steps: zeros(), effects: zeros(), failures: zeros() }
  const second = () => Math.floor(now() / 1_000)
  let newest = second()

  /** Empties the slots of seconds in which nothing was added. */
  function advance(): number {
    const at = second()
    for (let s = Math.max(newest + 1, at - KEPT_S + 1); s <= at; s += 1) {
      for (const kind of KINDS) slots[kind][s % KEPT_S] = 0
    }
    newest = Math.max(newest, at)
    return newest
  }

  return {
    add(kind: Kind, n: number): void {
      const slot = advance() % KEPT_S
      slots[kind][slot] = (slots[kind][slot] ?? 0) + n
    },
    /** The last whole second. */
    last(): Record<Kind, number> {
      const slot = (advance() - 1) % KEPT_S
      const of = (kind: Kind) => slots[kind][slot] ?? 0
      return { steps: of('steps'), effects: of('effects'), failures: of('failures') }
    },
    /** Oldest first, ending with the last whole second. */
    series(): { at: number } & Record<Kind, number[]> {
      const end = advance()
      const of = (kind: Kind) =>
        Array.from({ length: KEPT_S - 1 }, (_, i) => slots[kind][(end + 1 + i) % KEPT_S] ?? 0)
      return {
        at: end * 1_000,
        steps: of('steps'),
        effects: of('effects'),
        failures: of('failures'),
      }
    },
  }
}

const zeros = (): number[] => new Array<number>(KEPT_S).fill(0)

export type Rates = ReturnType<typeof createRates>
