import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { end, readPostmaster } from '../sandbox/postgres/process.ts'
import { type PostgresServer, startPostgres } from '../sandbox/postgres/server.ts'
import { copyServer, waitForStandby } from './standby.ts'

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
  /** Nothing may be removed from its log, as if for a standby that is gone: why a log grows without end. */
  holdLog(isHeld: boolean): Promise<void>
  /** Writes to its log until it can't, and ends all connections by that; resolves with whether it did. */
  fillLog(): Promise<boolean>
  /** Makes a copy that follows it; from then on a commit waits for both. */
  addStandby(): Promise<void>
  /** All processes of the server are gone at once, and the standby takes its place, at another address. */
  failOver(): Promise<void>
  close(): Promise<void>
}

const ROLE = 'bot'
const PASSWORD = 'only-on-this-machine'
const DATABASE = 'chaos'
/** More than it keeps of its log before it removes what is old. */
const MOST_SEGMENTS = 200

/** Makes a cluster of its own, which nobody else uses, and removes it at the end. */
export async function startChaosPostgres(place?: string): Promise<ChaosPostgres> {
  await mkdir('.data', { recursive: true })
  let dir = place ?? (await mkdtemp(path.resolve('.data/chaos-')))
  const dirs = [dir]
  let server = await startPostgres({ dir })
  const stops = [server.stop]
  let standby: { server: PostgresServer; dir: string } | undefined
  await asAdmin(
    () => server.url,
    async (client) => {
      await client.query(`create role ${ROLE} login password '${PASSWORD}'`)
      await client.query(`create database ${DATABASE} owner ${ROLE}`)
    },
  )
  let data = await dataOf(server.url)
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
      const found = await asAdmin(inDatabase, (client) =>
        client.query(`select pid from pg_stat_activity where usename = '${ROLE}' limit 1`),
      )
      if (found.rows[0] !== undefined) signal([found.rows[0].pid], 'SIGKILL')
    },
    start,
    limitConnections: (most) =>
      asAdmin(
        () => server.url,
        (client) => client.query(`alter role ${ROLE} connection limit ${most ?? -1}`),
      ).then(() => undefined),
    fillDisk: (full) =>
      asAdmin(inDatabase, (client) => client.query(full ? FULL : ROOM)).then(() => undefined),
    async fillLog() {
      let isEnded = false
      const client = new pg.Client({ connectionString: inDatabase() })
      client.on('error', () => {
        isEnded = true
      })
      await client.connect()
      for (let n = 0; n < MOST_SEGMENTS && !isEnded; n += 1) {
        // An error is not the end yet: that comes when something can't be written that must be.
        await client.query(SEGMENT).catch(() => sleep(100))
      }
      void client.end().catch(() => {})
      return isEnded
    },
    holdLog: (isHeld) =>
      asAdmin(inDatabase, (client) => client.query(isHeld ? HOLD : RELEASE)).then(() => undefined),
    async addStandby() {
      const beside = `${dirs[0]}-${dirs.length}`
      dirs.push(beside)
      await copyServer({ url: server.url, data }, beside)
      standby = { server: await startPostgres({ dir: beside }), dir: beside }
      stops.push(standby.server.stop)
      await waitForStandby({ url: server.url, data })
    },
    async failOver() {
      if (standby === undefined) throw new Error('there is no standby')
      signal([master, ...childrenOf(master)], 'SIGKILL')
      await end(master, 'SIGKILL', 5_000)
      const { url: promoted } = standby.server
      await asAdmin(
        () => promoted,
        (client) => client.query('select pg_promote(true, 60)'),
      )
      dir = standby.dir
      server = standby.server
      standby = undefined
      data = await dataOf(server.url)
      master = await pid()
    },
    async close() {
      signal([...childrenOf(master), master], 'SIGCONT')
      for (const stop of stops) await stop()
      for (const made of dirs) {
        // The server's account may have needed another place; see openCluster.
        for (const name of await readdir(made)) {
          const home = await realpath(path.join(made, name)).catch(() => undefined)
          if (home !== undefined) await rm(home, { recursive: true, force: true })
        }
        if (made !== place) await rm(made, { recursive: true, force: true })
      }
    },
  }
}

async function dataOf(url: string): Promise<string> {
  const { rows } = await asAdmin(
    () => url,
    (client) => client.query('show data_directory'),
  )
  return rows[0].data_directory
}

/** Errors of a server that has no space left, on the two tables that every step writes. */
const FULL = `
  create or replace function no_space() returns trigger language plpgsql as $$
  begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
  create or replace trigger no_space before insert on journal execute function no_space()`
const SEGMENT = `select pg_logical_emit_message(false, 'chaos', 'on'), pg_switch_wal()`
const HOLD = `select pg_create_physical_replication_slot('gone', true)`
const RELEASE = `select pg_drop_replication_slot('gone')`
const ROOM = `drop trigger if exists no_space on journal`

function withPath(given: string, database: string): string {
  const url = new URL(given)
  url.pathname = `/${database}`
  return url.href
}

/** A server that crashed reads its log again before it takes anybody, however long that is. */
const TRIES = 240

/** One connection for one piece of work; repeated for a while, because the server may be starting elsewhere. */
async function asAdmin<T>(url: () => string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const client = new pg.Client({ connectionString: url(), connectionTimeoutMillis: 5_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      return await work(client)
    } catch (error) {
      if (tries === TRIES) throw error
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
