/** A piece of work that waits for its turn. */
export interface Task {
  /** Which queue's slots it takes. */
  queue: string
  /** Tasks of one key run one after another; keys take turns. */
  key: string
  /**
   * What it has to wait for before it may take a slot, e.g. a rate limit. Rejecting gives the task to
   * `run` all the same, which meets the reason again or not.
   */
  gate?: ((signal: AbortSignal) => Promise<void>) | undefined
  run: (signal: AbortSignal) => Promise<void>
}

export interface Scheduler {
  add(task: Task): void
  /** Whether a task of this key has not ended yet. */
  has(queue: string, key: string): boolean
  /** Tasks that were added and have not ended, of all queues. */
  size(): number
  stats(): Record<string, QueueStats>
  /** Starts nothing new, waits up to `graceMs` for what runs; then its signal is aborted. */
  stop(graceMs: number): Promise<void>
}

export interface QueueStats {
  slots: number
  running: number
  /** Waits in its gate, holding no slot. */
  gated: number
  /** Waits for a slot, or behind another task of its key. */
  waiting: number
  /** Tasks that have ended since the start. */
  ended: number
}

interface KeyedQueue {
  key: string
  tasks: Task[]
}

interface Queue {
  slots: number
  running: number
  gated: number
  waiting: number
  ended: number
  /** Keys with work, whether or not one of their tasks is in hand. */
  byKey: Map<string, KeyedQueue>
  /** Through their gate, waiting for a slot, in the order in which they got there. */
  ready: KeyedQueue[]
}

/**
 * Runs tasks in queues of so many slots each. A key has one task in hand at a time, and a key that
 * has more goes behind the others, so that one busy key delays nobody. Waiting for a gate takes no
 * slot. Tasks must not reject; one that does is a defect and is reported to `onDefect`.
 */
export function createScheduler({
  slots,
  onDefect = () => {},
}: {
  slots: Readonly<Record<string, number>>
  onDefect?: (error: unknown) => void
}): Scheduler {
  const queues = new Map<string, Queue>(
    Object.entries(slots).map(([name, n]) => [
      name,
      { slots: n, running: 0, gated: 0, waiting: 0, ended: 0, byKey: new Map(), ready: [] },
    ]),
  )
  const ending = new AbortController()
  const gates = new AbortController()
  const idle: (() => void)[] = []
  let size = 0
  let running = 0

  function add(task: Task): void {
    if (gates.signal.aborted) return
    const queue = queues.get(task.queue)
    if (queue === undefined) throw new Error(`no queue is called ${task.queue}`)
    size += 1
    queue.waiting += 1
    const keyed = queue.byKey.get(task.key)
    if (keyed !== undefined) {
      keyed.tasks.push(task)
      return
    }
    const opened: KeyedQueue = { key: task.key, tasks: [task] }
    queue.byKey.set(task.key, opened)
    next(queue, opened)
  }

  /** Takes the key's first task to its gate, and from there into the line for a slot. */
  function next(queue: Queue, keyed: KeyedQueue): void {
    const task = keyed.tasks[0] as Task
    if (task.gate === undefined) {
      line(queue, keyed)
      return
    }
    queue.waiting -= 1
    queue.gated += 1
    const through = () => {
      queue.gated -= 1
      queue.waiting += 1
      line(queue, keyed)
    }
    task.gate(gates.signal).then(through, through)
  }

  function line(queue: Queue, keyed: KeyedQueue): void {
    queue.ready.push(keyed)
    fill(queue)
  }

  function fill(queue: Queue): void {
    while (queue.running < queue.slots && queue.ready.length > 0 && !gates.signal.aborted) {
      void run(queue, queue.ready.shift() as KeyedQueue)
    }
  }

  async function run(queue: Queue, keyed: KeyedQueue): Promise<void> {
    const task = keyed.tasks.shift() as Task
    queue.waiting -= 1
    queue.running += 1
    running += 1
    try {
      await task.run(ending.signal)
    } catch (error) {
      onDefect(error)
    }
    queue.running -= 1
    queue.ended += 1
    running -= 1
    size -= 1
    if (keyed.tasks.length === 0) queue.byKey.delete(keyed.key)
    else next(queue, keyed)
    fill(queue)
    if (running === 0) for (const resolve of idle.splice(0)) resolve()
  }

  return {
    add,
    has: (queue, key) => queues.get(queue)?.byKey.has(key) === true,
    size: () => size,
    stats: () =>
      Object.fromEntries(
        [...queues].map(([name, { slots, running, gated, waiting, ended }]) => [
          name,
          { slots, running, gated, waiting, ended },
        ]),
      ),
    async stop(graceMs) {
      gates.abort()
      if (running === 0) return
      const late = setTimeout(() => ending.abort(), graceMs)
      await Promise.race([
        new Promise<void>((resolve) => idle.push(resolve)),
        new Promise<void>((resolve) =>
          // What does not even heed its signal is left behind.
          ending.signal.addEventListener('abort', () => setTimeout(resolve, 250).unref(), {
            once: true,
          }),
        ),
      ])
      clearTimeout(late)
    },
  }
}
