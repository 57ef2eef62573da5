import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { freePort } from '../sandbox/free-port.ts'
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.ts'

/** A place for one process of the bot: always the same port, name and way to the database. */
export interface Slot {
  readonly index: number
  readonly url: string
  readonly proxy: DatabaseProxy
  /** Undefined while nothing runs here. */
  process: ChildProcess | undefined
  /** The process was told to die at a crash point, or has another clock: not for the time of rest. */
  odd: boolean
  frozen: boolean
  startedAt: number
}

export interface StartOptions {
  /** Dies there; see actors/crash-points.ts. */
  crashAt?: string
  /** Its clock is so far ahead, or behind. */
  clockMs?: number
  /** Another program than the present one. */
  main?: string
}

/** The instances of the bot, as processes. */
export interface Fleet {
  readonly slots: readonly Slot[]
  start(slot: Slot, options?: StartOptions): Promise<void>
  /** `kill -9`; resolves when it is gone. */
  kill(slot: Slot): Promise<void>
  /** SIGTERM, and SIGKILL when it does not end within 15 s, of which `onLate` is told. */
  terminate(slot: Slot): Promise<void>
  freeze(slot: Slot): void
  thaw(slot: Slot): void
  isUp(slot: Slot): boolean
  /** Where the instance of this name in the table of instances runs. */
  named(instance: string): Slot | undefined
  health(slot: Slot): Promise<Record<string, unknown> | undefined>
  /** Resolves when /ready says yes. */
  ready(slot: Slot, withinMs: number): Promise<boolean>
  /** Files in which everything is that the processes wrote. */
  readonly logs: readonly string[]
  close(): Promise<void>
}

export interface FleetOptions {
  count: number
  main: string
  databaseUrl: string
  env: Record<string, string>
  /** A folder for what the processes write. */
  dir: string
  /** A process ended that nobody had ended: killed at a crash point, or by a fault of its own. */
  onDeath: (slot: Slot, how: { code: number | null; signal: NodeJS.Signals | null }) => void
  /** One that was to end did not in time, and is killed now. */
  onLate?: (slot: Slot) => void
}

const GRACE_MS = 15_000
const nameOf = (index: number) => `chaos-${index}`

/** Makes the places; nothing runs yet. */
export async function createFleet(options: FleetOptions): Promise<Fleet> {
  const { count, main, databaseUrl, env, dir, onDeath, onLate } = options
  const logs = Array.from({ length: count }, (_, i) => path.join(dir, `instance-${i}.log`))
  const files = logs.map((file) => createWriteStream(file, { flags: 'a' }))
  const slots: Slot[] = await Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      index,
      url: `http://127.0.0.1:${await freePort()}`,
      proxy: await startDatabaseProxy(databaseUrl),
      process: undefined,
      odd: false,
      frozen: false,
      startedAt: 0,
    })),
  )
  /** Those that we end ourselves. */
  const meant = new WeakSet<ChildProcess>()

  const isUp = ({ process: child }: Slot) =>
    child !== undefined && child.exitCode === null && child.signalCode === null

  async function start(slot: Slot, { crashAt, clockMs, main: other }: StartOptions = {}) {
    const { port } = new URL(slot.url)
    const shift = clockMs === undefined ? [] : ['--import', shiftedClock(clockMs)]
    const child = spawn(process.execPath, [...shift, other ?? main], {
      env: {
        PATH: process.env.PATH,
        ...env,
        PORT: port,
        INSTANCE_NAME: nameOf(slot.index),
        DATABASE_URL: slot.proxy.urlFor(databaseUrl),
        ...(crashAt === undefined ? {} : { TRT_CRASH_AT: crashAt }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    slot.process = child
    slot.odd = crashAt !== undefined || clockMs !== undefined
    slot.frozen = false
    slot.startedAt = Date.now()
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => files[slot.index]?.write(data))
    }
    child.once('exit', (code, signal) => {
      if (slot.process === child) slot.process = undefined
      if (!meant.has(child)) onDeath(slot, { code, signal })
    })
    await once(child, 'spawn')
  }

  async function gone(child: ChildProcess): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  async function kill(slot: Slot): Promise<void> {
    const child = slot.process
    if (child === undefined) return
    meant.add(child)
    child.kill('SIGKILL')
    await gone(child)
  }

  async function health(slot: Slot) {
    try {
      const signal = AbortSignal.timeout(2_000)
      const response = await fetch(`${slot.url}/health`, { signal })
      return (await response.json()) as Record<string, unknown>
    } catch {
      return undefined
    }
  }

  return {
    slots,
    logs,
    start,
    kill,
    isUp,
    // A name is followed by the key of its lock.
    named: (instance) => slots.find(({ index }) => instance.split('#')[0] === nameOf(index)),
    health,
    async terminate(slot) {
      const child = slot.process
      if (child === undefined) return
      meant.add(child)
      if (slot.frozen) child.kill('SIGCONT')
      child.kill('SIGTERM')
      const late = setTimeout(() => {
        onLate?.(slot)
        child.kill('SIGKILL')
      }, GRACE_MS)
      await gone(child)
      clearTimeout(late)
    },
    freeze(slot) {
      slot.frozen = true
      slot.process?.kill('SIGSTOP')
    },
    thaw(slot) {
      slot.frozen = false
      slot.process?.kill('SIGCONT')
    },
    async ready(slot, withinMs) {
      for (const until = Date.now() + withinMs; Date.now() < until; ) {
        const signal = AbortSignal.timeout(2_000)
        const answer = await fetch(`${slot.url}/ready`, { signal }).catch(() => undefined)
        await answer?.body?.cancel()
        if (answer?.status === 200) return true
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      return false
    },
    async close() {
      for (const slot of slots) await kill(slot)
      for (const { proxy } of slots) await proxy.close()
      await Promise.all(files.map((file) => new Promise((resolve) => file.end(resolve))))
    },
  }
}

/** A module that moves the clock of the process that imports it. */
function shiftedClock(ms: number): string {
  const source = `const Real = Date
    globalThis.Date = class extends Real {
      constructor(...given) { given.length === 0 ? super(Real.now() + ${ms}) : super(...given) }
      static now() { return Real.now() + ${ms} }
    }`
  return `data:text/javascript,${encodeURIComponent(source)}`
}
