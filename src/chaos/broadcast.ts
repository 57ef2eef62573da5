import { setTimeout as sleep } from 'node:timers/promises'
import { translator } from '../machines/texts/translate.ts'
import type { ControlledUser } from '../sandbox/telegram/control-types.ts'
import { createDb } from '../store/db.ts'
import { recordUsers } from '../store/users.ts'
import { answerTimes, percentile } from './answer-times.ts'
import { crashFor } from './faults.ts'
import { ADMIN_ID, type Stage } from './stage.ts'

const say = translator('ru')

const FIRST_RECIPIENT = 100_000
/** Of a hundred recipients so many have blocked the bot without its knowing. */
const BLOCKED = 3
const WORDS = 'Новые модели уже здесь'
const ASKERS = { below: FIRST_RECIPIENT, count: 3 }
const BASELINE_MS = 20_000
const OUTAGE_MS = 8_000
const LOOK_MS = 500
/** After a fault so long nobody is asked how fast answers are: that is another question. */
const TROUBLED_MS = 30_000
const STEP_MS = 60_000
const END_MS = 3_600_000

interface BroadcastFacts {
  id: string
  status: string
  waiting: number
  sending: number
  sent: number
  blocked: number
  failed: number
  lost: number
}

/**
 * An admin sends a broadcast to everybody; whoever sends it is killed several times, the database goes
 * away once, and a few people ask for the menu all the while. Resolves with what each recipient's own
 * chat shows, which is compared with what the broadcast says of itself.
 */
export async function playBroadcast(
  stage: Stage,
  { kills, recipients }: { kills: number; recipients: number },
): Promise<Record<string, number>> {
  const { telegram, pool, log } = stage
  const reachable = await admit(stage, recipients)
  const before = await answerTimes(stage, sleep(BASELINE_MS), ASKERS)
  const admin = telegram.control.user(ADMIN_ID)
  await start(admin)
  log(`the broadcast to ${recipients} begins`)

  let inFlight = 0
  let troubledUntil = 0
  const isQuiet = () => Date.now() > troubledUntil
  const began = Date.now()
  const trouble = (async () => {
    for (let i = 0; i < kills; i += 1) {
      await passes(stage, (i + 1) / (kills + 2))
      troubledUntil = Date.now() + TROUBLED_MS
      inFlight += await killSender(stage)
    }
    await passes(stage, (kills + 1) / (kills + 2))
    troubledUntil = Date.now() + OUTAGE_MS + TROUBLED_MS
    if (stage.postgres !== undefined) await crashFor(stage, OUTAGE_MS)
    await until(async () => (await read(stage))?.status === 'done', END_MS, 'the end')
  })()
  const during = await answerTimes(stage, trouble, { ...ASKERS, counts: isQuiet })
  const seconds = Math.round((Date.now() - began) / 1_000)

  const facts = await read(stage)
  if (facts === undefined) throw new Error('there is no broadcast')
  const got = reachable.map((id) => copies(stage, id))
  const { rows: marked } = await pool.query<{ n: number }>(
    'select count(*)::int as n from users where blocked_at is not null and id >= $1',
    [FIRST_RECIPIENT],
  )
  return {
    recipients,
    sent: got.filter((n) => n > 0).length,
    missing: got.filter((n) => n === 0).length,
    doubled: got.filter((n) => n > 1).length,
    blocked: facts.blocked,
    blocked_marked: marked[0]?.n ?? 0,
    said_sent: facts.sent,
    said_lost: facts.lost,
    said_failed: facts.failed,
    in_flight_at_kills: inFlight,
    broadcast_seconds: seconds,
    others_p50_before_ms: percentile(before, 0.5),
    others_p50_ms: percentile(during, 0.5),
    others_p90_before_ms: percentile(before, 0.9),
    others_p90_ms: percentile(during, 0.9),
    others_asked: during.length,
  }
}

/** What is wrong with the numbers; empty: nobody got it twice, and only what was in flight is missing. */
export const broadcastFaults = (n: Readonly<Record<string, number>>): string[] =>
  [
    (n.doubled ?? 0) > 0 && `${n.doubled} got the broadcast twice`,
    (n.missing ?? 0) > (n.in_flight_at_kills ?? 0) && `${n.missing} never got the broadcast`,
    (n.missing ?? 0) > (n.said_lost ?? 0) && 'the broadcast does not say how many are missing',
    (n.blocked_marked ?? 0) < (n.blocked ?? 0) && 'not everybody who has blocked the bot is marked',
  ].filter((fault) => fault !== false)

