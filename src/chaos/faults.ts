import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Draws } from './draws.ts'
import type { Slot } from './fleet.ts'
import type { Stage } from './stage.ts'

/** Something that goes wrong for a while; resolves when it is over. */
export interface FaultKind {
  readonly name: string
  readonly weight: number
  /** Needs a database server of our own. */
  readonly ownServer?: boolean
  readonly webhookOnly?: boolean
  run(stage: Stage, draws: Draws): Promise<void>
}

const SECOND = 1_000
/** Names of the bot's connections to its database, as pg_stat_activity shows them. */
export const CONNECTIONS = ['trt', 'trt-engine', 'trt-writer', 'trt-session', 'trt-leader'] as const

const live = ({ fleet }: Stage): Slot[] =>
  fleet.slots.filter((slot) => fleet.isUp(slot) && !slot.frozen)

/** Some of the instances, by the network in front of their database. */
function aim(stage: Stage, draws: Draws) {
  const slots = draws.chance(0.5) ? stage.fleet.slots : [draws.pick(stage.fleet.slots)]
  const names = draws.chance(0.4) ? undefined : [draws.pick(CONNECTIONS)]
  const where = slots.length === 1 ? `instance ${slots[0]?.index}` : 'all instances'
  return { slots, names, where: `${names ?? 'all connections'} of ${where}` }
}

const network = (
  name: string,
  weight: number,
  hurt: (slot: Slot, names: readonly string[] | undefined, draws: Draws) => void,
  ms: readonly [number, number],
): FaultKind => ({
  name,
  weight,
  async run(stage, draws) {
    const { slots, names, where } = aim(stage, draws)
    const lasts = draws.int(...ms)
    const over = stage.incidents.begin(name, `${where}, ${lasts} ms`)
    for (const { proxy } of slots) hurt({ ...(slots[0] as Slot), proxy }, names, draws)
    await sleep(lasts)
    for (const { proxy } of slots) proxy.restore()
    over()
  },
})

/** Freezes an instance; with more than 6 s others take over what it was doing, and then it wakes. */
const freeze: FaultKind = {
  name: 'instance frozen',
  weight: 8,
  async run(stage, draws) {
    const slots = live(stage)
    if (slots.length === 0) return
    const slot = draws.pick(slots)
    const ms = draws.chance(0.4) ? draws.int(8, 20) * SECOND : draws.int(500, 5_000)
    const over = stage.incidents.begin('instance frozen', `instance ${slot.index}, ${ms} ms`)
    stage.fleet.freeze(slot)
    await sleep(ms)
    stage.fleet.thaw(slot)
    over()
  },
}

const terminate: FaultKind = {
  name: 'instance ended and started',
  weight: 3,
  async run(stage, draws) {
    const slots = live(stage)
    if (slots.length === 0) return
    const slot = draws.pick(slots)
    const over = stage.incidents.begin('instance ended and started', `instance ${slot.index}`)
    await stage.fleet.terminate(slot)
    await stage.fleet.start(slot)
    over()
  },
}

/** A life of one instance with another time; the time of rest ends it. */
const clock: FaultKind = {
  name: 'clock wrong',
  weight: 2,
  async run(stage, draws) {
    const slots = live(stage)
    if (slots.length === 0) return
    const slot = draws.pick(slots)
    const clockMs = draws.pick([-1, 1]) * draws.int(2, 600) * SECOND
    const over = stage.incidents.begin('clock wrong', `instance ${slot.index}, ${clockMs} ms`)
    await stage.fleet.terminate(slot)
    await stage.fleet.start(slot, { clockMs })
    await sleep(draws.int(5, 20) * SECOND)
    await stage.fleet.terminate(slot)
    await stage.fleet.start(slot)
    over()
  },
}

const onServer = (
  name: string,
  weight: number,
  detail: (draws: Draws) => { text: string; ms: number },
  hurt: (stage: Stage) => Promise<void> | void,
  heal: (stage: Stage) => Promise<void> | void,
): FaultKind => ({
  name,
  weight,
  ownServer: true,
  async run(stage, draws) {
    const { text, ms } = detail(draws)
    const over = stage.incidents.begin(name, text)
    await hurt(stage)
    await sleep(ms)
    await heal(stage)
    over()
  },
})

const lasting = (low: number, high: number) => (draws: Draws) => {
  const ms = draws.int(low, high)
  return { text: `${ms} ms`, ms }
}

