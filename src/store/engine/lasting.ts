import { type RawBuilder, sql } from 'kysely'

/**
 * A condition that is true, and lets the statement's transaction end without waiting for the disk: that
 * wait costs PostgreSQL several times what a small change does. A crash of the server itself may forget
 * what was changed in the last half second, never half of it. For what is only noted, so that it is not
 * done again: done again it does no harm. See
 * https://www.postgresql.org/docs/current/wal-async-commit.html.
 */
export const mayBeForgotten: RawBuilder<boolean> = sql`
  (select set_config('synchronous_commit', 'off', true) = 'off')`
