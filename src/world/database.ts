import { randomBytes } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'
import { startPostgres } from '../sandbox/postgres/server.ts'

export interface FreshDatabase {
  url: string
  storageMode: 'embedded' | 'external'
}

/**
 * Runs `work` on an empty database and drops it. Never on the server of DATABASE_URL: stand-ins must
 * not come across the jobs of real users, nor of stand-ins that are gone.
 */
export async function withFreshDatabase<T>(
  env: NodeJS.ProcessEnv,
  work: (database: FreshDatabase) => Promise<T>,
  purpose: 'e2e' | 'sandbox' | 'bench' = 'e2e',
): Promise<T> {
  const server = await openDatabase(purpose, env)
  const prefix = `trt_${purpose}_`
  const name = prefix + randomBytes(6).toString('hex')
  // Its connection carries the database's name: that says to other runs that it is in use.
  const admin = new pg.Client({ connectionString: server.url, application_name: name })
  // It waits for long; the server's end is noticed when it is used again.
  admin.on('error', () => {})
  try {
    await admin.connect()
    await removeLeftovers(admin, prefix)
    await admin.query(`create database ${name}`)
    try {
      const url = new URL(server.url)
      url.pathname = `/${name}`
      return await work({ url: url.href, storageMode: server.storageMode })
    } finally {
      await admin.query(`drop database ${name} with (force)`)
    }
  } finally {
    await admin.end()
    await server.close()
  }
}

/** Of runs that were killed; those in use, or about to be, stay. */
async function removeLeftovers(admin: pg.Client, prefix: string): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database where datname like $1
     and not exists (select from pg_stat_activity a
       where pg_database.datname in (a.datname, a.application_name))`,
    [`${prefix.replaceAll('_', '\\_')}%`],
  )
  for (const { datname } of rows) {
    await admin.query(`drop database if exists ${datname}`).catch(() => undefined)
  }
}

/** The server of TEST_DATABASE_URL if that is set, else an own PostgreSQL under `.data`. */
async function openDatabase(
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<{ url: string; storageMode: 'embedded' | 'external'; close(): Promise<void> }> {
  if (env.TEST_DATABASE_URL) {
    return { url: env.TEST_DATABASE_URL, storageMode: 'external', close: async () => {} }
  }
  const server = await startPostgres({ dir: path.resolve(`.data/${name}`) })
  const url = new URL(server.url)
  url.pathname = '/trt'
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  const { rowCount } = await client.query(`select from pg_database where datname = 'trt'`)
  if (rowCount === 0) await client.query('create database trt')
  await client.end()
  return { url: url.href, storageMode: 'embedded', close: () => server.stop() }
}
