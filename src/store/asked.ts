import { type RawBuilder, sql } from 'kysely'

type Columns = Readonly<Record<string, { type: string; values: readonly unknown[] }>>

/**
 * What is asked about in one statement, as rows of a table `o` with these columns and `place`, from 1.
 * Every column has as many values as there are rows.
 *
 * A lone row is one of values. Of an array that is a parameter the planner knows the length only when
 * it plans for this very array, takes ten rows for granted otherwise, and so plans a statement anew
 * each time it is asked, which costs more than the answer:
 * https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
 */
export function askedRows(columns: Columns): RawBuilder<unknown> {
  const given = Object.values(columns)
  const names = sql.join([...Object.keys(columns), 'place'].map((name) => sql.id(name)))
  if (given[0]?.values.length !== 1) {
    const arrays = given.map(({ type, values }) => sql`${values}::${sql.raw(type)}[]`)
    return sql`unnest(${sql.join(arrays)}) with ordinality as o (${names})`
  }
  const row = given.map(({ type, values }) => sql`${values[0]}::${sql.raw(type)}`)
  return sql`(values (${sql.join([...row, sql`1`])})) as o (${names})`
}
