import type pg from 'pg'
import { recordBroadcasts } from '../store/broadcasts.ts'
import { type Db, dbOf } from '../store/db.ts'
import { recordJobs } from '../store/jobs.ts'
import { recordThreads } from '../store/support.ts'
import { recordInvoices } from '../store/topups.ts'
import { recordUsers } from '../store/users.ts'

/** Rows written in the open transaction of the steps that they mirror. */
const rowsBy =
  <Row>(record: (db: Db, rows: readonly Row[]) => Promise<void>) =>
  (client: pg.PoolClient, rows: readonly Row[]): Promise<void> =>
    record(dbOf(client), rows)

/** The tables that mirror actors, in the order in which they are written: users before what is theirs. */
export const projections = {
  users: rowsBy(recordUsers),
  jobs: rowsBy(recordJobs),
  invoices: rowsBy(recordInvoices),
  broadcasts: rowsBy(recordBroadcasts),
  supportThreads: rowsBy(recordThreads),
}
