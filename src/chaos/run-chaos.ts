import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { CRASH_POINTS } from '../actors/crash-points.ts'
import { render } from '../sandbox/kie/media/render.ts'
import { drawScene } from '../sandbox/kie/media/scene.ts'
import { startFakeKie } from '../sandbox/kie/server.ts'
import { startFakeTelegram } from '../sandbox/telegram/server.ts'
import { createDb } from '../store/db.ts'
import { bookMovements } from '../store/ledger.ts'
import { migrate } from '../store/migrate.ts'
import { recordUsers } from '../store/users.ts'
import { startDatabaseProxy } from './database-proxy.ts'
import { createDraws, type Draws } from './draws.ts'
import { drawFault, faultsFor } from './faults.ts'
import { type Finding, findDuplicates, findWrong } from './findings.ts'
import { createFleet, type Slot } from './fleet.ts'
import { startFront } from './front.ts'
import { createIncidents } from './incidents.ts'
import { findLeaks } from './leaks.ts'
import { whileMoving, workDone } from './patience.ts'
import { createPerson, MARKER } from './person.ts'
import { type ChaosPostgres, startChaosPostgres } from './postgres.ts'
import { type ChaosReport, reportOf } from './report.ts'
import { makePeace, rest } from './rest.ts'
import { SCENARIOS, type Scenario, type ScenarioName } from './scenarios.ts'
import { openSmallDisk } from './small-disk.ts'
import { ADMIN_ID, BOT_ID, type Stage } from './stage.ts'

export interface ChaosOptions {
  seed: number
  kills: number
  users: number
  instances: number
  /** How long people and faults go on; undefined: as long as the kills take. */
  minutes?: number | undefined
  /** How many people a broadcast is for. */
  recipients?: number
  /** What an instance may send in a second; a broadcast takes five sixths of it. */
  sends?: number
  scenario: ScenarioName
  /** The bundle that the instances run. */
  main: string
  /** A database that is there, whose server must not be hurt; undefined: a server of our own. */
  database?: { url: string } | undefined
  /** Pauses between what a person does, ms. */
  pauses?: readonly [low: number, high: number]
  /** Between two kills, ms. */
  killEveryMs?: number
  log: (line: string) => void
  /** Told of every stage, for those who look closer. */
  onEnd?: (stage: Stage) => Promise<void>
}

const RECIPIENTS = 10_000
/** What Telegram allows. */
const SENDS_PER_S = 30
const START_MONEY = 50_000
const FIRST_USER = 20_000
/** People who act without longer pauses. */
const CROWD = 80
/** With nothing done meanwhile. */
const REST_MS = 90_000
const MENU_MS = 45_000
const KILL_EVERY_MS = 6_000
/** A machine that others keep busy takes long to start a process. */
const READY_MS = 40_000
const BEGIN_MS = 180_000
const PICTURES = 4
const PROGRESS_MS = 20_000

