import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { createPool } from '../store/database.ts'
import { COMMIT } from '../store/engine/steps.ts'
import { migrate } from '../store/migrate.ts'
import { createDatabases } from './webhook.ts'

/** Steps a second of PostgreSQL's own load generator with the engine's statement, one step in each. */
export type PgbenchFigures = Record<`c${number}`, number>

const run = promisify(execFile)

/** One step of an actor of the client's own, with a snapshot and one effect, as the dialogue's are. */
const PARAMETERS: readonly string[] = [
  `array['bench:' || :client_id]`,
  `array['bench']`,
  'array[1]',
  'array[(:v)::bigint]',
  'array[(:v)::bigint + 1]',
  `array['active']`,
  `array['menu']`,
  `json_build_object('value', 'menu', 'context', repeat('x', 1400))::text`,
  `'{}'`,
  `array['bench:' || :client_id]`,
  'array[(:v)::bigint + 1]',
  `array['k' || :v]`,
  'array[extract(epoch from now()) * 1000]',
  `json_build_object('type', 'button.tapped', 'data', repeat('x', 60))::text`,
  `array['menu']`,
  `'[]'`,
  `''`,
  `array['bench:' || :client_id]`,
  `array['show']`,
  `array['show']`,
  'array[(:v)::bigint + 1]',
  'array[0]',
  'array[0]',
  `'{}'`,
  'null',
]

/** Where pgbench is: on the path, or where Debian puts it; undefined: nowhere. */
function findPgbench(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter).map((f) => path.join(f, 'pgbench'))
  return globSync([...folders, '/usr/lib/postgresql/*/bin/pgbench']).at(-1)
}

/** The same COMMIT statement from pgbench, prepared; null where there is no pgbench. */
export async function benchPgbench(
  serverUrl: string,
  { concurrencies, seconds }: { concurrencies: readonly number[]; seconds: number },
): Promise<PgbenchFigures | null> {
  const pgbench = findPgbench()
  if (pgbench === undefined) return null
  const databases = await createDatabases(
    serverUrl,
    concurrencies.map((n) => `pgbench${n}`),
  )
  const folder = await mkdtemp(path.join(tmpdir(), 'trt-pgbench-'))
  const script = path.join(folder, 'commit.sql')
  try {
    const text = COMMIT.replace(/\$(\d+)/g, (_, n) => PARAMETERS[Number(n) - 1] as string)
    await writeFile(script, `\\set v :v + 1\n${text.trim()};\n`)
    const figures: PgbenchFigures = {}
    for (const clients of concurrencies) {
      const url = databases.url(`pgbench${clients}`)
      const pool = createPool({ url, max: 1, name: 'trt-bench' })
      await migrate(pool).finally(() => pool.end())
      const options = ['-n', '-M', 'prepared', '-D', 'v=-1', '-f', script, '-j', '2']
      const load = ['-c', String(clients), '-T', String(seconds)]
      const { stdout } = await run(pgbench, [...options, ...load, url])
      const number = (line: RegExp) => Number(line.exec(stdout)?.[1])
      await expectSteps(url, number(/actually processed: (\d+)/))
      figures[`c${clients}`] = Math.round(number(/^tps = ([\d.]+)/m))
    }
    return figures
  } finally {
    await rm(folder, { recursive: true })
    await databases.drop()
  }
}

/** A statement that the fence refuses is no error and does nothing: then the figure would be wrong. */
async function expectSteps(url: string, transactions: number): Promise<void> {
  const pool = createPool({ url, max: 1, name: 'trt-bench' })
  try {
    const { rows } = await pool.query<{ n: number }>('select count(*) as n from journal')
    if (rows[0]?.n !== transactions) {
      throw new Error(`pgbench made ${rows[0]?.n} steps in ${transactions} transactions`)
    }
  } finally {
    await pool.end()
  }
}
