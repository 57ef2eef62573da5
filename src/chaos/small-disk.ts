import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

/** A file system of its own that can be full. */
export interface SmallDisk {
  readonly dir: string
  /** No byte more than is there now may be written; false: there is room again. */
  fill(full: boolean): Promise<void>
  close(): Promise<void>
}

/** A scenario asks for something that this machine does not give; the message is a sentence for people. */
export class ScenarioUnavailable extends Error {
  override readonly name = 'ScenarioUnavailable'
}

const ROOM_MB = 768
const run = promisify(execFile)

/** Mounts it in memory: as much as is written is taken. Throws ScenarioUnavailable without the right to. */
export async function openSmallDisk(): Promise<SmallDisk> {
  const dir = await mkdtemp(path.join(tmpdir(), 'trt-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${ROOM_MB}m,mode=755`, 'trt-chaos', dir])
  } catch (error) {
    await rm(dir, { recursive: true, force: true })
    throw new ScenarioUnavailable(
      'The scenario full-disk mounts a small file system for the database, which needs Linux and the right to mount (root).',
      { cause: error },
    )
  }
  await chmod(dir, 0o755)
  const resize = (size: string) => run('mount', ['-o', `remount,size=${size}`, dir])
  return {
    dir,
    async fill(full) {
      if (!full) return void (await resize(`${ROOM_MB}m`))
      // Something may be written between the look and the limit, which then is refused.
      for (let tries = 1; ; tries += 1) {
        const { blocks, bfree, bsize } = await statfs(dir)
        const isDone = await resize(`${((blocks - bfree) * bsize) / 1_024}k`).catch((error) => {
          if (tries === 20) throw error
        })
        if (isDone) return
      }
    },
    async close() {
      await resize(`${ROOM_MB}m`).catch(() => {})
      await run('umount', ['-l', dir])
      await rm(dir, { recursive: true, force: true })
    },
  }
}