/**
 * Sets everything up, lets people live and faults happen, makes peace, waits for rest, and looks
 * what is wrong. The same seed plans the same choices; what meets when is up to the machine.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, users, instances, main, log, database } = options
  const scenario: Scenario = SCENARIOS[options.scenario]
  const undo: (() => Promise<unknown> | unknown)[] = []
  const incidents = createIncidents((line) => log(`${clockText()} ${line}`))
  const draws = (purpose: string) => createDraws(seed, purpose)
  const ended: Finding[] = []
  try {
    const disk = scenario.onSmallDisk ? await openSmallDisk() : undefined
    if (disk !== undefined) undo.push(disk.close)
    const postgres = database === undefined ? await startChaosPostgres(disk?.dir) : undefined
    if (postgres !== undefined) undo.push(postgres.close)
    const url = database?.url ?? (postgres as ChaosPostgres).url()
    // By the bot's own role, which then owns what is made.
    const maker = new pg.Pool({ connectionString: url, max: 2 })
    await migrate(maker).finally(() => maker.end())
    const adminUrl = postgres?.adminUrl() ?? url
    const way = await startDatabaseProxy(adminUrl)
    undo.push(way.close)
    const pool = openPool(way.urlFor(adminUrl))
    undo.push(() => pool.end())

    const token = `${BOT_ID}:${randomBytes(27).toString('base64url').slice(0, 35)}`
    const apiKey = randomBytes(16).toString('hex')
    const secrets = {
      ...{ TELEGRAM_BOT_TOKEN: token, KIE_API_KEY: apiKey },
      ...{ WEBHOOK_SECRET_PATH: secret(), WEBHOOK_SECRET_TOKEN: secret() },
      ...{ KIE_CALLBACK_TOKEN: secret(), KIE_WEBHOOK_HMAC_KEY: secret(), CONSOLE_TOKEN: secret() },
    }
    const telegram = await startFakeTelegram()
    undo.push(telegram.close)
    telegram.addBot({ token, id: BOT_ID, username: 'chaos_bot' })
    telegram.control.user(ADMIN_ID, { languageCode: 'ru' })
    const kie = await startFakeKie({
      ...{ apiKey, timing: { queueMs: 100, generateMs: 400 } },
      hmacKey: secrets.KIE_WEBHOOK_HMAC_KEY,
    })
    undo.push(kie.close)

    await mkdir('.data', { recursive: true })
    const dir = await mkdtemp(path.resolve('.data/chaos-logs-'))
    log(`logs of the instances: ${path.relative('.', dir)}`)
    const env = {
      ...secrets,
      // Most lines, so that most could give something away.
      LOG_LEVEL: 'debug',
      ...{
        ADMIN_ID: String(ADMIN_ID),
        BOT_MODE: scenario.botMode,
        HOST: '127.0.0.1',
        TEST_MODE: '1',
      },
      ...{ TELEGRAM_API_ROOT: telegram.url, KIE_API_BASE: kie.url, KIE_UPLOAD_BASE: kie.url },
      // Limits of one user would keep people from ordering; they are tested elsewhere.
      ...{ RATE_JOBS_PER_MIN: '1000', RATE_JOBS_PER_HOUR: '100000', FREE_DAILY_LIMIT: '1000' },
      TELEGRAM_SENDS_PER_S: String(options.sends ?? SENDS_PER_S),
      ...{ FREE_HOURLY_LIMIT: '1000', FREE_DAILY_BUDGET_CREDITS: '1000000' },
    }
    let peaceful = false
    const fleet = await createFleet({
      ...{ count: instances, main, databaseUrl: url, env, dir },
      onLate: ({ index }) => void incidents.begin('killed while ending', `instance ${index}`),
      onDeath(slot, { code, signal }) {
        if (signal === 'SIGKILL' && slot.odd) {
          incidents.begin('killed at a crash point', `instance ${slot.index}`)
        } else {
          const what = `instance ${slot.index} ended by itself: ${code ?? signal}`
          log(what)
          ended.push({ figure: 'stuck', what, at: Date.now() })
        }
        if (!peaceful) void sleep(500).then(() => (peaceful ? undefined : fleet.start(slot)))
      },
    })
    undo.push(fleet.close)
    const door = await startFront(fleet, draws('front'))
    Object.assign(env, { WEBHOOK_BASE_URL: door.url })
    undo.push(door.close)

    const pictures = await makePictures(seed)
    // More people than two cores can serve under kills pause longer, else only their queues are seen.
    const crowd = Math.max(1, users / CROWD)
    const [low, high] = scenario.pauses
    const people = Array.from({ length: users }, (_, i) =>
      createPerson({
        ...{ telegram, pictures, draws: draws(`user ${i}`), id: FIRST_USER + i },
        pauses: options.pauses ?? [low * crowd, high * crowd],
      }),
    )
    const admin = createPerson({
      ...{ telegram, pictures, draws: draws('admin'), id: ADMIN_ID },
      ...{ pauses: [3_000, 9_000], admin: true },
    })
    const stage: Stage = {
      ...{ seed, botMode: scenario.botMode, telegram, kie, fleet, front: door, incidents },
      pictures,
      ...{ people: scenario.ownAdmin ? people : [...people, admin], pool, postgres, disk },
      ...{ draws, log },
      pointTo(server) {
        for (const { proxy } of [{ proxy: way }, ...fleet.slots]) proxy.target(server)
      },
    }
    await giveMoney(stage)

    for (const slot of fleet.slots) await fleet.start(slot)
    for (const slot of fleet.slots) {
      if (!(await fleet.ready(slot, BEGIN_MS))) throw new Error('an instance never got ready')
    }
    log(`${instances} instances are ready, ${users} users begin`)

    const living = new AbortController()
    const ticking = setInterval(() => void progress(stage), PROGRESS_MS)
    undo.push(() => clearInterval(ticking))
    const lives = stage.people.map((person) => person.live(living.signal))
    const measured = await scenario.play(stage, {
      kills: options.kills,
      minutes: options.minutes,
      recipients: options.recipients ?? RECIPIENTS,
      trouble: (signal) => troubles(stage, signal),
      killing: (signal) => kills(stage, options, signal),
    })
    peaceful = true
    await makePeace(stage)
    living.abort()
    await Promise.all(lives)
    log('people have stopped; waiting for rest')
    const left = await rest(stage, REST_MS)
    const faults = measured === undefined ? [] : (scenario.faultsIn?.(measured) ?? [])
    const wrong = [
      ...ended,
      ...faults.map((what): Finding => ({ figure: 'lost', what, at: Date.now() })),
      ...(await findWrong(stage, left)),
    ]
    const twice = await findDuplicates(stage)
    log('everybody asks for the menu')
    const unanswered = await askAll(stage)
    await options.onEnd?.(stage)
    const password = new URL(url).password
    const leaks = await findLeaks(stage, {
      secrets: {
        ...secrets,
        ...(password === '' ? {} : { 'the password of DATABASE_URL': password }),
      },
      marker: MARKER,
    })
    const report = await reportOf(stage, {
      wrong: [...wrong, ...unanswered],
      twice,
      leaks,
      measured,
    })
    if (report.isGreen) undo.unshift(() => rm(dir, { recursive: true, force: true }))
    else await keepTraces(stage, dir)
    return report
  } finally {
    for (const step of undo.reverse()) await Promise.resolve(step()).catch(() => {})
  }
}

/** For whoever looks for the reason of a red run: what people did, all steps, and calls of Telegram. */
async function keepTraces({ people, pool, telegram }: Stage, dir: string): Promise<void> {
  const calls = telegram.control.calls.map(({ payload: _, ...call }) => call)
  await writeFile(path.join(dir, 'calls.json'), JSON.stringify(calls))
  const deeds = people.map(({ id, deeds: done }) => ({ id, deeds: done }))
  await writeFile(path.join(dir, 'people.json'), JSON.stringify(deeds))
  const { rows } = await pool.query<{ step: unknown }>(
    'select to_jsonb(j) - $1::text[] as step from journal j order by at, actor_id, seq',
    [['checkpoint', 'effects']],
  )
  await writeFile(
    path.join(dir, 'steps.ndjson'),
    rows.map(({ step }) => `${JSON.stringify(step)}\n`),
  )
}

