import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { PATIENCE_MS } from '../sandbox/patience.ts'
import type { SeenMessage } from '../sandbox/telegram/seen-message.ts'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { bookMovements } from '../store/ledger.ts'
import { recordUsers } from '../store/users.ts'
import type { FreshDatabase } from '../world/database.ts'
import { startWorld, type World } from '../world/world.ts'
import { untilActive } from './dry.ts'
import { samplePicture } from './picture.ts'

/** What it took a person from the first message until the order runs. */
export interface Effort {
  taps: number
  messages: number
}

/** Most taps; paying comes on top. */
export const TAP_TARGETS = { draw: 1, edit: 1, animate: 1, song: 2, first_paid: 1 } as const

const FIRST_USER = 6001
const POLL_MS = 50
const RICH_KOPECKS = 1_000_000
const TIMING = { queueMs: 100, generateMs: 500 }

/** A person who counts what they do. */
function createPerson({ telegram }: World, pool: pg.Pool, id: number) {
  const { control } = telegram
  const user = control.user(id, { languageCode: 'ru' })
  const effort: Effort = { taps: 0, messages: 0 }
  const wait = <T>(find: () => T | undefined) => control.waitFor(find, { timeoutMs: PATIENCE_MS })

  async function until(isThere: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE_MS
    while (!(await isThere())) {
      if (Date.now() > end) {
        const last = user.chat().at(-1)
        throw new Error(`nothing came of it: ${last?.text ?? last?.caption ?? ''}`)
      }
      await delay(POLL_MS)
    }
  }

  /** Waits until the message has a button whose label has this part, and taps it. */
  async function press(label: string, message: () => SeenMessage | undefined): Promise<void> {
    const { id: messageId, data } = await wait(() => {
      const shown = message()
      const found = shown?.keyboard.flat().find(({ text }) => text.includes(label))
      return shown && found?.data !== undefined ? { id: shown.id, data: found.data } : undefined
    })
    effort.taps += 1
    user.tap(messageId, data)
  }

  return {
    effort,
    async text(words: string) {
      effort.messages += 1
      user.sendText(words)
    },
    async photo(caption?: string) {
      effort.messages += 1
      await user.sendPhoto(samplePicture(), caption === undefined ? {} : { caption })
    },
    async sound(bytes: Buffer) {
      effort.messages += 1
      const options = { kind: 'audio', mime: 'audio/wav', fileName: 'voice.wav' } as const
      await user.sendFile(bytes, options)
    },
    /** Taps a button of the newest message that has any. */
    tap: (label: string) =>
      press(label, () => user.chat().findLast((m) => m.from === 'bot' && m.keyboard.length > 0)),
    /** Taps a button of the newest result's own message. */
    tapResult: (label: string) =>
      press(label, () => user.chat().findLast((m) => m.from === 'bot' && m.media !== undefined)),
    /** Pays the invoice that came. */
    async pay() {
      const invoice = await wait(() => user.chat().findLast((m) => m.invoice !== undefined))
      await user.pay(invoice.id)
    },
    /** Waits until so many orders of this person exist. */
    running: (count = 1) =>
      until(async () => {
        const sql = 'select count(*)::int as n from jobs where user_id = $1'
        const { rows } = await pool.query<{ n: number }>(sql, [id])
        return (rows[0]?.n ?? 0) >= count
      }),
    finished: () =>
      until(async () => {
        const sql = `select 1 from jobs where user_id = $1 and status = 'delivered'`
        return ((await pool.query(sql, [id])).rowCount ?? 0) > 0
      }),
  }
}

type Person = ReturnType<typeof createPerson>

/** Money enough for every way. */
async function enrich(pool: pg.Pool, id: number): Promise<void> {
  const db = createDb(pool)
  await recordUsers(db, [{ id, language: 'ru', blocked: false }])
  await bookMovements(db, [
    { userId: id, kind: 'top_up', ref: `start:${id}`, kopecks: RICH_KOPECKS },
  ])
}

const SAMPLES = 16_000

/** Two seconds of a quiet tone as a WAV file. */
function sampleVoice(): Buffer {
  const samples = SAMPLES
  const bytes = Buffer.alloc(44 + samples * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + samples * 2, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(8_000, 24)
  bytes.writeUInt32LE(16_000, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(samples * 2, 40)
  for (let i = 0; i < samples; i += 1) {
    bytes.writeInt16LE(Math.round(3_000 * Math.sin((i * 2 * Math.PI * 440) / 8_000)), 44 + i * 2)
  }
  return bytes
}

const DRAWING = 'рыжий кот в скафандре на луне, мультик'

async function drawn(person: Person): Promise<void> {
  await person.text(DRAWING)
  await person.tap('🎨')
  await person.finished()
  person.effort.taps = 0
  person.effort.messages = 0
}

/** What people do most often, as they would do it. */
const WAYS: Readonly<Record<string, (person: Person) => Promise<void>>> = {
  async draw(person) {
    await person.text(DRAWING)
    await person.tap('🎨')
    await person.running()
  },
  async edit(person) {
    await person.photo('сделай зиму')
    await person.tap('✏️')
    await person.running()
  },
  async animate(person) {
    await person.photo()
    await person.tap('🎬')
    await person.running()
  },
  async video(person) {
    await person.text('видео: дракон летит над замком')
    await person.tap('📹')
    await person.running()
  },
  async song(person) {
    await person.text('песня на день рождения Маши, весёлая')
    await person.tap('🎵')
    await person.running()
  },
  async voice(person) {
    await person.text('озвучь: Добро пожаловать в наш магазин!')
    await person.tap('🎙')
    await person.running()
  },
  async upscale(person) {
    await person.photo()
    await person.tap('✨')
    await person.running()
  },
  async portrait(person) {
    await person.photo()
    await person.sound(sampleVoice())
    await person.tap('🗣 Говорящий портрет ·')
    await person.running()
  },
  async again(person) {
    await drawn(person)
    await person.tapResult('🔁 Ещё раз')
    await person.running(2)
  },
  async animate_result(person) {
    await drawn(person)
    await person.tapResult('🎬 Оживить')
    await person.tap('⚡')
    await person.running(2)
  },
  async first_paid(person) {
    await person.text('видео: дракон летит над замком')
    await person.tap('📹')
    await person.pay()
    await person.running()
  },
}

/** Counts taps and messages of every way, each with a person of its own in the running sandbox. */
export async function countTaps(
  database: FreshDatabase,
  logLevel: string,
): Promise<Record<string, Effort>> {
  const pool = createPool({ url: database.url, max: 4, name: 'trt-taps' })
  const { url: databaseUrl, storageMode } = database
  const world = await startWorld({
    botMode: 'polling',
    databaseUrl,
    storageMode,
    timing: TIMING,
    logLevel,
    env: { WELCOME_BALANCE_RUB: '0' },
  })
  try {
    await untilActive(world, PATIENCE_MS)
    const counted: Record<string, Effort> = {}
    for (const [i, [name, way]] of Object.entries(WAYS).entries()) {
      const id = FIRST_USER + i
      if (name !== 'first_paid') await enrich(pool, id)
      const person = createPerson(world, pool, id)
      try {
        await way(person)
      } catch (error) {
        throw new Error(`${name} did not get through`, { cause: error })
      }
      counted[name] = person.effort
    }
    return counted
  } finally {
    await world.stop()
    await pool.end()
  }
}
