import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import pg from 'pg'
import { freePort } from '../../src/sandbox/free-port.ts'
import { waitFor } from './wait.ts'

const NOBODY = 65_534

/** The folder with all of PostgreSQL's programs that this machine has, newest first; none: undefined. */
export const systemPrograms = (): string | undefined =>
  globSync('/usr/lib/postgresql/*/bin')
    .filter((bin) =>
      ['initdb', 'postgres', 'pg_dump', 'pg_restore'].every((p) => existsSync(path.join(bin, p))),
    )
    .sort((a, b) => Number(b.split('/')[4]) - Number(a.split('/')[4]))[0]

/** A server of the machine's own PostgreSQL, ended and removed after the test. */
export async function startSystemPostgres(t: TestContext, bin: string): Promise<string> {
  const dir = mkdtempSync(path.join(tmpdir(), 'trt-postgres-'))
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(dir, NOBODY, NOBODY)
  const account = isRoot ? { uid: NOBODY, gid: NOBODY } : {}
  const data = path.join(dir, 'data')
  execFileSync(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', 'trt', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...account, cwd: dir, stdio: 'ignore' },
  )
  const port = await freePort()
  const flags = [
    ...['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off'],
    'max_connections=60',
  ].flatMap((setting) => ['-c', setting])
  const server = spawn(path.join(bin, 'postgres'), ['-D', data, ...flags], {
    ...{ ...account, cwd: dir, stdio: 'ignore' as const },
  })
  t.after(async () => {
    const ended = once(server, 'exit')
    server.kill('SIGINT')
    await ended
    rmSync(dir, { recursive: true, force: true })
  })
  const url = `postgresql://trt@127.0.0.1:${port}/postgres`
  await waitFor(
    async () => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.end()
      return true
    },
    { what: 'the server of the machine' },
  )
  return url
}