const secret = () => randomBytes(24).toString('base64url')
const clockText = () => new Date().toISOString().slice(11, 19)

/** A server that is hurt on purpose breaks connections of ours, too. */
function openPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, application_name: 'chaos', max: 4 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** Says how far people have come, and whether anything is sold at all. */
async function progress({ pool, log, telegram }: Stage): Promise<void> {
  const { rows } = await pool
    .query<{ orders: number; open: number; paused: string[] | null }>(
      `select (select count(*)::int from jobs) as orders,
         (select count(*)::int from jobs where status not in ('delivered', 'failed')) as open,
         (select array_agg(p::text) from pauses p) as paused`,
    )
    .catch(() => ({ rows: [] }))
  for (const { orders, open, paused } of rows) {
    const waiting = telegram.control.pendingUpdates().length
    const held = paused === null ? '' : `, paused: ${paused}`
    log(`  ${orders} orders, ${open} open, ${waiting} updates waiting${held}`)
  }
}

/** Everybody has money, so that most orders can be paid. */
async function giveMoney({ pool, people }: Stage): Promise<void> {
  const db = createDb(pool)
  await recordUsers(
    db,
    people.map(({ id }) => ({ id, language: 'ru' as const, blocked: false })),
  )
  const ref = (userId: number) => `chaos:${userId}`
  await bookMovements(
    db,
    people.map(({ id }) => ({
      userId: id,
      kind: 'top_up' as const,
      ref: ref(id),
      kopecks: START_MONEY,
    })),
  )
}

