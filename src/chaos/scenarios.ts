import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { broadcastFaults, playBroadcast } from './broadcast.ts'
import { crashFor, loseSessionInSend } from './faults.ts'
import type { Slot } from './fleet.ts'
import { floodFaults, playFlood } from './flood.ts'
import { unpackProgram } from './kept-release.ts'
import { measureSteady } from './samples.ts'
import { ScenarioUnavailable } from './small-disk.ts'
import type { Stage } from './stage.ts'

/** What a run is made of, besides people. */
export interface Play {
  kills: number
  minutes: number | undefined
  /** How many people a broadcast is for. */
  recipients: number
  /** Faults by chance, until the signal. */
  trouble(signal: AbortSignal): Promise<void>
  /** Resolves after the last kill, or at the signal. */
  killing(signal: AbortSignal): Promise<void>
}

export interface Scenario {
  readonly description: string
  readonly botMode: 'webhook' | 'polling'
  readonly pauses: readonly [low: number, high: number]
  /** The scenario itself plays the admin. */
  readonly ownAdmin?: boolean
  /** The database is on a file system of its own that can be full. */
  readonly onSmallDisk?: boolean
  /** Resolves when faults are over, with what was measured beside the usual figures. */
  play(stage: Stage, play: Play): Promise<Readonly<Record<string, number>> | undefined>
  /** What is wrong with what was measured, a sentence each. */
  faultsIn?(measured: Readonly<Record<string, number>>): string[]
}

const MINUTE = 60_000

const limit = (minutes: number | undefined): AbortSignal =>
  minutes === undefined ? new AbortController().signal : AbortSignal.timeout(minutes * MINUTE)

/** Kills and all other faults together. */
async function mixed(_: Stage, { minutes, trouble, killing }: Play): Promise<undefined> {
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, limit(minutes)])
  const faults = trouble(signal)
  await killing(signal)
  if (minutes !== undefined && !signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  }
  over.abort()
  await faults
}

/** The database is gone for so long, once. */
const outage = (seconds: number): Scenario => ({
  description: `The database is away for ${seconds} s`,
  botMode: 'webhook',
  pauses: [500, 4_000],
  async play(stage) {
    await sleep(15_000)
    await crashFor(stage, seconds * 1_000)
    await sleep(10_000)
    return undefined
  },
})

const CUTS = 3
const CUT_MS = 1_500
const FREEZES = 6
const FREEZE_MS = 7_000
const EXHAUSTED_MS = 6_000
const PAUSE_MS = 4_000

/** What once silenced everybody for good: short outages while effects end, freezes, no connections. */
async function silence({ fleet, incidents, postgres }: Stage): Promise<undefined> {
  for (let n = 0; n < CUTS; n += 1) {
    await sleep(PAUSE_MS)
    const over = incidents.begin('database unreachable', `all connections, ${CUT_MS} ms`)
    for (const { proxy } of fleet.slots) {
      proxy.refuse()
      proxy.cut()
    }
    await sleep(CUT_MS)
    for (const { proxy } of fleet.slots) proxy.restore()
    over()
  }
  for (let n = 0; n < FREEZES; n += 1) {
    await sleep(PAUSE_MS)
    const slot = fleet.slots[n % fleet.slots.length] as Slot
    const over = incidents.begin('instance frozen', `instance ${slot.index}, ${FREEZE_MS} ms`)
    fleet.freeze(slot)
    await sleep(FREEZE_MS)
    fleet.thaw(slot)
    over()
  }
  if (postgres === undefined) return undefined
  await sleep(PAUSE_MS)
  const over = incidents.begin('no connections left', `${EXHAUSTED_MS} ms`)
  await postgres.limitConnections(3)
  for (const { proxy } of fleet.slots) proxy.cut()
  await sleep(EXHAUSTED_MS)
  await postgres.limitConnections(null)
  over()
  await sleep(PAUSE_MS)
  return undefined
}

const FAILOVERS = 2
/** What was acknowledged so shortly before the end of a server could be lost with it. */
const FRESH_MS = 5_000

/** The server's machine is gone, and the standby that followed it takes over; twice. */
async function failover({ postgres, incidents, front, pointTo }: Stage) {
  if (postgres === undefined) throw new ScenarioUnavailable('A failover needs a server of its own.')
  let took = 0
  let fresh = 0
  for (let n = 0; n < FAILOVERS; n += 1) {
    await postgres.addStandby()
    await sleep(12_000)
    const over = incidents.begin('failover', `server ${n} is gone, its standby takes over`)
    const began = Date.now()
    await postgres.failOver()
    pointTo(postgres.url())
    took = Math.max(took, Date.now() - began)
    fresh += [...front.acknowledged.values()].filter(
      ({ at }) => at > began - FRESH_MS && at <= began,
    ).length
    over()
    await sleep(8_000)
  }
  return { failovers: FAILOVERS, failover_ms_max: took, acknowledged_just_before: fresh }
}

