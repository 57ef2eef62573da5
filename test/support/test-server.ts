import path from 'node:path'
import type { PostgresOptions } from '../../src/sandbox/postgres/server.ts'

/** The server of the tests, whether a run of all tests or a single file starts it. */
export const TEST_SERVER: PostgresOptions = {
  dir: path.resolve(import.meta.dirname, '../../.data/test'),
  isDurable: false,
}
