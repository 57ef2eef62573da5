import type { Changes } from './changes.ts'
import type { Purse } from './create-task.ts'
import type { Engine } from './engine.ts'
import type { Faults } from './faults.ts'
import type { Task } from './task.ts'
import type { Upload, UploadStore } from './upload-store.ts'
import type { Violation } from './violations.ts'

/** What tests and the sandbox page see of the fake, and how they steer it. */
export interface KieControl {
  readonly tasks: readonly Task[]
  readonly uploads: readonly Upload[]
  /** Things that the client must never do; they were refused, or (delisted models) let through. */
  readonly violations: readonly Violation[]
  readonly faults: Faults
  credits: number
  createTaskCount(predicate?: (task: Task) => boolean): number
  /** Decides a running task; resolves when it is final. Its callback follows. */
  finish(taskId: string): Promise<void>
  fail(taskId: string, reason: { code: number; msg: string }): Promise<void>
  /** From now on tasks wait until told. */
  hold(): void
  release(): void
  /** Resolves once the predicate holds (asked at every change); rejects after `timeoutMs`. */
  waitFor(predicate: (control: KieControl) => boolean, timeoutMs?: number): Promise<void>
}

/** The controls over the fake's parts. */
export function createControl(deps: {
  engine: Engine
  uploads: UploadStore
  violations: readonly Violation[]
  faults: Faults
  purse: Purse
  changes: Changes
}): KieControl {
  const { engine, purse } = deps
  const control: KieControl = {
    tasks: engine.tasks,
    get uploads() {
      return deps.uploads.list()
    },
    violations: deps.violations,
    faults: deps.faults,
    get credits() {
      return purse.credits
    },
    set credits(credits) {
      purse.credits = credits
    },
    createTaskCount: (predicate = () => true) => engine.tasks.filter(predicate).length,
    finish: (taskId) => engine.settle(taskId, 'success'),
    fail: (taskId, reason) => engine.settle(taskId, reason),
    hold: engine.hold,
    release: engine.release,
    waitFor: (predicate, timeoutMs = 30_000) =>
      deps.changes.until(() => predicate(control), timeoutMs),
  }
  return control
}
