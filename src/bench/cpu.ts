import type { ChildProcess } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'

/** CPU time so far, ms; `pg` is null when the server is not on this machine. */
export interface CpuTime {
  bot: number
  pg: number | null
}

/** Reads the CPU time of a bot, and of the processes of the PostgreSQL server behind a database. */
export async function createCpuMeter(databaseUrl: string) {
  const server = await findServer(databaseUrl)
  return async ({ pid }: Pick<ChildProcess, 'pid'>): Promise<CpuTime> => {
    const bot = (await statOf(String(pid)))?.ms ?? 0
    if (server === undefined) return { bot, pg: null }
    const stats = await Promise.all((await pids()).map(statOf))
    const own = stats.filter((stat) => stat?.pid === server || stat?.parent === server)
    return { bot, pg: own.reduce((sum, stat) => sum + (stat?.ms ?? 0), 0) }
  }
}

export type CpuMeter = Awaited<ReturnType<typeof createCpuMeter>>

/** What passed between two readings, per so many updates. */
export const cpuPer = (before: CpuTime, after: CpuTime, updates: number): CpuTime => ({
  bot: (after.bot - before.bot) / updates,
  pg: before.pg === null || after.pg === null ? null : (after.pg - before.pg) / updates,
})

/** The process that all others of the server come from. */
async function findServer(databaseUrl: string): Promise<number | undefined> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query('select pg_backend_pid() as pid')
    const stat = await statOf(String(rows[0].pid))
    return stat?.command.startsWith('postgres') ? stat.parent : undefined
  } finally {
    await client.end()
  }
}

const pids = async () => (await readdir('/proc')).filter((name) => /^\d+$/.test(name))

/** Clock ticks are hundredths of a second on every Linux that Node supports. */
const MS_PER_TICK = 10

async function statOf(pid: string) {
  const text = (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).trim()
  const [, command = '', rest = ''] = /^\d+ \((.*)\) (.*)$/.exec(text) ?? []
  const fields = rest.split(' ')
  if (fields.length < 15) return undefined
  // utime, stime, and of children that ended: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const ticks = Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])
  return { pid: Number(pid), parent: Number(fields[1]), command, ms: ticks * MS_PER_TICK }
}
