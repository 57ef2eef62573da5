import { type ChildProcess, spawn } from 'node:child_process'
import type { TestContext } from 'node:test'
import type { HealthReport } from '../../src/http/health.ts'
import { freePort } from '../../src/sandbox/free-port.ts'
import { bundledMain } from './bundle.ts'
import { waitFor } from './wait.ts'

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

/** A whole bot in a process of its own, as `npm start` runs it. */
export interface Instance {
  readonly port: number
  readonly url: string
  /** Everything that it printed so far. */
  output(): string
  health(): Promise<HealthReport>
  /** Resolves when /health shows what is wanted. */
  until(what: string, check: (health: HealthReport) => boolean): Promise<HealthReport>
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>
  readonly exited: Promise<Exit>
}

/** Starts the bundled bot with nothing but the given environment; killed after the test. */
export async function startInstance(
  t: TestContext,
  env: Record<string, string>,
): Promise<Instance> {
  const port = Number(env.PORT ?? (await freePort()))
  const child = spawn(process.execPath, [await bundledMain()], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => end(child, 'SIGKILL'))
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => printed.push(text))
  }
  const url = `http://127.0.0.1:${port}`
  const health = async () => (await (await fetch(`${url}/health`)).json()) as HealthReport
  const exited = exitOf(child)
  return {
    port,
    url,
    exited,
    output: () => printed.join(''),
    health,
    until: (what, check) =>
      waitFor(
        async () => {
          const report = await health()
          return check(report) ? report : undefined
        },
        { what },
      ),
    end: (signal) => end(child, signal),
  }
}

const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve({ code: child.exitCode, signal: child.signalCode })
    }
    // `close`, not `exit`: what was printed last is read by then.
    child.once('close', (code, signal) => resolve({ code, signal }))
  })

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<Exit> {
  const exited = exitOf(child)
  child.kill(signal)
  return exited
}
