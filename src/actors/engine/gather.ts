/** Single writes that go to the database in batches. */
export interface Gatherer<T, R> {
  /** Resolves with what became of the item when the batch that holds it is written. */
  add(item: T): Promise<R>
  /** Resolves when everything that was added is written. */
  flushed(): Promise<void>
}

/**
 * Gathers single writes into batches of at most `most`: a lone one is written at once or after
 * `pauseMs`, and those that come while a batch is on its way go together with the next. `write` returns a result for each item
 * of its batch, or nothing; what it rejects with is what every item of the batch rejects with.
 */
export function createGatherer<T, R = void>(
  write: (batch: readonly T[]) => Promise<readonly R[] | undefined>,
  { most = 500, pauseMs = 0 }: { most?: number; pauseMs?: number } = {},
): Gatherer<T, R> {
  interface Waiting {
    item: T
    resolve: (result: R) => void
    reject: (error: unknown) => void
  }
  const waiting: Waiting[] = []
  let current: Promise<void> | undefined
  let hasten = () => {}
  let isHasty = false

  function pause(): Promise<void> {
    // What was asked for within one turn of the event loop goes together.
    if (pauseMs === 0 || isHasty) return new Promise(setImmediate)
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs)
      hasten = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function drain(): Promise<void> {
    await pause()
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most)
      try {
        const results = await write(batch.map(({ item }) => item))
        for (const [i, { resolve }] of batch.entries()) resolve((results ?? [])[i] as R)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
      if (pauseMs > 0 && waiting.length < most) await pause()
    }
    isHasty = false
    current = undefined
  }

  return {
    add(item) {
      return new Promise<R>((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        current ??= drain()
      })
    },
    flushed() {
      isHasty = current !== undefined
      hasten()
      return current ?? Promise.resolve()
    },
  }
}