/** Makes the recipients known to bot and Telegram; resolves with those who can be reached. */
async function admit({ telegram, pool, log }: Stage, count: number): Promise<number[]> {
  const ids = Array.from({ length: count }, (_, i) => FIRST_RECIPIENT + i)
  const isBlocked = (id: number) => id % 100 < BLOCKED
  for (const id of ids) {
    telegram.control.user(id, { languageCode: 'ru', started: !isBlocked(id) })
  }
  const db = createDb(pool)
  const users = ids.map((id) => ({ id, language: 'ru' as const, blocked: false }))
  for (let i = 0; i < users.length; i += 2_000) await recordUsers(db, users.slice(i, i + 2_000))
  log(`${count} recipients, ${ids.filter(isBlocked).length} of them have blocked the bot`)
  return ids.filter((id) => !isBlocked(id))
}

/** How often the message stands in somebody's chat. */
const copies = ({ telegram }: Stage, id: number): number =>
  telegram.control.chat(id).filter(({ from, text }) => from === 'bot' && text === WORDS).length

/** An admin makes and sends it, button by button. */
async function start(admin: ControlledUser): Promise<void> {
  const newest = () => admin.chat({ last: 12 }).filter(({ from }) => from === 'bot')
  const find = (label: string) =>
    newest().findLast(({ keyboard }) => keyboard.flat().some(({ text }) => text === label))
  const press = async (label: string) => {
    await until(async () => find(label) !== undefined, STEP_MS, `the button ${label}`)
    const message = find(label)
    if (message !== undefined) admin.tap(message.id, label)
  }
  admin.sendCommand('admin')
  await press(say('broadcast.open'))
  await press(say('broadcast.begin'))
  const isAsked = () => newest().some(({ text }) => text?.includes('Пришлите сообщение'))
  await until(async () => isAsked(), STEP_MS, 'the question for the message')
  admin.sendText(WORDS)
  await press(say('broadcast.start'))
  await press(say('broadcast.send'))
}

/** The newest broadcast as the database has it; undefined: it can't be asked. */
async function read({ pool }: Stage): Promise<BroadcastFacts | undefined> {
  const count = ['waiting', 'sending', 'sent', 'blocked', 'failed', 'lost']
    .map((status) => `count(*) filter (where r.status = '${status}')::int as ${status}`)
    .join(', ')
  const { rows } = await pool
    .query<BroadcastFacts>(
      `select b.id, b.status, ${count} from broadcasts b
       left join broadcast_recipients r on r.broadcast_id = b.id
       group by b.id order by b.created_at desc limit 1`,
    )
    .catch(() => ({ rows: [] }))
  return rows[0]
}

/** Resolves when that share of all has got it, or can't. */
async function passes(stage: Stage, share: number): Promise<void> {
  const isThere = async () => {
    const facts = await read(stage)
    if (facts === undefined) return false
    const gone = facts.sent + facts.blocked + facts.failed + facts.lost
    return gone > share * (gone + facts.waiting + facts.sending) && gone > 0
  }
  await until(isThere, END_MS, `${Math.round(share * 100)} %`)
}

/** Kills whoever sends just now, or the first instance between two batches; resolves with how many messages were on their way. */
async function killSender(stage: Stage): Promise<number> {
  const { pool, fleet, incidents } = stage
  const { rows } = await pool.query<{ name: string }>(
    `select i.id as name from effects e join instances i on i.lock_key = e.owner
     where e.type = 'broadcast.batch'`,
  )
  const slot = fleet.slots.find(({ index }) => rows[0]?.name === `chaos-${index}`) ?? fleet.slots[0]
  if (slot === undefined) return 0
  const given = (await read(stage))?.lost ?? 0
  incidents.begin('kill', `instance ${slot.index}, which sends the broadcast`)
  await fleet.kill(slot)
  // What the dead process had asked the database for may still be done by it.
  await sleep(300)
  const { sending = 0, lost = 0 } = (await read(stage)) ?? {}
  await fleet.start(slot)
  return sending + lost - given
}

async function until(
  condition: () => Promise<boolean>,
  withinMs: number,
  what: string,
): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(LOOK_MS)) {
    if (await condition()) return
  }
  throw new Error(`waited in vain for ${what}`)
}
