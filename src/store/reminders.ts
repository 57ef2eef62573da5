import type { Db } from './db.ts'

export interface Reminder {
  userId: number
  kind: 'free'
  dueAt: Date
}

/** Notes a wish to be reminded, or moves it. */
export async function setReminder(db: Db, { userId, kind, dueAt }: Reminder): Promise<void> {
  await db
    .insertInto('reminders')
    .values({ user_id: userId, kind, due_at: dueAt })
    .onConflict((oc) => oc.columns(['user_id', 'kind']).doUpdateSet({ due_at: dueAt }))
    .execute()
}

/** What is due, the oldest first. */
export async function readDueReminders(db: Db, now: Date, most: number): Promise<Reminder[]> {
  const rows = await db
    .selectFrom('reminders')
    .selectAll()
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(most)
    .execute()
  return rows.map(({ user_id: userId, kind, due_at: dueAt }) => ({ userId, kind, dueAt }))
}

/** Takes a reminder away, unless it was moved meanwhile. */
export async function dropReminder(db: Db, { userId, kind, dueAt }: Reminder): Promise<void> {
  await db
    .deleteFrom('reminders')
    .where('user_id', '=', userId)
    .where('kind', '=', kind)
    .where('due_at', '=', dueAt)
    .execute()
}
