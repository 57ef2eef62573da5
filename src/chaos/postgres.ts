import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { end, readPostmaster } from '../sandbox/postgres/process.ts'
import { startPostgres } from '../sandbox/postgres/server.ts'

/** A PostgreSQL of our own that can be hurt. */
export interface ChaosPostgres {
  /** As superuser. */
  adminUrl(): string
  /** As the bot connects. */
  url(): string
  /** Stops all its processes where they are. */
  freeze(): void
  thaw(): void
  /** Ends it without a checkpoint, as a power cut would; it recovers from its log when started. */
  crash(): Promise<void>
  /** Kills one connection's process, at which the server starts over by itself. */
  killBackend(): Promise<void>
  start(): Promise<void>
  /** Refuses the bot more than so many connections; null: as many as it wants. */
  limitConnections(most: number | null): Promise<void>
  /** Whatever the bot wants to add to the journal is answered as by a server without space. */
  fillDisk(full: boolean): Promise<void>
  close(): Promise<void>
}

const ROLE = 'bot'
const PASSWORD = 'only-on-this-machine'
const DATABASE = 'chaos'

/** Makes a cluster of its own, which nobody else uses, and removes it at the end. */
export async function startChaosPostgres(): Promise<ChaosPostgres> {
  await mkdir('.data', { recursive: true })
  const dir = await mkdtemp(path.resolve('.data/chaos-'))
  let server = await startPostgres({ dir })
  const stops = [server.stop]
  await asAdmin(server.url, async (client) => {
    await client.query(`create role ${ROLE} login password '${PASSWORD}'`)
    await client.query(`create database ${DATABASE} owner ${ROLE}`)
  })
  const { rows } = await asAdmin(server.url, (client) => client.query('show data_directory'))
  const data: string = rows[0].data_directory
  const pid = async (): Promise<number> => {
    const postmaster = await readPostmaster(data)
    if (postmaster === undefined) throw new Error('the database server is not running')
    return postmaster.pid
  }
  let master = await pid()
  const inDatabase = () => withPath(server.url, DATABASE)

  async function start(): Promise<void> {
    server = await startPostgres({ dir })
    stops.push(server.stop)
    master = await pid()
  }

  return {
    adminUrl: () => inDatabase(),
    url() {
      const url = new URL(inDatabase())
      url.username = ROLE
      url.password = PASSWORD
      return url.href
    },
    freeze: () => signal([master, ...childrenOf(master)], 'SIGSTOP'),
    thaw: () => signal([...childrenOf(master), master], 'SIGCONT'),
    async crash() {
      if (!(await end(master, 'SIGQUIT', 5_000))) await end(master, 'SIGKILL', 5_000)
    },
    async killBackend() {
      const found = await asAdmin(inDatabase(), (client) =>
        client.query(`select pid from pg_stat_activity where usename = '${ROLE}' limit 1`),
      )
      if (found.rows[0] !== undefined) signal([found.rows[0].pid], 'SIGKILL')
    },
    start,
    limitConnections: (most) =>
      asAdmin(server.url, (client) =>
        client.query(`alter role ${ROLE} connection limit ${most ?? -1}`),
      ).then(() => undefined),
    fillDisk: (full) =>
      asAdmin(inDatabase(), (client) => client.query(full ? FULL : ROOM)).then(() => undefined),
    async close() {
      signal([...childrenOf(master), master], 'SIGCONT')
      for (const stop of stops) await stop()
      // The server's account may have needed another place; see openCluster.
      for (const name of await readdir(dir)) {
        await rm(await realpath(path.join(dir, name)), { recursive: true, force: true })
      }
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Errors of a server that has no space left, on the two tables that every step writes. */
const FULL = `
  create or replace function no_space() returns trigger language plpgsql as $$
  begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
  create or replace trigger no_space before insert on journal execute function no_space()`
const ROOM = `drop trigger if exists no_space on journal`

function withPath(given: string, database: string): string {
  const url = new URL(given)
  url.pathname = `/${database}`
  return url.href
}

/** One connection for one piece of work; repeated for a while, because the server may be starting. */
async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      return await work(client)
    } catch (error) {
      if (tries === 20) throw error
      await sleep(250)
    } finally {
      void client.end().catch(() => {})
    }
  }
}

/** Linux only, as the rest of this file's signals. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')
        return Number(fields?.[1]) === parent
      } catch {
        return false
      }
    })
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // It has ended meanwhile.
    }
  }
}
