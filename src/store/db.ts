import type { Kysely } from 'kysely'
import type pg from 'pg'
import { openDb, openDbIn } from './database.ts'
import type { Schema } from './schema.ts'

/** The database as the queries of this folder see it. */
export type Db = Kysely<Schema>

/** Queries over a pool that stays the caller's to end; see `openDb`. */
export const createDb = (pool: Pick<pg.Pool, 'connect'>): Db => openDb<Schema>(pool)

/** Queries inside a transaction that this client has open; see `openDbIn`. */
export const dbOf = (client: pg.PoolClient): Db => openDbIn<Schema>(client)
