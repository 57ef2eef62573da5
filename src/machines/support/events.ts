import type { MediaFile } from '../catalogue/media.ts'

/** What somebody says: words, a file, or both. */
export interface Said {
  text: string | null
  media: MediaFile | null
}

/** Everything that can happen to a support thread. Event names are persisted: never rename one. */
export type SupportEvent =
  /** `jobId`: the order that it is about. */
  | ({ type: 'user.said'; language: 'ru' | 'en'; jobId: string | null } & Said)
  | { type: 'user.solved' }
  /** `by`: the Telegram id of who answers; `name`: what the user reads. */
  | ({ type: 'staff.said'; by: number; name: string } & Said)
  | { type: 'staff.solved'; by: number; name: string }
  /** The topic of this thread in the group of the staff. */
  | { type: 'topic.opened'; chatId: number; topicId: number }

export type StampedSupportEvent = SupportEvent & { at: number; rnd: string }
