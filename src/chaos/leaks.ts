import { readFile } from 'node:fs/promises'
import type { Stage } from './stage.ts'

/** What must not be seen by whom. */
export interface Confidential {
  /** By name: tokens, keys and passwords; nowhere but in the environment. */
  readonly secrets: Readonly<Record<string, string>>
  /** Words of people's orders: in the database and nowhere else. */
  readonly marker: string
}

/**
 * Looks for secrets in logs, database, metrics and what the bot sent to Telegram and to the provider,
 * and for people's words in logs and metrics; one sentence for each that is found.
 */
export async function findLeaks(
  { fleet, pool, telegram, kie }: Stage,
  { secrets, marker }: Confidential,
): Promise<string[]> {
  const logs = (await Promise.all(fleet.logs.map((file) => readFile(file, 'utf8')))).join('\n')
  const pages = await Promise.all(
    fleet.slots.flatMap(({ url }) =>
      ['/metrics', '/health', '/ready'].map((path) => text(url + path)),
    ),
  )
  const public_ = { logs, 'metrics and health': pages.join('\n') }
  const sent = {
    'calls to Telegram': JSON.stringify(telegram.control.calls.map(({ payload }) => payload)),
    // The token is in the address of each file there; it must not go on from here.
    'orders to the provider': JSON.stringify(
      kie.control.tasks.map(({ input, callBackUrl }) => [input, callBackUrl]),
    ),
  }
  const found: string[] = []
  for (const [name, secret] of Object.entries(secrets)) {
    for (const [place, content] of Object.entries({ ...public_, ...sent })) {
      if (content.includes(secret) && !isMeant(name, place)) found.push(`${name} in ${place}`)
    }
    for (const table of await tablesWith(pool, secret)) found.push(`${name} in table ${table}`)
  }
  for (const [place, content] of Object.entries(public_)) {
    if (content.includes(marker)) found.push(`words of an order in ${place}`)
  }
  return found
}

/** Telegram is told where and with what proof to call. */
const isMeant = (name: string, place: string): boolean =>
  place === 'calls to Telegram' && name.startsWith('WEBHOOK_')

const text = async (url: string): Promise<string> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined)
  return answer === undefined ? '' : await answer.text()
}

async function tablesWith(pool: Stage['pool'], secret: string): Promise<string[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const { rows } = await pool.query(
      `select from ${name} t where strpos(t::text, $1) > 0 limit 1`,
      [secret],
    )
    if (rows.length > 0) found.push(name)
  }
  return found
}
