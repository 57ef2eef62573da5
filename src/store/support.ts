import { sql } from 'kysely'
import type { Db } from './db.ts'

/** A support thread as its machine sees it; written in the transaction of each of its steps. */
export interface SupportThread {
  userId: number
  state: string
  topic: { chatId: number; topicId: number } | null
  answeredBy: string | null
}

export async function recordThreads(db: Db, threads: readonly SupportThread[]): Promise<void> {
  if (threads.length === 0) return
  // In order of users, so that two writers never wait for each other.
  const sorted = threads.toSorted((a, b) => a.userId - b.userId)
  await db
    .insertInto('support_threads')
    .values(
      sorted.map(({ userId, state, topic, answeredBy }) => ({
        user_id: userId,
        state,
        chat_id: topic?.chatId ?? null,
        topic_id: topic?.topicId ?? null,
        answered_by: answeredBy,
      })),
    )
    .onConflict((oc) =>
      oc.column('user_id').doUpdateSet((eb) => ({
        state: eb.ref('excluded.state'),
        chat_id: eb.ref('excluded.chat_id'),
        topic_id: eb.ref('excluded.topic_id'),
        answered_by: eb.ref('excluded.answered_by'),
        updated_at: sql<Date>`now()`,
      })),
    )
    .execute()
}

export async function readThread(db: Db, userId: number): Promise<SupportThread | undefined> {
  const row = await db
    .selectFrom('support_threads')
    .selectAll()
    .where('user_id', '=', userId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { state, chat_id: chatId, topic_id: topicId, answered_by: answeredBy } = row
  const topic = chatId === null || topicId === null ? null : { chatId, topicId }
  return { userId, state, topic, answeredBy }
}

/** Notes that a message in the chat of the staff belongs to a user's thread. */
export const noteMessage = (
  db: Db,
  message: { chatId: number; messageId: number; userId: number },
): Promise<unknown> =>
  db
    .insertInto('support_messages')
    .values({
      chat_id: message.chatId,
      message_id: message.messageId,
      user_id: message.userId,
    })
    .onConflict((oc) => oc.columns(['chat_id', 'message_id']).doNothing())
    .execute()

/** Whose thread is meant in the chat of the staff: by its topic, or by the message replied to. */
export async function findThread(
  db: Db,
  { chatId, topicId, replyTo }: { chatId: number; topicId?: number; replyTo?: number },
): Promise<number | undefined> {
  if (topicId !== undefined) {
    const thread = await db
      .selectFrom('support_threads')
      .select('user_id')
      .where('chat_id', '=', chatId)
      .where('topic_id', '=', topicId)
      .executeTakeFirst()
    if (thread !== undefined) return thread.user_id
  }
  if (replyTo === undefined) return undefined
  const message = await db
    .selectFrom('support_messages')
    .select('user_id')
    .where('chat_id', '=', chatId)
    .where('message_id', '=', replyTo)
    .executeTakeFirst()
  return message?.user_id
}