/** The server goes away without a word and recovers; so long nobody can connect. */
export const crashFor = async (stage: Stage, ms: number): Promise<void> => {
  const { postgres, incidents, pointTo } = stage
  if (postgres === undefined) return
  const over = incidents.begin('database crashed', `${ms} ms`)
  await postgres.crash()
  await sleep(ms)
  await postgres.start()
  pointTo(postgres.url())
  over()
}

/** Longer than it takes until somebody else takes over (6 s), and its doubts of the sender are over (6 s). */
const SLOW_SEND_MS = 25_000
const TAKEN_WITHIN_MS = 20_000

/** Results that are on their way, and who sends them. */
const SENDING = `
  select e.actor_id as job, e.owner, i.id as instance
  from sends s join effects e on e.type = 'telegram.deliver' and s.key like e.actor_id || ':%'
    join instances i on i.lock_key = e.owner
  where s.status = 'sending'`

/**
 * Whoever sends a result slowly loses its lock connection, and nothing else, till another has taken
 * over what it does: both live, and one of them may send. Resolves with whether it came to that.
 */
export async function loseSessionInSend(stage: Stage): Promise<boolean> {
  const { telegram, incidents, pool, fleet } = stage
  telegram.control.faults.add({ kind: 'delay', method: 'sendPhoto', ms: SLOW_SEND_MS, times: 3 })
  const ask = async <T extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    (await pool.query<T>(text, values).catch(() => ({ rows: [] }))).rows[0]
  let found: { job: string; owner: number; instance: string } | undefined
  for (let tries = 0; tries < 100 && found === undefined; tries += 1) {
    await sleep(100)
    found = await ask(SENDING)
  }
  const slot = fleet.named(found?.instance ?? '')
  if (found === undefined || slot === undefined) return false
  const { job, owner, instance } = found
  const over = incidents.begin('lock connection lost in a send', `${instance}, ${job}`)
  slot.proxy.refuse(['trt-session'])
  slot.proxy.cut(['trt-session'])
  let isTaken = false
  for (const end = Date.now() + TAKEN_WITHIN_MS; !isTaken && Date.now() < end; ) {
    await sleep(200)
    isTaken =
      (await ask(
        `select from effects where actor_id = $1 and type = 'telegram.deliver' and owner <> $2`,
        [job, owner],
      )) !== undefined
  }
  // Time for whoever took over to send, too.
  await sleep(3_000)
  slot.proxy.restore()
  over()
  return isTaken
}

const lostSession: FaultKind = {
  name: 'lock connection lost in a send',
  weight: 5,
  run: async (stage) => void (await loseSessionInSend(stage)),
}

const telegramDown: FaultKind = {
  name: 'Telegram fails',
  weight: 14,
  async run(stage, draws) {
    const kind = draws.pick([
      ...['flood', 'server-error', 'reset-before', 'reset-after', 'garbage', 'hang', 'delay'],
      ...['unauthorized', 'file-away'],
    ] as const)
    const methods = [
      'sendPhoto',
      'sendMessage',
      'editMessageText',
      'answerCallbackQuery',
      'getFile',
    ]
    const method = kind === 'file-away' ? 'getFile' : draws.pick([...methods, undefined])
    const times = kind === 'unauthorized' ? draws.int(1, 3) : draws.int(1, 12)
    const ms = draws.int(500, 6_000)
    const over = stage.incidents.begin(
      'Telegram fails',
      `${kind} of ${method ?? 'any method'}, ${times} times`,
    )
    stage.telegram.control.faults.add({
      ...{ kind, times, ms, retryAfter: draws.int(1, 3) },
      ...(method === undefined ? {} : { method }),
    })
    await sleep(draws.int(1, 5) * SECOND)
    over()
  },
}

const PROVIDER = [
  ...['createTask', 'recordInfo', 'upload', 'file'].flatMap((route) =>
    ['delay', 'http', 'hang', 'reset-before', 'reset-after', 'garbage'].map((kind) => ({
      route,
      kind,
    })),
  ),
  { route: 'createTask', kind: 'code' },
  ...['delay', 'lost', 'doubled', 'early', 'forged', 'garbage'].map((kind) => ({
    route: 'callback',
    kind,
  })),
] as { route: 'createTask'; kind: 'http' }[]

