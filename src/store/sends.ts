import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { SendRow } from './schema.ts'

export type StoredSend = Selectable<SendRow>

/** A send that was begun earlier, or undefined. */
export const readSend = (db: Db, key: string): Promise<StoredSend | undefined> =>
  db.selectFrom('sends').selectAll().where('key', '=', key).executeTakeFirst()

/** The sends of these keys that arrived; in no order. */
export const readSent = (db: Db, keys: readonly string[]): Promise<StoredSend[]> =>
  db
    .selectFrom('sends')
    .selectAll()
    .where(sql<boolean>`key = any (${keys}::text[])`)
    .where('status', '=', 'sent')
    .execute()

/**
 * Records that a send is about to leave. Returns false when it was begun before: then it may have
 * arrived, and the caller decides whether losing it is worse than doubling it.
 */
export async function beginSend(db: Db, key: string, chatId: number): Promise<boolean> {
  const row = await db
    .insertInto('sends')
    .values({ key, chat_id: chatId, status: 'sending', message_ids: [], file_ids: [] })
    .onConflict((oc) => oc.column('key').doNothing())
    .returning('key')
    .executeTakeFirst()
  return row !== undefined
}

/** Forgets a send that Telegram certainly refused, so that another try is a first one. */
export async function abandonSend(db: Db, key: string): Promise<void> {
  await db.deleteFrom('sends').where('key', '=', key).where('status', '=', 'sending').execute()
}

/** Records that it arrived, with what is needed to show it again for ever. */
export async function finishSend(
  db: Db,
  key: string,
  sent: { method: string; messageIds: number[]; fileIds: string[] },
): Promise<void> {
  await db
    .updateTable('sends')
    .set({
      status: 'sent',
      method: sent.method,
      message_ids: sent.messageIds,
      file_ids: sent.fileIds,
      sent_at: new Date(),
    })
    .where('key', '=', key)
    .execute()
}
