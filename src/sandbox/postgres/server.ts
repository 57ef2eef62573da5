import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { coerceError, TerminalError } from '../../errors.ts'
import { freePort } from '../free-port.ts'
import { spawnAs } from './account.ts'
import { type Cluster, openCluster, USER } from './cluster.ts'
import { end, isAlive, isServerOf, readPostmaster } from './process.ts'

export interface PostgresServer {
  /** Connects as superuser to the database `postgres`. */
  readonly url: string
  /** True when the server was already running, started by another or by a killed process. */
  readonly reused: boolean
  /** Ends this use; the last living user's stop shuts the server down and waits for its exit. */
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Everything about the cluster is kept in or linked from this directory. */
  dir: string
  log?: (line: string) => void
  /** How long a running server may stay silent before it is killed and started anew. */
  patienceMs?: number
  /**
   * Without it what was written is lost when the machine goes down (not when the server is killed),
   * and nothing is vacuumed: for tests, who empty hundreds of databases. Counts for whoever starts it.
   */
  isDurable?: boolean
}

const START_ATTEMPTS = 5
const START_TIMEOUT_MS = 60_000

/**
 * Real PostgreSQL 18 on 127.0.0.1, durable (fsync and synchronous_commit on) unless asked, one server per `dir`
 * however many processes ask for it. The server outlives a killed process and is found by the next.
 * Callers with a DATABASE_URL use that and do not call this.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { dir, log = () => {}, patienceMs = 15_000, isDurable = true } = options
  try {
    const cluster = await openCluster(dir, log)
    const leave = await enter(path.join(cluster.home, 'users'))
    try {
      const { port, reused } = await findOrStart(cluster, { patienceMs, isDurable, log })
      log(`PostgreSQL ${reused ? 'found' : 'started'} on port ${port}`)
      let stopped: Promise<void> | undefined
      const stop = () => {
        stopped ??= leave().then((last) => (last ? shutDown(cluster.data) : undefined))
        return stopped
      }
      return { url: urlOf(cluster, port), reused, stop }
    } catch (error) {
      await leave()
      throw error
    }
  } catch (error) {
    const detail = `The embedded server in ${dir}: ${coerceError(error).message}`
    throw new TerminalError('database.unavailable', { cause: error, detail })
  }
}

const urlOf = ({ password }: Cluster, port: number) =>
  `postgresql://${USER}:${password}@127.0.0.1:${port}/postgres`

/** Registers this process as a user; the answer leaves and tells whether no other living one is left. */
async function enter(folder: string): Promise<() => Promise<boolean>> {
  const mine = path.join(folder, `${process.pid}.${randomUUID()}`)
  await writeFile(mine, '')
  return async () => {
    await rm(mine, { force: true })
    const pids = new Map((await readdir(folder)).map((file) => [file, Number.parseInt(file, 10)]))
    const dead = [...pids].filter(([, pid]) => !isAlive(pid)).map(([file]) => file)
    for (const file of dead) await rm(path.join(folder, file), { force: true })
    return dead.length === pids.size
  }
}

async function findOrStart(
  cluster: Cluster,
  { patienceMs, isDurable, log }: Required<Omit<PostgresOptions, 'dir'>>,
): Promise<{ port: number; reused: boolean }> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await findRunning(cluster, patienceMs, log)
    if (found) return { port: found, reused: true }
    const problem = await start(cluster, { keepPort: attempt === 1, isDurable })
    if (typeof problem === 'number') return { port: problem, reused: false }
    // Another process was faster, somebody took the port, or a dead server's memory is still held.
    if (attempt === START_ATTEMPTS && !(await findRunning(cluster, patienceMs, log))) {
      throw new Error(`it does not start. ${problem}`)
    }
    await delay(50 * attempt)
  }
}

