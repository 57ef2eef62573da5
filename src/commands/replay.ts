import { readFile, writeFile } from 'node:fs/promises'
import { defineCommand } from 'citty'
import {
  type Difference,
  type History,
  historySchema,
  isFaithful,
  type Replay,
  replay,
  toHistory,
} from '../actors/engine/replay.ts'
import { FIELDS } from '../config/fields.ts'
import type { Field } from '../config/kinds.ts'
import { coerceError } from '../errors.ts'
import type { View } from '../machines/conversation/screens/screen.ts'
import { createDefinitions } from '../machines/definitions.ts'
import { createRegistry, type Registry } from '../machines/engine/registry.ts'
import { type SavedTerms, termsOfThen } from '../service/sales-terms.ts'
import { screenViewOf } from '../service/screen-view.ts'
import { createPool } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { loadActor } from '../store/engine/actors.ts'
import { readJournal } from '../store/engine/journal.ts'
import { readSalesTerms } from '../store/sales-terms.ts'

export const replayCommand = defineCommand({
  meta: {
    name: 'replay',
    description: 'Runs the machine over an actor’s journal again and compares.',
  },
  args: {
    file: { type: 'positional', required: false, description: 'A saved history' },
    actor: { type: 'string', description: 'An actor of DATABASE_URL, e.g. job:abc' },
    save: { type: 'string', description: 'Writes the history of --actor to this file' },
    letters: { type: 'boolean', description: 'Lists the dead letters of DATABASE_URL' },
    letter: { type: 'string', description: 'Lets the running bot try this dead letter again' },
  },
  async run({ args: { file, actor, save, letters, letter } }) {
    try {
      if (letters || letter !== undefined) {
        const { askReplay, showDeadLetters } = await import('./dead-letters.ts')
        const url = databaseUrl('the dead letters')
        const told = letters ? showDeadLetters(url) : askReplay(url, Number(letter))
        console.log((await told).join('\n'))
        return
      }
      if ((file === undefined) === (actor === undefined)) {
        throw new Error('give a file, or --actor and DATABASE_URL')
      }
      const history = file === undefined ? await fetchHistory(actor as string) : await open(file)
      if (save !== undefined) await writeFile(save, `${JSON.stringify(history, null, 2)}\n`)
      const { registry, view } = shopOf(process.env)
      const termsAt = termsOfThen(view, (history.terms ?? []) as SavedTerms[])
      const others: SavedTerms[] = []
      const replayed = replay(registry.of(history.actor), history, ({ at }) => {
        const terms = termsAt(at)
        if (terms !== undefined && others.at(-1) !== terms) others.push(terms)
      })
      console.log(report(history, replayed).join('\n'))
      const [first] = others
      if (first !== undefined && !isFaithful(replayed)) {
        throw new Error(
          `it was run by other model files (${first.files}, since ${first.since}): what differs may come of that; ` +
            'replay it with the release of then',
        )
      }
      process.exitCode = isFaithful(replayed) ? 0 : 1
    } catch (error) {
      console.error(`replay: ${coerceError(error).message}`)
      process.exitCode = 1
    }
  },
})

async function open(file: string): Promise<History> {
  const parsed = historySchema.safeParse(JSON.parse(await readFile(file, 'utf8')))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`${file} is no history: ${issue?.path.join('.')}: ${issue?.message}`)
}

function databaseUrl(what: string): string {
  const url = process.env.DATABASE_URL
  if (!url) throw new Error(`DATABASE_URL is missing: where to find ${what}`)
  return url
}

async function fetchHistory(actor: string): Promise<History> {
  const url = databaseUrl('the actor')
  const pool = createPool({ url, max: 1, name: 'trt-replay' })
  try {
    const db = createDb(pool)
    // The row first: its version then says up to where the journal belongs to it.
    const row = await loadActor(db, actor)
    if (row === undefined) throw new Error(`there is no actor ${actor}`)
    const terms = await readSalesTerms(db)
    return {
      ...toHistory(row, await readJournal(db, actor)),
      terms: terms.map(({ since, ...rest }) => ({ since: since.toISOString(), ...rest })),
    }
  } finally {
    await pool.end()
  }
}

/** The machines as the service makes them: screens depend on these settings, and taps on screens. */
function shopOf(env: NodeJS.ProcessEnv): { registry: Registry; view: View } {
  const read = <T>({ name, schema, fallback }: Field<T>): T =>
    schema.parse(env[name] || (fallback as string))
  const { view } = screenViewOf({
    usdRubRate: read(FIELDS.usdRubRate),
    priceMarkup: read(FIELDS.priceMarkup),
    modelsOn: read(FIELDS.modelsOn),
    starsPerRub: read(FIELDS.starsPerRub),
    giftPercent: read(FIELDS.giftPercent),
    manualTopupDetails: env.MANUAL_TOPUP_DETAILS,
    wordsModel: env.WORDS_MODEL || undefined,
    supportTelegram: env.SUPPORT_TELEGRAM ? read(FIELDS.supportTelegram) : undefined,
  })
  return { registry: createRegistry(createDefinitions(view)), view }
}

function report(history: History, { steps, snapshot, difference }: Replay): string[] {
  const lines = steps.flatMap(({ seq, at, event, from, to, effects, difference }) => [
    `${String(seq).padStart(5)}  ${at}  ${event}  ${from ?? '·'} → ${to}  ${effects.join(' ')}`,
    ...(difference === null ? [] : [`       differs ${told(difference)}`]),
  ])
  const off = steps.filter((s) => s.difference !== null).length
  const end =
    snapshot === null
      ? 'the machine goes no further'
      : difference === null
        ? 'the end is the stored snapshot'
        : `the end differs ${told(difference)}`
  const verdict = off === 0 ? end : `${off} of ${steps.length} steps differ; ${end}`
  return [`${history.actor} (${history.machine} ${history.machineVersion})`, ...lines, verdict]
}

const told = ({ path, stored, replayed }: Difference): string =>
  `at ${path}: stored ${excerpt(stored)}, replayed ${excerpt(replayed)}`

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`
}
