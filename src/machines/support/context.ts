export interface SupportInput {
  userId: number
}

/** One user's thread with support. What was said is in the journal and in the chats, not here. */
export interface SupportContext extends SupportInput {
  language: 'ru' | 'en'
  /** Where the staff reads it; null: not yet known, or a chat without topics. */
  topic: { chatId: number; topicId: number } | null
  /** Messages of the user so far. */
  said: number
  /** Who answered last, as the user knows them. */
  answeredBy: string | null
}

export const beginThread = ({ userId }: SupportInput): SupportContext => ({
  userId,
  language: 'ru',
  topic: null,
  said: 0,
  answeredBy: null,
})
