import { setTimeout as sleep } from 'node:timers/promises'
import { answerTimes, percentile } from './answer-times.ts'
import { unpackProgram } from './kept-release.ts'
import type { Stage } from './stage.ts'

/** The release whose answer times stand beside the present ones. */
const BEFORE = '0.1.0'
const FLOOD_MS = 12_000
const CALM_MS = 10_000
const PER_SECOND = 100
const TICK_MS = 50
const HOUR_S = 3_600
const OTHERS = { below: 60_000, count: 5 }
const FLOODER = 61_000
/** On a quiet machine others are answered within this. */
const ANSWER_MS = 1_000
const READY_MS = 60_000
/** So long others may wait after a flood until answers are as quick as before it. */
const RECOVERY_MS = 120_000

/** One way of burdening the bot; resolves at the signal. */
interface Flood {
  readonly name: string
  readonly words: string
  run(stage: Stage, flooder: number, signal: AbortSignal): Promise<void>
}

type User = ReturnType<Stage['telegram']['control']['user']>

const userOf = ({ telegram }: Stage, id: number): User =>
  telegram.control.user(id, { languageCode: 'ru' })

/** Does something so many times a second until the signal; what the app refuses is left out. */
async function paced(
  perSecond: number,
  signal: AbortSignal,
  action: (i: number) => unknown,
): Promise<void> {
  const began = performance.now()
  for (let i = 0; !signal.aborted; await sleep(TICK_MS)) {
    for (const due = ((performance.now() - began) / 1_000) * perSecond; i < due; i += 1) {
      await Promise.resolve()
        .then(() => action(i))
        .catch(() => undefined)
    }
  }
}

/** Asks for the menu, and resolves with the message that shows it. */
async function menuOf(user: User, signal: AbortSignal) {
  const newest = () => user.chat({ last: 4 }).findLast(({ keyboard }) => keyboard.length > 0)
  user.sendCommand('menu')
  while (newest() === undefined && !signal.aborted) await sleep(TICK_MS)
  return newest()
}

const FLOODS: readonly Flood[] = [
  {
    name: 'messages',
    words: `${PER_SECOND} messages a second by one user`,
    async run(stage, flooder, signal) {
      const user = userOf(stage, flooder)
      await paced(PER_SECOND, signal, (i) => user.sendText(`поток ${i}`))
    },
  },
  {
    name: 'taps',
    words: `${PER_SECOND} taps a second by one user`,
    async run(stage, flooder, signal) {
      const user = userOf(stage, flooder)
      await menuOf(user, signal)
      const press = (i: number) => {
        const shown = user.chat({ last: 4 }).findLast(({ keyboard }) => keyboard.length > 0)
        const labels = (shown?.keyboard ?? []).flat().filter(({ data }) => data !== undefined)
        const label = labels[i % labels.length]?.text
        if (shown !== undefined && label !== undefined) user.tap(shown.id, label)
      }
      await paced(PER_SECOND, signal, press)
    },
  },
  {
    name: 'albums',
    words: 'ten albums of ten pictures a second by one user',
    async run(stage, flooder, signal) {
      const user = userOf(stage, flooder)
      const album = Array.from({ length: 10 }, () => stage.pictures[0] as Buffer)
      await paced(PER_SECOND / 10, signal, () => user.sendAlbum(album))
    },
  },
  {
    name: 'forged',
    words: `${PER_SECOND} forged updates and callbacks a second`,
    async run({ front }, flooder, signal) {
      const forge = (i: number) => {
        const path =
          i % 2 === 0 ? '/webhook/guessed' : `/callbacks/kie?job=job${i}&sig=${'a'.repeat(43)}`
        const body = JSON.stringify({
          ...{ update_id: i, message: { message_id: i, from: { id: flooder } } },
          ...{ code: 200, data: { taskId: `task${i}`, state: 'success' } },
        })
        const headers = { 'content-type': 'application/json' }
        void fetch(`${front.url}${path}`, { method: 'POST', headers, body, signal })
          .then((answer) => answer.body?.cancel())
          .catch(() => undefined)
      }
      await paced(PER_SECOND, signal, forge)
    },
  },
  {
    name: 'held',
    words: 'one chat that Telegram holds for an hour (429) goes on with 20 messages a second',
    async run(stage, flooder, signal) {
      const hold = { kind: 'flood', chatId: flooder, retryAfter: HOUR_S, times: 0 } as const
      stage.telegram.control.faults.add(hold)
      const user = userOf(stage, flooder)
      await paced(20, signal, (i) => user.sendText(`поток ${i}`))
    },
  },
  {
    name: 'dead_host',
    words: 'files do not come any more, from Telegram or the provider, and ten photos a second do',
    async run(stage, flooder, signal) {
      stage.telegram.control.faults.add({ kind: 'hang', method: 'getFile', times: 0 })
      for (const route of ['file', 'upload'] as const) {
        stage.kie.control.faults.add({ route, kind: 'hang', times: 1_000_000 })
      }
      const user = userOf(stage, flooder)
      const photo = stage.pictures[0] as Buffer
      await paced(10, signal, (i) => user.sendPhoto(photo, { caption: `поток ${i}` }))
    },
  },
]

