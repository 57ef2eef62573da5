import type { Db } from './db.ts'

/** Notes in which topic of their chat a person spoke last; null: in none. */
export async function noteTopic(db: Db, chatId: number, threadId: number | null): Promise<void> {
  await db
    .insertInto('chat_topics')
    .values({ chat_id: chatId, thread_id: threadId })
    .onConflict((oc) =>
      oc
        .column('chat_id')
        .doUpdateSet({ thread_id: threadId })
        .where('chat_topics.thread_id', 'is distinct from', threadId),
    )
    .execute()
}

/** The topic in which a chat's answers show; undefined: in none. */
export async function readTopic(db: Db, chatId: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('chat_topics')
    .select('thread_id')
    .where('chat_id', '=', chatId)
    .executeTakeFirst()
  return row?.thread_id ?? undefined
}