/** First no table can grow, then the log can't, by which the server ends; each time room comes back. */
async function fullDisk({ postgres, disk, incidents, fleet, pointTo }: Stage) {
  if (postgres === undefined || disk === undefined) {
    throw new ScenarioUnavailable('A full disk needs a server of its own.')
  }
  await sleep(10_000)
  let over = incidents.begin('disk full', 'nothing can grow, 12 s')
  await disk.fill(true)
  await sleep(12_000)
  await disk.fill(false)
  over()
  await sleep(8_000)
  await postgres.holdLog(true)
  over = incidents.begin('disk full', 'the log is full, the server ends')
  await disk.fill(true)
  const isEnded = await postgres.fillLog()
  await sleep(8_000)
  await disk.fill(false)
  await postgres.start()
  await postgres.holdLog(false)
  pointTo(postgres.url())
  over()
  await sleep(10_000)
  const logs = await Promise.all(fleet.logs.map((file) => readFile(file, 'utf8')))
  const refused = logs.join('').split('No space left on device').length - 1
  return { refused_for_space: refused, server_ended: isEnded ? 1 : 0 }
}

/** The release that a rolling deploy begins with. */
const OLDER = '0.1.0'
const ROLLS = 5

/** Back and forth between two versions of the program, one instance after another, under load. */
async function rolling(
  { fleet, incidents, draws, pool }: Stage,
  { minutes }: Play,
): Promise<{ begun_anew: number }> {
  const older = await unpackProgram(OLDER)
  const signal = limit(minutes)
  const choices = draws('rolling')
  try {
    for (let roll = 0; roll < ROLLS * 2 && !signal.aborted; roll += 1) {
      const back = roll % 2 === 0
      for (const slot of fleet.slots) {
        const over = incidents.begin(
          'deploy',
          `instance ${slot.index}, ${back ? OLDER : 'present'}`,
        )
        await fleet.terminate(slot)
        await fleet.start(slot, back ? { main: older.main } : {})
        await fleet.ready(slot, MINUTE)
        over()
        await sleep(choices.int(1_000, 4_000))
      }
    }
    const { rows } = await pool.query<{ n: number }>(
      `select count(*)::int as n from dead_letters
       where kind = 'snapshot' and subject like 'conversation:%'`,
    )
    return { begun_anew: rows[0]?.n ?? 0 }
  } finally {
    for (const slot of fleet.slots) slot.odd = true
    await older.remove()
  }
}

export const SCENARIOS = {
  mixed: {
    description: 'Kills and every other fault, at random',
    botMode: 'webhook',
    pauses: [1_000, 8_000],
    play: mixed,
  },
  polling: {
    description: 'The same while one instance polls, and others take over',
    botMode: 'polling',
    pauses: [1_000, 8_000],
    play: mixed,
  },
  kills: {
    description: 'Kills alone',
    botMode: 'webhook',
    pauses: [500, 4_000],
    async play(_, { minutes, killing }) {
      await killing(limit(minutes))
      return undefined
    },
  },
  steady: {
    description: 'Nothing fails; memory, connections, dead rows and delays are measured',
    botMode: 'webhook',
    pauses: [1_000, 6_000],
    async play(stage, { minutes = 5 }) {
      return { ...(await measureSteady(stage, limit(minutes))) }
    },
  },
  session: {
    description: 'Lock connections are lost while results are on their way',
    botMode: 'webhook',
    pauses: [500, 3_000],
    async play(stage, { kills, minutes }) {
      const signal = limit(minutes)
      let taken = 0
      await sleep(5_000)
      for (let i = 0; i < Math.max(kills, 1) && !signal.aborted; i += 1) {
        if (await loseSessionInSend(stage)) taken += 1
        await sleep(3_000)
      }
      return { sends_taken_over: taken }
    },
    faultsIn: ({ sends_taken_over: taken = 0 }) =>
      taken > 0 ? [] : ['nobody took over what was being sent: nothing was at stake'],
  },
  failover: {
    description: 'The database server is gone, and the standby that followed it takes over',
    botMode: 'webhook',
    pauses: [300, 1_500],
    play: failover,
    faultsIn: ({ acknowledged_just_before: fresh = 0 }) =>
      fresh > 0 ? [] : ['no step was taken just before a failover: nothing was at stake'],
  },
  'full-disk': {
    description: 'The disk of the database is full: first for tables, then for its log',
    botMode: 'webhook',
    pauses: [300, 1_500],
    onSmallDisk: true,
    play: fullDisk,
    faultsIn: ({ refused_for_space: refused = 0, server_ended: ended = 0 }) => [
      ...(refused > 0 ? [] : ['nothing was refused while the disk was full']),
      ...(ended > 0 ? [] : ['the server did not end by a full log']),
    ],
  },
  silence: {
    description: 'Short outages while effects end, six freezes, no connections left',
    botMode: 'webhook',
    pauses: [300, 1_500],
    play: silence,
  },
  flood: {
    description: 'Floods of every kind: how long others wait, beside the release before',
    botMode: 'webhook',
    pauses: [500, 4_000],
    play: playFlood,
    faultsIn: floodFaults,
  },
  rolling: {
    description: `Release ${OLDER} and the present one side by side, deployed ${ROLLS} times`,
    botMode: 'webhook',
    pauses: [500, 4_000],
    play: rolling,
  },
  broadcast: {
    description:
      'A broadcast to everybody: whoever sends it is killed, the database goes away once',
    botMode: 'webhook',
    pauses: [2_000, 8_000],
    ownAdmin: true,
    play: playBroadcast,
    faultsIn: broadcastFaults,
  },
  'outage-1': outage(1),
  'outage-20': outage(20),
  'outage-120': outage(120),
  'outage-600': outage(600),
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof SCENARIOS
