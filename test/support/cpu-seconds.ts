import { readFileSync } from 'node:fs'

/** Of Linux, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100

/** CPU seconds of this process, and of its children that have ended (only Linux tells those). */
export function cpuSeconds(): { own: number; children: number } {
  const { user, system } = process.cpuUsage()
  return { own: (user + system) / 1e6, children: childrenSeconds() }
}

function childrenSeconds(): number {
  if (process.platform !== 'linux') return 0
  // The name of the program, in brackets, may hold anything; cutime and cstime follow it.
  const [, after = ''] = readFileSync('/proc/self/stat', 'utf8').split(/\) (?=\S )/)
  const fields = after.split(' ').map(Number)
  return ((fields[13] ?? 0) + (fields[14] ?? 0)) / TICKS_PER_SECOND
}
