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
/** Asked less often than Telegram lets through to one chat: else that limit is what is measured. */
const ASKERS = { below: FIRST_RECIPIENT, count: 6, everyMs: 1_500 }
const BASELINE_MS = 20_000
const OUTAGE_MS = 8_000
const LOOK_MS = 500
const PROGRESS_MS = 5_000
/** So many different numbers at least an admin sees on the way. */
const LEAST_STEPS = 10
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
  const watched = watchProgress(stage, reachable, trouble)
  const during = await answerTimes(stage, trouble, { ...ASKERS, counts: isQuiet })
  const seconds = Math.round((Date.now() - began) / 1_000)
  const progress = await watched
  // Others keep the machine busy as they like: what is slower at the end is that.
  const after = await answerTimes(stage, sleep(BASELINE_MS), ASKERS)

  // People of the run and the admin get it, too; their chats have other things in them.
  const facts = await read(stage, FIRST_RECIPIENT)
  if (facts === undefined) throw new Error('there is no broadcast')
  const got = reachable.map((id) => copies(stage, id))
  const { rows: blocked } = await pool.query<{ marked: number; unmarked: number }>(
    `select count(*) filter (where u.blocked_at is not null)::int as marked,
       count(*) filter (where u.blocked_at is null and r.status = 'blocked')::int as unmarked
     from users u join broadcast_recipients r on r.user_id = u.id and r.broadcast_id = $1`,
    [facts.id],
  )
  const { marked = 0, unmarked = 0 } = blocked[0] ?? {}
  return {
    recipients,
    sent: got.filter((n) => n > 0).length,
    missing: got.filter((n) => n === 0).length,
    doubled: got.filter((n) => n > 1).length,
    blocked: facts.blocked,
    blocked_marked: marked,
    blocked_unmarked: unmarked,
    really_blocked: recipients - reachable.length,
    said_sent: facts.sent,
    said_lost: facts.lost,
    said_failed: facts.failed,
    ...progress,
    in_flight_at_kills: inFlight,
    broadcast_seconds: seconds,
    others_p50_without_ms: Math.max(percentile(before, 0.5), percentile(after, 0.5)),
    others_p50_ms: percentile(during, 0.5),
    others_p90_without_ms: Math.max(percentile(before, 0.9), percentile(after, 0.9)),
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
    (n.blocked_unmarked ?? 0) > 0 &&
      `${n.blocked_unmarked} of whom it says that they have blocked the bot are not marked`,
    // One whose answer died with the process is lost, whether they have blocked the bot or not.
    (n.really_blocked ?? 0) - (n.blocked_marked ?? 0) > (n.said_lost ?? 0) &&
      'more who have blocked the bot are unmarked than were lost',
    ...progressFaults(n),
    ...speedFaults(n),
  ].filter((fault) => fault !== false)

/** Whether what the broadcast said at the end is what the chats show. */
function progressFaults(n: Readonly<Record<string, number>>): (string | false)[] {
  const { recipients = 0, sent = 0, said_sent = 0, said_lost = 0 } = n
  const { blocked = 0, said_failed = 0 } = n
  return [
    said_sent > sent && `it says that ${said_sent} got it, and ${sent} did`,
    sent - said_sent > said_lost && 'more got it than it says, and than were lost',
    said_sent + said_lost + blocked + said_failed !== recipients &&
      'what it says does not add up to everybody',
    n.screen_says !== n.screen_should_say && 'the screen of its admin says something else',
    (n.progress_steps ?? 0) < LEAST_STEPS && 'it said too seldom how far it was',
    (n.progress_wrong ?? 0) > 0 && `${n.progress_wrong} times the progress went back`,
  ]
}

/** Half as long again, and a little for the clock, is what a busy machine does by itself. */
const SLOWER = 1.5
const CLOCK_MS = 30

const speedFaults = (n: Readonly<Record<string, number>>): (string | false)[] =>
  (['p50', 'p90'] as const).map((share) => {
    const without = n[`others_${share}_without_ms`] ?? 0
    const during = n[`others_${share}_ms`] ?? 0
    return (
      during > without * SLOWER + CLOCK_MS &&
      `answers to others took ${during} ms (${share}) instead of ${without}`
    )
  })

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

/** The number of those who got it on the screen of the admin, who looks at it all the while. */
function shownSent({ telegram }: Stage): number | undefined {
  const shown = telegram.control
    .user(ADMIN_ID)
    .chat({ last: 12 })
    .findLast(({ from, text }) => from === 'bot' && SENT.test(text ?? ''))
  const [, sent] = SENT.exec(shown?.text ?? '') ?? []
  return sent === undefined ? undefined : Number(sent)
}

const SENT = new RegExp(say('broadcast.sent', { sent: '(\\d+)', total: '\\d+' }))

/** Compares what the admin's screen says with the chats, until the end and once more after it. */
async function watchProgress(
  stage: Stage,
  reachable: readonly number[],
  end: Promise<unknown>,
): Promise<
  Record<'screen_says' | 'screen_should_say' | 'progress_steps' | 'progress_wrong', number>
> {
  let isOver = false
  const ended = end
    .catch(() => {})
    .then(() => {
      isOver = true
    })
  const others = stage.people.length + ASKERS.count + 1
  const steps = new Set<number>()
  let wrong = 0
  let last = 0
  while (!isOver) {
    const sent = shownSent(stage)
    if (sent !== undefined) {
      const really = reachable.filter((id) => copies(stage, id) > 0).length
      if (sent > really + others || sent < last) wrong += 1
      steps.add(sent)
      last = sent
    }
    await Promise.race([sleep(PROGRESS_MS), ended])
  }
  const said = (await read(stage))?.sent
  await until(
    async () => shownSent(stage) === said,
    STEP_MS,
    'the last numbers on the screen',
  ).catch(() => {})
  return {
    ...{ screen_says: shownSent(stage) ?? -1, screen_should_say: said ?? 0 },
    ...{ progress_steps: steps.size, progress_wrong: wrong },
  }
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

/** The newest broadcast and its recipients from an id on; undefined: the database can't be asked. */
async function read({ pool }: Stage, firstId = 0): Promise<BroadcastFacts | undefined> {
  const count = ['waiting', 'sending', 'sent', 'blocked', 'failed', 'lost']
    .map((status) => `count(*) filter (where r.status = '${status}')::int as ${status}`)
    .join(', ')
  const { rows } = await pool
    .query<BroadcastFacts>(
      `select b.id, b.status, ${count} from broadcasts b
       left join broadcast_recipients r on r.broadcast_id = b.id and r.user_id >= $1
       group by b.id order by b.created_at desc limit 1`,
      [firstId],
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
  const slot = fleet.named(rows[0]?.name ?? '') ?? fleet.slots[0]
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