async function makePictures(seed: number): Promise<Buffer[]> {
  const size = { width: 320, height: 320 }
  const svg = (i: number) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320">${drawScene(`${seed} ${i}`, size)}</svg>`
  const made = await Promise.all(Array.from({ length: PICTURES }, (_, i) => render(svg(i))))
  return made.map((image) => image.asPng())
}

/** One fault after another, sometimes two at once, until the signal. */
async function troubles(stage: Stage, signal: AbortSignal): Promise<void> {
  const row = async (draws: Draws) => {
    const kinds = faultsFor(stage)
    while (!signal.aborted) {
      await sleep(draws.int(1_000, 10_000), undefined, { signal }).catch(() => {})
      if (!signal.aborted) await drawFault(kinds, draws).run(stage, draws)
    }
  }
  await Promise.all([row(stage.draws('faults')), row(stage.draws('more faults'))])
}

/** So many deaths, half of them at crash points, all of which get their turn. */
async function kills(
  stage: Stage,
  { kills: wanted, minutes, killEveryMs }: ChaosOptions,
  signal: AbortSignal,
): Promise<void> {
  const { fleet, incidents } = stage
  const draws = stage.draws('kills')
  const everyMs =
    killEveryMs ??
    (minutes === undefined ? KILL_EVERY_MS : (minutes * 60_000) / Math.max(wanted, 1))
  const count = () => incidents.count('kill') + incidents.count('killed at a crash point')
  let point = draws.int(0, CRASH_POINTS.length - 1)
  while (count() < wanted && !signal.aborted) {
    await sleep(everyMs * (0.5 + draws.next()), undefined, { signal }).catch(() => {})
    if (count() >= wanted || signal.aborted) return
    const up = fleet.slots.filter((slot) => fleet.isUp(slot))
    if (up.length === 0) continue
    const slot: Slot = draws.pick(up)
    incidents.begin('kill', `instance ${slot.index}`)
    await fleet.kill(slot)
    await sleep(draws.int(0, 2_500))
    const crashAt = CRASH_POINTS[point % CRASH_POINTS.length] as string
    const armed = draws.chance(0.5)
    if (armed) point += 1
    if (!fleet.isUp(slot)) await fleet.start(slot, armed ? { crashAt } : {})
    // Most die while they work; some while they start.
    if (draws.chance(0.8)) await fleet.ready(slot, READY_MS)
  }
}

/** Everybody writes /menu, and must be answered. */
async function askAll(stage: Stage): Promise<Finding[]> {
  const { people, incidents } = stage
  const at = incidents.all.at(-1)?.at ?? Date.now()
  let waiting = people.map((person) => ({ id: person.id, isAnswered: person.askForMenu() }))
  const look = () => {
    waiting = waiting.filter(({ isAnswered }) => !isAnswered())
    return waiting.length === 0 ? true : undefined
  }
  const movement = async () => `${waiting.length} ${await workDone(stage)}`
  await whileMoving(look, movement, { stillMs: MENU_MS })
  return waiting.map(({ id }) => ({
    figure: 'unanswered',
    what: `${id} wrote /menu and got nothing`,
    at,
  }))
}
