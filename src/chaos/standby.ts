import { randomUUID } from 'node:crypto'
import { chown, copyFile, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** A server that runs, as superuser, and where its data are. */
export interface Primary {
  readonly url: string
  readonly data: string
}

/** Its name to the primary, of its slot, and in `synchronous_standby_names`. */
const NAME = 'standby'
/** As PostgreSQL's documentation of a low-level base backup leaves them out. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'pg_internal.init'])
const EMPTIED = new Set([
  ...['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots'],
  ...['pg_stat_tmp', 'pg_subtrans'],
])

/**
 * Makes `dir` a cluster that follows the primary when it is started (`startPostgres`): a base copy
 * between pg_backup_start and pg_backup_stop, because the embedded server comes without pg_basebackup.
 */
export async function copyServer({ url, data }: Primary, dir: string): Promise<void> {
  const home = path.join(path.dirname(path.dirname(data)), `cluster-${randomUUID()}`)
  const owner = await stat(data)
  await mkdir(path.join(home, 'users'), { recursive: true, mode: 0o755 })
  await copyFile(path.join(path.dirname(data), 'password'), path.join(home, 'password'))
  for (const name of ['', 'users', 'password']) {
    await chown(path.join(home, name), owner.uid, owner.gid)
  }
  const own = path.join(home, 'data')
  const put = async (name: string, text: string, flag = 'w') => {
    await writeFile(path.join(own, name), text, { flag, mode: 0o600 })
    await chown(path.join(own, name), owner.uid, owner.gid)
  }
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    // Keeps what is written from here on until the copy has it.
    await client.query('select pg_create_physical_replication_slot($1, true)', [NAME])
    await client.query('select pg_backup_start($1, true)', [NAME])
    await copyTree(data, own, owner)
    const { rows } = await client.query<{ label: string; version: number }>(
      `select labelfile as label, current_setting('server_version_num')::int / 10000 as version
       from pg_backup_stop(false)`,
    )
    const [{ label, version }] = rows as [{ label: string; version: number }]
    await put('backup_label', label)
    await put('standby.signal', '')
    await put('postgresql.auto.conf', follow(url), 'a')
    await mkdir(dir, { recursive: true })
    await symlink(home, path.join(dir, `postgres-${version}`))
  } finally {
    await client.end().catch(() => {})
  }
}

/** From now on a commit is acknowledged when the standby has it, too; resolves when that is so. */
export async function waitForStandby({ url }: Primary): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(`alter system set synchronous_standby_names = '${NAME}'`)
    await client.query('select pg_reload_conf()')
    for (let tries = 0; tries < 600; tries += 1) {
      const { rowCount } = await client.query(
        `select from pg_stat_replication where application_name = $1 and sync_state = 'sync'`,
        [NAME],
      )
      if (rowCount === 1) return
      await sleep(100)
    }
    throw new Error('the standby does not follow')
  } finally {
    await client.end().catch(() => {})
  }
}

function follow(url: string): string {
  const { hostname, port, username, password } = new URL(url)
  const conninfo = `host=${hostname} port=${port} user=${username} password=${password} application_name=${NAME}`
  return `primary_conninfo = '${conninfo}'\nprimary_slot_name = '${NAME}'\n`
}

/** Files may vanish meanwhile, and change: the primary's log mends both. */
async function copyTree(
  from: string,
  to: string,
  owner: { uid: number; gid: number },
): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 })
  await chown(to, owner.uid, owner.gid)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (LEFT_OUT.has(entry.name) || entry.name.startsWith('pgsql_tmp')) continue
    if (entry.isDirectory()) {
      if (EMPTIED.has(path.basename(from))) continue
      await copyTree(source, target, owner)
    } else if (entry.isFile() && !EMPTIED.has(path.basename(from))) {
      await copyFile(source, target).catch(ignoreVanished)
      await chown(target, owner.uid, owner.gid).catch(ignoreVanished)
    }
  }
}

function ignoreVanished(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
