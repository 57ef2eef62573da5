import { dayTime, relative } from '../lib/format.ts'
import { now } from '../lib/session.ts'

/** How long ago, growing by itself; the exact time on demand. */
export const Ago = ({ at }: { at: number }) => (
  <time class="ago" dateTime={new Date(at).toISOString()} title={dayTime(at)}>
    {relative(at, now.value)}
  </time>
)
