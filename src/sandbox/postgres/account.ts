import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/** The identity a server process runs under; `undefined` means the current one. */
export type Account = { readonly uid: number; readonly gid: number } | undefined

const CANDIDATES = ['nobody', 'postgres', 'daemon']

/**
 * The account for a new cluster. PostgreSQL refuses to run as root and initdb needs a name for its
 * uid, so for root this is an unprivileged account that /etc/passwd knows.
 */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return undefined
  const accounts = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  )
  const found = CANDIDATES.map((name) => accounts.get(name)).find((account) => account?.uid)
  if (!found) throw new Error(`PostgreSQL cannot run as root: add a user "${CANDIDATES[0]}"`)
  return found
}

/** True when `account` may pass through every directory above and including `directory`. */
export function canReach(account: Account, directory: string): boolean {
  if (!account) return true
  const { mode, uid, gid } = statSync(directory)
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  if ((mode & bit) === 0) return false
  const parent = path.dirname(directory)
  return parent === directory || canReach(account, parent)
}

/** Where root keeps what the account must reach when the project itself is out of its reach. */
export const SHARED_PLACES = ['/var/lib/trt', '/var/tmp/trt', '/tmp/trt']

/** How to spawn a program of the server: as the account, without any of our own environment. */
export const spawnAs = (account: Account) => ({
  ...account,
  cwd: '/',
  env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
})
