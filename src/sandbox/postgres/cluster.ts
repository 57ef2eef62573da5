import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { chown, mkdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { type Account, canReach, SHARED_PLACES, serverAccount, spawnAs } from './account.ts'
import { type Binaries, findBinaries } from './binaries.ts'

export interface Cluster {
  readonly binaries: Binaries
  readonly account: Account
  /** Holds the data and what we keep beside it; never below a directory the account cannot enter. */
  readonly home: string
  readonly data: string
  readonly password: string
}

/** The database user of every embedded cluster; it is a superuser there. */
export const USER = 'trt'

/**
 * The cluster of `dir`, made by initdb on the first call. `dir/postgres-<major>` is a symlink to it:
 * creating the link is atomic, so processes that start at the same moment agree on one cluster, and
 * it may point outside the project when the server's account cannot enter `dir`.
 */
export async function openCluster(dir: string, log: (line: string) => void): Promise<Cluster> {
  await mkdir(dir, { recursive: true })
  const account = serverAccount()
  const binaries = await findBinaries(account, dir)
  const link = path.join(await realpath(dir), `postgres-${binaries.major}`)
  const home = (await existing(link)) ?? (await create(link, binaries, account, log))
  const data = path.join(home, 'data')
  const { uid, gid } = await stat(data)
  const password = await readFile(path.join(home, 'password'), 'utf8')
  return { binaries, account: account && { uid, gid }, home, data, password }
}

const existing = (link: string) => realpath(link).catch(() => undefined)

async function create(
  link: string,
  binaries: Binaries,
  account: Account,
  log: (line: string) => void,
): Promise<string> {
  const home = await makeHome(path.dirname(link), account)
  try {
    log(`creating a database cluster in ${home}`)
    await initialise(home, binaries, account)
    await publish(link, home)
    return home
  } catch (error) {
    await rm(home, { recursive: true, force: true })
    const winner = await existing(link)
    if (winner) return winner
    throw error
  }
}

/** Rejects when another process has published a cluster of its own. */
async function publish(link: string, home: string): Promise<void> {
  const beside = path.dirname(home) === path.dirname(link)
  const target = beside ? path.basename(home) : home
  try {
    await symlink(target, link)
  } catch (error) {
    if (await existing(link)) throw error
    // The link dangles: somebody emptied the shared place or moved the project.
    await rm(link)
    await symlink(target, link)
  }
}

/** Beside the link if the account can go there, else in a shared place. */
async function makeHome(dir: string, account: Account): Promise<string> {
  const name = `cluster-${randomUUID()}`
  for (const place of [dir, ...(account ? SHARED_PLACES : [])]) {
    const home = path.join(place, name)
    const made = await mkdir(home, { recursive: true, mode: 0o755 }).catch(() => undefined)
    if (made && canReach(account, home)) return home
    await rm(home, { recursive: true, force: true })
  }
  throw new Error(`no place for a data directory that uid ${account?.uid} can reach`)
}

async function initialise(home: string, { initdb }: Binaries, account: Account): Promise<void> {
  const data = path.join(home, 'data')
  const passwordFile = path.join(home, 'password')
  const users = path.join(home, 'users')
  await mkdir(data, { mode: 0o700 })
  await mkdir(users)
  await writeFile(passwordFile, randomBytes(16).toString('hex'), { mode: 0o600 })
  if (account) {
    for (const file of [home, data, users, passwordFile])
      await chown(file, account.uid, account.gid)
  }
  await promisify(execFile)(
    initdb,
    [
      ...['--pgdata', data, '--username', USER, '--pwfile', passwordFile],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--no-instructions'],
      // The builtin provider sorts and folds alike on every system, with or without libc locales.
      ...['--no-locale', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ],
    spawnAs(account),
  )
}
