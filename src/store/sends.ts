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

/** What became of the wish to send: this process may, another one does, or it was sent. */
export type TakenSend =
  | { by: 'us' }
  | { by: 'other' }
  | { by: 'sent'; sent: { method: string; messageIds: number[]; fileIds: string[] } }

/**
 * Takes a send for this sender: a new one, one that nobody holds, or one whose sender has not
 * confirmed for `doubtMs` since it was doubted. One that another holds is doubted by asking.
 */
export async function takeSend(
  db: Db,
  {
    key,
    chatId,
    sender,
    doubtMs,
  }: { key: string; chatId: number; sender: string; doubtMs: number },
): Promise<TakenSend> {
  const { rows } = await sql<{ key: string }>`
    insert into sends (key, chat_id, status, sender) values (${key}, ${chatId}, 'sending', ${sender})
    on conflict (key) do update set sender = excluded.sender, doubted_at = null,
      attempts = sends.attempts + 1
      where sends.status = 'sending' and (sends.sender is null or sends.sender = excluded.sender
        or sends.doubted_at <= now() - make_interval(secs => ${doubtMs / 1000}))
    returning key`.execute(db)
  if (rows.length > 0) return { by: 'us' }
  const doubted = await db
    .updateTable('sends')
    .set({ doubted_at: sql<Date>`coalesce(doubted_at, now())` })
    .where('key', '=', key)
    .where('status', '=', 'sending')
    .returning('key')
    .executeTakeFirst()
  if (doubted !== undefined) return { by: 'other' }
  const row = await readSend(db, key)
  if (row?.status !== 'sent') return { by: 'other' }
  const { method, message_ids: messageIds, file_ids: fileIds } = row
  return { by: 'sent', sent: { method: method ?? '', messageIds, fileIds } }
}

/** Takes away the doubts about sends that this sender is still at. */
export async function confirmSends(db: Db, sender: string, keys: readonly string[]): Promise<void> {
  await db
    .updateTable('sends')
    .set({ doubted_at: null })
    .where('sender', '=', sender)
    .where('key', 'in', keys)
    .where('doubted_at', 'is not', null)
    .execute()
}

/** Nobody holds it any more; it may have arrived all the same. */
export async function giveUpSend(db: Db, key: string, sender: string): Promise<void> {
  await db
    .updateTable('sends')
    .set({ sender: null, doubted_at: null })
    .where('key', '=', key)
    .where('sender', '=', sender)
    .where('status', '=', 'sending')
    .execute()
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
