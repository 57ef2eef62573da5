import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { startPostgres } from '../../src/sandbox/postgres/server.ts'
import { createPool } from '../../src/store/database.ts'
import { createDb } from '../../src/store/db.ts'
import { readLiveSchema } from '../../src/store/live-schema.ts'
import { migrate } from '../../src/store/migrate.ts'
import { TEST_SERVER } from '../../test/support/test-server.ts'

const HEAD = `-- Made by \`npm run generate\` from a freshly migrated database: schema "public" as the migrations
-- leave it, in the order of creation. For reading and for review; nothing runs this file. The job
-- queue's own schema (graphile_worker) and the migrator's two tables are left out.`

/** `oid` grows with every object made, so that in a fresh database it is the order of creation. */
const TABLES = `
  select c.oid, c.relname as name, c.reloptions as options, obj_description(c.oid) as comment
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not like 'kysely%' and c.relname not like 'schema_migrations%'
  order by c.oid`

const COLUMNS = `
  select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
    a.attidentity as identity, pg_get_expr(d.adbin, d.adrelid) as fallback,
    col_description(a.attrelid, a.attnum) as comment
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
  order by a.attnum`

const CONSTRAINTS = `
  select conname as name, pg_get_constraintdef(oid, true) as definition
  from pg_constraint
  where conrelid = $1 and contype in ('p', 'u', 'c', 'f', 'x')
  order by array_position('{p,u,f,c,x}', contype::text), conname`

const INDEXES = `
  select pg_get_indexdef(i.indexrelid) as definition
  from pg_index i
  where i.indrelid = $1 and not exists (select from pg_constraint where conindid = i.indexrelid)
  order by i.indexrelid`

const TRIGGERS = `
  select pg_get_triggerdef(oid, true) as definition
  from pg_trigger where tgrelid = $1 and not tgisinternal
  order by tgname`

const FUNCTIONS = `
  select pg_get_functiondef(oid) as definition
  from pg_proc where pronamespace = 'public'::regnamespace
  order by oid`

const LONG = 90

interface Table {
  oid: number
  name: string
  options: string[] | null
  comment: string | null
}

interface Column {
  name: string
  type: string
  required: boolean
  identity: '' | 'a' | 'd'
  fallback: string | null
  comment: string | null
}

type Defined = { name?: string; definition: string }

/**
 * What all migrations together make, from the database's own catalogue: `schema.sql` for reading, and
 * `schema-manifest.json`, which a live database is compared with.
 */
export async function schemaFiles(): Promise<Record<string, string>> {
  const server = await startPostgres(TEST_SERVER)
  const admin = new pg.Client(server.url)
  const name = `trt_schema_${randomUUID().slice(0, 8)}`
  try {
    await admin.connect()
    await admin.query(`create database ${name}`)
    const url = new URL(server.url)
    url.pathname = `/${name}`
    const pool = createPool({ url: url.href, max: 2, name: 'schema' })
    try {
      await migrate(pool)
      const facts = await readLiveSchema(createDb(pool))
      return {
        'src/store/schema.sql': await dump(pool),
        'src/store/schema-manifest.json': `${JSON.stringify(facts, null, 2)}\n`,
      }
    } finally {
      await pool.end()
      await admin.query(`drop database ${name} with (force)`)
    }
  } finally {
    await admin.end()
    await server.stop()
  }
}

async function dump(pool: pg.Pool): Promise<string> {
  const blocks = [HEAD]
  for (const { definition } of await rows<Defined>(pool, FUNCTIONS)) {
    blocks.push(`${functionText(definition)};`)
  }
  for (const table of await rows<Table>(pool, TABLES)) blocks.push(await dumpTable(pool, table))
  return `${blocks.join('\n\n')}\n`
}

async function dumpTable(pool: pg.Pool, { oid, name, options, comment }: Table): Promise<string> {
  const columns = await rows<Column>(pool, COLUMNS, [oid])
  const constraints = await rows<Defined>(pool, CONSTRAINTS, [oid])
  const parts = [
    ...columns.map(columnLine),
    ...constraints.map((c) => `constraint ${c.name} ${readable(c.definition)}`),
  ]
  const settings = options === null ? '' : ` with (${options.join(', ')})`
  const rest = [
    ...(await rows<Defined>(pool, INDEXES, [oid])),
    ...(await rows<Defined>(pool, TRIGGERS, [oid])),
  ]
  return [
    `create table ${name} (\n  ${parts.join(',\n  ')}\n)${settings};`,
    ...(comment === null ? [] : [commentLine(`table ${name}`, comment)]),
    ...columns.flatMap((c) =>
      c.comment === null ? [] : [commentLine(`column ${name}.${c.name}`, c.comment)],
    ),
    ...rest.map(({ definition }) => `${readable(definition)};`),
  ].join('\n')
}

const columnLine = ({ name, type, required, identity, fallback }: Column): string =>
  [
    name,
    type,
    required && 'not null',
    identity === 'a' && 'generated always as identity',
    identity === 'd' && 'generated by default as identity',
    fallback !== null && `default ${fallback}`,
  ]
    .filter(Boolean)
    .join(' ')

const commentLine = (of: string, text: string): string =>
  `comment on ${of} is\n  '${text.replaceAll("'", "''")}';`

/** The catalogue's spelling as a person would write it; what stands in quotes stays. */
function readable(sql: string): string {
  const plain = sql
    .replaceAll('public.', '')
    .replaceAll(/('[^']*')::text/g, '$1')
    .replaceAll(/'[^']*'|[A-Z]+/g, (word) => (word.startsWith("'") ? word : word.toLowerCase()))
  return plain.length <= LONG
    ? plain
    : plain.replaceAll(/ (or(?= \w+ = )|for each|where) /g, '\n    $1 ')
}

/** The body stays as the migration wrote it, moved to the left. */
function functionText(definition: string): string {
  const [head = '', body = ''] = definition.trim().split('$function$')
  const lines = body.split('\n').filter((line) => line.trim() !== '')
  const indent = Math.min(...lines.map((line) => line.search(/\S/)))
  const moved = lines.map((line) => line.slice(indent)).join('\n')
  return `${readable(head).replaceAll(/\s+/g, ' ')}$$\n${moved.trimEnd()} $$`
}

async function rows<T extends object>(
  pool: pg.Pool,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  return (await pool.query<T>(sql, values)).rows
}
