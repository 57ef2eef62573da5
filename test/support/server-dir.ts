import path from 'node:path'

/** Where the server of the tests lives, whether a run of all tests or a single file starts it. */
export const TEST_SERVER_DIR = path.resolve(import.meta.dirname, '../../.data/test')
