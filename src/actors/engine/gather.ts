/**
 * Gathers single writes into batches: a lone one is written at once, and those that come while a
 * batch is on its way go together with the next. Resolves when the batch that holds it is written,
 * rejects with what the batch failed with.
 */
export function createGatherer<T>(
  write: (batch: readonly T[]) => Promise<void>,
  { most = 500 }: { most?: number } = {},
): { add(item: T): Promise<void>; flushed(): Promise<void> } {
  interface Waiting {
    item: T
    resolve: () => void
    reject: (error: unknown) => void
  }
  const waiting: Waiting[] = []
  let current: Promise<void> | undefined

  async function drain(): Promise<void> {
    // What was asked for within one turn of the event loop goes together.
    await new Promise(setImmediate)
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most)
      try {
        await write(batch.map(({ item }) => item))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    current = undefined
  }

  return {
    add(item) {
      return new Promise<void>((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        current ??= drain()
      })
    },
    flushed: () => current ?? Promise.resolve(),
  }
}
