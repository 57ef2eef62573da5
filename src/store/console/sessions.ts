import type { Db } from '../db.ts'

/** Remembers a login at `now` under a hash of its cookie. */
export async function openConsoleSession(
  db: Db,
  session: { hash: string; who: string; expiresAt: Date },
  now: Date,
): Promise<void> {
  // Few and short-lived: each login clears away those that ended.
  await db.deleteFrom('console_sessions').where('expires_at', '<', now).execute()
  await db
    .insertInto('console_sessions')
    .values({ hash: session.hash, who: session.who, expires_at: session.expiresAt })
    .execute()
}

/** Who is logged in with this cookie, if anybody still is at `now`. */
export const findConsoleSession = (
  db: Db,
  hash: string,
  now: Date,
): Promise<{ who: string } | undefined> =>
  db
    .selectFrom('console_sessions')
    .select('who')
    .where('hash', '=', hash)
    .where('expires_at', '>', now)
    .executeTakeFirst()

/** Ends a session for good, also where its cookie was copied. */
export async function closeConsoleSession(db: Db, hash: string): Promise<void> {
  await db.deleteFrom('console_sessions').where('hash', '=', hash).execute()
}