/** How long others wait: half of them no longer, nine tenths, all. */
type Times = Readonly<Record<'p50' | 'p90' | 'max', number>>
type Row = readonly [words: string, times: Times]

const timesOf = (took: readonly number[]): Times => ({
  p50: percentile(took, 0.5),
  p90: percentile(took, 0.9),
  max: percentile(took, 1),
})

/**
 * Burdens the installation in each way, first of the present program, then of the release before, and
 * measures how long others wait for the menu meanwhile. Resolves with the figures; says them as a table.
 */
export async function playFlood(stage: Stage): Promise<Record<string, number>> {
  const { log } = stage
  const after = await torture(stage, 0)
  const older = await unpackProgram(BEFORE)
  const before = await changeTo(stage, older.main)
    .then(() => torture(stage, FLOODS.length))
    .finally(async () => {
      // The present program comes back for the time of rest.
      for (const slot of stage.fleet.slots) slot.odd = true
      await older.remove()
    })
  for (const line of tableOf(before, after)) log(line)
  return { ...figuresOf('before', before), ...figuresOf('after', after) }
}

/** Others' times without a flood, then under each; every flood is another user's. */
async function torture(stage: Stage, first: number): Promise<Row[]> {
  const calm = timesOf(await answerTimes(stage, sleep(CALM_MS), OTHERS))
  stage.log(`calm: ${textOf(calm)}`)
  const rows: Row[] = [['nothing but the others', calm]]
  for (const [i, { name, words, run }] of FLOODS.entries()) {
    const over = stage.incidents.begin('a flood', name)
    const flooding = run(stage, FLOODER + first + i, AbortSignal.timeout(FLOOD_MS))
    const times = timesOf(await answerTimes(stage, flooding, OTHERS))
    stage.telegram.control.faults.clear()
    stage.kie.control.faults.clear()
    over()
    stage.log(`${name}: ${textOf(times)}`)
    rows.push([words, times])
    await recover(stage, calm)
  }
  return rows
}

/** Resolves when answers are as quick as they were, or when that takes too long. */
async function recover(stage: Stage, calm: Times): Promise<void> {
  const until = Date.now() + RECOVERY_MS
  let { p90 } = calm
  do p90 = timesOf(await answerTimes(stage, sleep(2_000), OTHERS)).p90
  while (p90 > 2 * calm.p90 && Date.now() < until)
}

/** Ends every instance and starts another program in its place. */
async function changeTo({ fleet }: Stage, main: string): Promise<void> {
  for (const slot of fleet.slots) {
    await fleet.terminate(slot)
    await fleet.start(slot, { main })
  }
  for (const slot of fleet.slots) {
    if (!(await fleet.ready(slot, READY_MS))) throw new Error(`${BEFORE} never got ready`)
  }
}

const textOf = ({ p50, p90, max }: Times) => `${p50} / ${p90} / ${max}`

/** Lines of Markdown. */
const tableOf = (before: readonly Row[], after: readonly Row[]): string[] => [
  `| meanwhile | others' answers in ${BEFORE}: p50 / p90 / longest, ms | now |`,
  '|---|---|---|',
  ...after.map(([words, times], i) => {
    const [, old] = before[i] ?? [words, undefined]
    return `| ${words} | ${old === undefined ? '–' : textOf(old)} | ${textOf(times)} |`
  }),
]

const NAMES = ['calm', ...FLOODS.map(({ name }) => name)]

const figuresOf = (when: string, rows: readonly Row[]): Record<string, number> =>
  Object.fromEntries(
    rows.flatMap(([, times], i) =>
      Object.entries(times).map(([figure, ms]) => [`${when}_${NAMES[i]}_${figure}_ms`, ms]),
    ),
  )

/** What is wrong with the figures: who waited for too long, beside whom. */
export const floodFaults = (figures: Readonly<Record<string, number>>): string[] =>
  NAMES.flatMap((name) => {
    const ms = figures[`after_${name}_p90_ms`] ?? 0
    return ms < ANSWER_MS ? [] : [`one in ten of the others waited ${ms} ms and longer: ${name}`]
  })