/** The port of a live server of this cluster; waits while it starts, removes a dead one's traces. */
async function findRunning(
  cluster: Cluster,
  patienceMs: number,
  log: (line: string) => void,
): Promise<number | undefined> {
  const { data } = cluster
  const deadline = performance.now() + patienceMs
  for (;;) {
    const postmaster = await readPostmaster(data)
    if (!postmaster) return undefined
    if (!isServerOf(data, postmaster.pid)) {
      // PostgreSQL would refuse to start if the pid is somebody else's now. Its shared memory
      // block, not this file, keeps two servers off one data directory.
      const again = await readPostmaster(data)
      if (again?.pid === postmaster.pid) await rm(path.join(data, 'postmaster.pid'))
      return undefined
    }
    if (postmaster.ready && (await answers(urlOf(cluster, postmaster.port), data, deadline))) {
      return postmaster.port
    }
    if (performance.now() > deadline) {
      log(`the server with pid ${postmaster.pid} does not answer and is killed`)
      if (!(await end(postmaster.pid, 'SIGQUIT', 2000))) await end(postmaster.pid, 'SIGKILL', 2000)
      return undefined
    }
    await delay(20)
  }
}

async function answers(url: string, data: string, deadline: number): Promise<boolean> {
  const left = Math.max(100, Math.ceil(deadline - performance.now()))
  const timeouts = { connectionTimeoutMillis: left, query_timeout: left }
  const client = new pg.Client({ connectionString: url, ...timeouts })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    return rows[0]?.data_directory === data
  } catch {
    return false
  } finally {
    void client.end().catch(() => {})
  }
}

/** Starts a server and gives its port, or says in a sentence why it ended again. */
async function start(
  cluster: Cluster,
  { keepPort, isDurable }: { keepPort: boolean; isDurable: boolean },
): Promise<number | string> {
  const portFile = path.join(cluster.home, 'port')
  const remembered = keepPort ? Number(await readFile(portFile, 'utf8').catch(() => 0)) : 0
  const port = await freePort(remembered).catch(() => freePort(0))
  const logFile = path.join(cluster.home, 'server.log')
  const child = launch(cluster, { port, logFile, isDurable })
  const deadline = performance.now() + START_TIMEOUT_MS
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(`It ended with ${code ?? signal}.`))
  })
  for (;;) {
    const ended = await Promise.race([exited, delay(10)])
    if (ended) return `${ended} ${await tail(logFile)}`
    const postmaster = await readPostmaster(cluster.data)
    if (postmaster?.pid === child.pid && postmaster?.ready) {
      await writeFile(portFile, String(port))
      return port
    }
    if (performance.now() > deadline) {
      child.kill('SIGKILL')
      return `It was not ready after ${START_TIMEOUT_MS} ms. ${await tail(logFile)}`
    }
  }
}

const DURABLE = { fsync: 'on' }
const LOSABLE = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off', jit: 'off' }

/** Detached, with its own log file: neither Ctrl-C nor our end reaches it before `stop` does. */
function launch(
  { binaries, account, data }: Cluster,
  { port, logFile, isDurable }: { port: number; logFile: string; isDurable: boolean },
): ChildProcess {
  const log = openSync(logFile, 'w')
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '64MB',
    max_wal_size: '256MB',
    synchronous_commit: 'on',
    ...(isDurable ? DURABLE : LOSABLE),
    timezone: 'UTC',
    // Refused statements carry users' data and are reported to the client anyway.
    log_min_messages: 'fatal',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const stdio: ['ignore', number, number] = ['ignore', log, log]
  const options = { ...spawnAs(account), detached: true, stdio }
  const child = spawn(binaries.postgres, ['-D', data, ...flags], options)
  closeSync(log)
  child.unref()
  return child
}

const tail = async (file: string) => (await readFile(file, 'utf8')).trim().slice(-500)

/** Fast shutdown: open transactions are rolled back, a checkpoint is written. */
async function shutDown(data: string): Promise<void> {
  const postmaster = await readPostmaster(data)
  if (!postmaster || !isServerOf(data, postmaster.pid)) return
  if (await end(postmaster.pid, 'SIGINT', 10_000)) return
  if (!(await end(postmaster.pid, 'SIGQUIT', 5000))) await end(postmaster.pid, 'SIGKILL', 5000)
}
