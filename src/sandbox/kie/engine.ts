import { randomUUID } from 'node:crypto'
import type { CallbackSender } from './callbacks.ts'
import type { Family } from './families/family.ts'
import { pause } from './pause.ts'
import { isFinal, type OrderFacts, type Task, type TaskResult, type TaskState } from './task.ts'

/** How long a task waits in the queue, how long it is made, and how long a chat model thinks. */
export interface Timing {
  readonly queueMs: number
  readonly generateMs: number
  /** Absent: not at all. */
  readonly thinkMs?: number
}

/** For people who play: long enough to be seen, short enough to be waited for. */
export const PLAY_TIMING: Timing = { queueMs: 1_500, generateMs: 4_000, thinkMs: 2_000 }

/** A request that passed every check. */
export interface Order extends OrderFacts {
  readonly family: Family
}

type Verdict = 'success' | { readonly code: number; readonly msg: string }

/** Tasks and their life: waiting, queuing, generating, then success or fail. */
export interface Engine {
  readonly tasks: readonly Task[]
  create(order: Order): Task
  /** Lets it live on its own. */
  start(task: Task): void
  /** Finishes before createTask's answer and sends that callback; resolves when it was answered. */
  finishEarly(task: Task): Promise<void>
  find(taskId: string): Task | undefined
  /** Decides it now; resolves when its state is final. The callback follows by itself. */
  settle(taskId: string, verdict: Verdict): Promise<void>
  hold(): void
  release(): void
}

interface Life {
  readonly family: Family
  readonly decided: PromiseWithResolvers<Verdict>
  readonly ended: PromiseWithResolvers<void>
  readonly hurry: AbortController
}

/** Runs tasks on real timers; all times in the records come from `now`. */
export function createEngine(deps: {
  now: () => number
  timing: Timing
  callbacks: CallbackSender
  make: (task: Task) => Promise<TaskResult>
  refund: (credits: number) => void
  signal: AbortSignal
  changed: () => void
}): Engine {
  const tasks: Task[] = []
  const lives = new Map<string, Life>()
  let gate = Promise.withResolvers<void>()
  gate.resolve()
  let holding = false

  const find = (taskId: string) => tasks.find((task) => task.taskId === taskId)
  const lifeOf = (task: Task) => lives.get(task.taskId) as Life

  function enter(task: Task, state: TaskState): void {
    const at = deps.now()
    task.state = state
    task.updateTime = at
    task.history.push({ state, at })
    if (isFinal(task)) task.completeTime = at
    deps.changed()
  }

  async function stay(life: Life, ms: number): Promise<void> {
    await Promise.race([
      Promise.all([pause(ms, life.hurry.signal), gate.promise]),
      life.decided.promise,
    ])
  }

  async function live(task: Task): Promise<void> {
    const life = lifeOf(task)
    await stay(life, deps.timing.queueMs / 2)
    enter(task, 'queuing')
    await stay(life, deps.timing.queueMs / 2)
    enter(task, 'generating')
    await generate(task)
    if (deps.signal.aborted) return
    life.decided.resolve('success')
    const verdict = await life.decided.promise
    if (verdict === 'success') await succeed(task)
    else fail(task, String(verdict.code), verdict.msg)
    life.ended.resolve()
  }

  /** A family's interim stages share the time; a task that is decided meanwhile skips the rest. */
  async function generate(task: Task): Promise<void> {
    const life = lifeOf(task)
    const { interim } = life.family
    const share = deps.timing.generateMs / (interim.length + 1)
    for (const stage of interim) {
      await stay(life, share)
      if (life.hurry.signal.aborted) return
      // What can't be made fails at the end, like any other task.
      task.made ??= await deps.make(task).catch(() => undefined)
      task.stage = stage
      deps.changed()
      await deps.callbacks.announce(task, life.family.callback(task))
    }
    await stay(life, share)
  }

  async function succeed(task: Task): Promise<void> {
    try {
      task.result = task.made ?? (await deps.make(task))
      task.creditsConsumed = task.price
      enter(task, 'success')
    } catch (error) {
      fail(task, '500', `Internal error: ${error instanceof Error ? error.message : error}`)
    }
  }

  /** KIE does not charge failed tasks. */
  function fail(task: Task, code: string, msg: string): void {
    task.failure = { code, msg }
    deps.refund(task.price)
    enter(task, 'fail')
  }

  function decide(task: Task, verdict: Verdict): Promise<void> {
    const life = lifeOf(task)
    life.decided.resolve(verdict)
    life.hurry.abort()
    return life.ended.promise
  }

  const bodyOf = (task: Task) => lifeOf(task).family.callback(task)

  return {
    tasks,
    find,
    create(order) {
      const at = deps.now()
      const { family, ...given } = order
      const task: Task = {
        ...given,
        model: order.entry.apiModel,
        taskId: family.idPrefix + randomUUID().replaceAll('-', ''),
        createTime: at,
        history: [{ state: 'waiting', at }],
        callbacks: [],
        state: 'waiting',
        updateTime: at,
        completeTime: undefined,
        creditsConsumed: 0,
        result: undefined,
        made: undefined,
        stage: undefined,
        failure: undefined,
      }
      tasks.push(task)
      lives.set(task.taskId, {
        family,
        decided: Promise.withResolvers(),
        ended: Promise.withResolvers(),
        hurry: new AbortController(),
      })
      deps.changed()
      return task
    },
    start(task) {
      const onClose = () => lifeOf(task).hurry.abort()
      deps.signal.addEventListener('abort', onClose, { once: true })
      void live(task)
        .then(() => (isFinal(task) ? deps.callbacks.deliver(task, bodyOf(task)) : undefined))
        .finally(() => deps.signal.removeEventListener('abort', onClose))
    },
    async finishEarly(task) {
      void live(task)
      await decide(task, 'success')
      await deps.callbacks.deliverEarly(task, bodyOf(task))
    },
    async settle(taskId, verdict) {
      const task = find(taskId)
      if (!task) throw new Error(`There is no task ${taskId}.`)
      if (isFinal(task)) throw new Error(`Task ${taskId} is already ${task.state}.`)
      await decide(task, verdict)
    },
    hold() {
      if (holding) return
      holding = true
      gate = Promise.withResolvers()
    },
    release() {
      holding = false
      gate.resolve()
    },
  }
}
