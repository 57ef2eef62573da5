import { sql } from 'kysely'
import type { Db } from './db.ts'

/** What the bot sold by since a moment: a hash of the model files, and rates as JSON. */
export interface SalesTerms {
  readonly since: Date
  readonly files: string
  readonly rates: unknown
}

/** Notes what holds from now on by the database's clock, unless it is what held already. */
export async function noteSalesTerms(
  db: Db,
  { files, rates }: Omit<SalesTerms, 'since'>,
): Promise<void> {
  const json = JSON.stringify(rates)
  await sql`
    insert into sales_terms (files, rates)
    select ${files}, ${json}::jsonb
     where not exists (
       select from (select * from sales_terms order by since desc limit 1) newest
        where newest.files = ${files} and newest.rates = ${json}::jsonb)
    on conflict do nothing`.execute(db)
}

/** Everything that held, oldest first. */
export const readSalesTerms = (db: Db): Promise<SalesTerms[]> =>
  db.selectFrom('sales_terms').selectAll().orderBy('since').execute() as Promise<SalesTerms[]>
