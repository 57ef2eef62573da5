import type pg from 'pg'

/** One table of a kept database: a line of its file. */
export interface KeptTable {
  /** With its schema, e.g. `public.users`. */
  table: string
  columns: string[]
  /** Those of the columns that are moments, so that a restored database can be as of another day. */
  moments: string[]
  rows: unknown[][]
}

/** First line of a kept database's file. */
export interface KeptHead {
  release: string
  /** ISO 8601; all that the database's own clock wrote is as of then. */
  keptAt: string
  /** Where its sequences stand, by name with schema. */
  sequences: Record<string, number>
}

interface Column {
  name: string
  type: string
}

const TABLES = `
  select c.oid::int as oid, n.nspname || '.' || c.relname as name,
    array(select confrelid::int from pg_constraint
      where conrelid = c.oid and contype = 'f' and confrelid <> c.oid) as parents
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname in ('public', 'graphile_worker')
    and c.relname not like 'kysely%' and c.relname not in ('migrations', 'schema_migrations', 'schema_migrations_lock')
  order by 2`

const COLUMNS = `
  select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
  where attrelid = $1 and attnum > 0 and not attisdropped and attgenerated = ''
  order by attnum`

const KEY = `
  select array_agg(quote_ident(a.attname) order by k.n) as key
  from pg_index i, unnest(i.indkey) with ordinality k (attnum, n), pg_attribute a
  where i.indrelid = $1 and i.indisprimary and a.attrelid = i.indrelid and a.attnum = k.attnum`

/**
 * All rows of the program and of its job queue; tables that others refer to come first. What the
 * migrations themselves note is left out: whoever restores has run them. Moments not before `since`
 * come from the database's own clock and become `keptAt`.
 */
export async function dumpDatabase(
  pool: pg.Pool,
  { release, keptAt, since }: { release: string; keptAt: number; since: number },
): Promise<string> {
  const { rows: tables } = await pool.query(TABLES)
  const sorted: typeof tables = []
  while (sorted.length < tables.length) {
    const isReady = (parent: number) =>
      sorted.some((t) => t.oid === parent) || !tables.some((t) => t.oid === parent)
    const next = tables.find((t) => !sorted.includes(t) && t.parents.every(isReady))
    if (next === undefined) throw new Error('tables that refer to each other in a circle')
    sorted.push(next)
  }
  const settle = (value: unknown): unknown =>
    typeof value === 'string' && Date.parse(value) >= since ? new Date(keptAt).toISOString() : value
  const lines: string[] = []
  for (const { oid, name } of sorted) {
    const { rows: columns } = await pool.query<Column>(COLUMNS, [oid])
    const { rows: keys } = await pool.query(KEY, [oid])
    const moments = columns.filter((c) => c.type === 'timestamp with time zone').map((c) => c.name)
    const rows = (await readRows(pool, name, columns, keys[0].key)).map((row) =>
      columns.map((c) => (moments.includes(c.name) ? settle(row[c.name]) : (row[c.name] ?? null))),
    )
    if (rows.length === 0) continue
    const table: KeptTable = { table: name, columns: columns.map((c) => c.name), moments, rows }
    lines.push(JSON.stringify(table))
  }
  const { rows: sequences } = await pool.query(`
    select schemaname || '.' || sequencename as name, last_value::float8 as value from pg_sequences
    where schemaname in ('public', 'graphile_worker') and last_value is not null order by 1`)
  const head: KeptHead = {
    ...{ release, keptAt: new Date(keptAt).toISOString() },
    sequences: Object.fromEntries(sequences.map(({ name, value }) => [name, value])),
  }
  return `${[JSON.stringify(head), ...lines].join('\n')}\n`
}

async function readRows(
  pool: pg.Pool,
  table: string,
  columns: readonly Column[],
  key: readonly string[],
): Promise<Record<string, unknown>[]> {
  for (const { name } of columns.filter((c) => c.type === 'jsonb')) {
    const { rowCount } = await pool.query(`select from ${table} where ${name} = 'null'::jsonb`)
    // A row as JSON does not tell it from the other null.
    if (rowCount) throw new Error(`${table}.${name} holds a null of JSON`)
  }
  if (table === 'public.state_counts') {
    // Which connection counted is chance.
    const { rows } = await pool.query(
      `select machine, state, 0 as slot, sum(count)::float8 as count from state_counts
       group by machine, state order by machine, state`,
    )
    return rows
  }
  const names = columns.map((c) => `t.${c.name}`).join(', ')
  const { rows } = await pool.query(
    `select to_jsonb(r) as row from (select ${names} from ${table} t) r order by ${key.map((k) => `r.${k}`).join(', ')}`,
  )
  return rows.map(({ row }) => row)
}