const providerDown: FaultKind = {
  name: 'provider fails',
  weight: 14,
  async run(stage, draws) {
    const { route, kind } = draws.pick(PROVIDER)
    const times = draws.int(1, 6)
    const over = stage.incidents.begin('provider fails', `${kind} at ${route}, ${times} times`)
    stage.kie.control.faults.add({
      ...{ route, kind, times, ms: draws.int(500, 6_000) },
      ...(kind === 'http' ? { status: draws.pick([429, 500, 502, 503]) } : {}),
      ...((kind as string) === 'code' ? { code: draws.pick([429, 500, 455]) } : {}),
    })
    await sleep(draws.int(1, 4) * SECOND)
    over()
  },
}

const badFront: FaultKind = {
  name: 'updates go astray',
  weight: 8,
  webhookOnly: true,
  async run({ front, incidents }, draws) {
    const mischief = {
      lostAnswer: draws.next() * 0.4,
      doubled: draws.next() * 0.5,
      replayed: draws.next() * 0.4,
      late: draws.next() * 0.5,
    }
    const over = incidents.begin('updates go astray', 'answers lost, doubled, replayed, late')
    front.disturb(mischief)
    await sleep(draws.int(3, 12) * SECOND)
    front.disturb({})
    over()
  },
}

/** Somebody floods the bot: many messages in a moment. */
const flood: FaultKind = {
  name: 'a user floods',
  weight: 3,
  async run({ incidents, telegram }, draws) {
    const over = incidents.begin('a user floods', '150 messages')
    const user = telegram.control.user(8_000, { languageCode: 'ru' })
    for (let i = 0; i < 150; i += 1) {
      user.sendText(`поток ${i}`)
      if (i % 10 === 0) await sleep(draws.int(20, 200))
    }
    over()
  },
}

/** All that may happen by chance; kills are dealt out separately. */
export const FAULTS: readonly FaultKind[] = [
  freeze,
  terminate,
  clock,
  lostSession,
  telegramDown,
  providerDown,
  badFront,
  flood,
  network('connections cut', 8, ({ proxy }, names) => proxy.cut(names), [50, 200]),
  network('half an answer', 4, ({ proxy }, names) => proxy.halve(names), [1_000, 3_000]),
  network(
    'connections slow',
    4,
    ({ proxy }, names, draws) => proxy.delay(draws.int(50, 900), names),
    [2_000, 8_000],
  ),
  network('connections silent', 5, ({ proxy }, names) => proxy.silence(names), [2_000, 12_000]),
  network(
    'database unreachable',
    5,
    ({ proxy }, names) => {
      proxy.refuse(names)
      proxy.cut(names)
    },
    [1_000, 8_000],
  ),
  onServer(
    'database frozen',
    5,
    lasting(500, 7_000),
    ({ postgres }) => postgres?.freeze(),
    ({ postgres }) => postgres?.thaw(),
  ),
  onServer(
    'no connections left',
    4,
    lasting(2_000, 8_000),
    async ({ postgres, fleet }) => {
      await postgres?.limitConnections(3)
      for (const { proxy } of fleet.slots) proxy.cut(['trt', 'trt-engine', 'trt-session'])
    },
    ({ postgres }) => postgres?.limitConnections(null),
  ),
  onServer(
    'disk full',
    3,
    lasting(1_000, 5_000),
    ({ postgres }) => postgres?.fillDisk(true),
    ({ postgres }) => postgres?.fillDisk(false),
  ),
  onServer(
    'connection process killed',
    3,
    lasting(1_000, 3_000),
    ({ postgres }) => postgres?.killBackend(),
    () => {},
  ),
  {
    name: 'database crashed',
    weight: 4,
    ownServer: true,
    run: (stage, draws) => crashFor(stage, draws.int(500, 4_000)),
  },
]

/** Those that can be run here. */
export const faultsFor = ({ postgres, botMode }: Stage): readonly FaultKind[] =>
  FAULTS.filter(
    ({ ownServer, webhookOnly }) =>
      !(ownServer && postgres === undefined) && !(webhookOnly && botMode === 'polling'),
  )

/** One by its weight. */
export function drawFault(kinds: readonly FaultKind[], draws: Draws): FaultKind {
  let left = draws.next() * kinds.reduce((sum, { weight }) => sum + weight, 0)
  for (const kind of kinds) {
    left -= kind.weight
    if (left < 0) return kind
  }
  return kinds[0] as FaultKind
}
