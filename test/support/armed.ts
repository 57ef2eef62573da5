import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { ARMED_BY_FILE, type CrashPoint } from '../../src/actors/crash-points.ts'

/** Where a bot that runs is to die. */
export interface Armed {
  /** Of the bot, from its start. */
  readonly env: { readonly TRT_CRASH_AT: string }
  /** It dies when it comes by the point. */
  arm(point: CrashPoint): Promise<void>
  /** It dies nowhere. */
  disarm(): Promise<void>
}

/** Disarmed at first: one process can be used for what comes before a death and after the last one. */
export async function armByFile(t: Pick<TestContext, 'after'>): Promise<Armed> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trt-armed-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'point')
  return {
    env: { TRT_CRASH_AT: `${ARMED_BY_FILE}${file}` },
    arm: (point) => writeFile(file, point),
    disarm: () => rm(file, { force: true }),
  }
}
