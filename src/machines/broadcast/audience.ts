/** Whom a broadcast is for; of all of them only those who can be reached and want to hear from us. */
export type Audience =
  | { kind: 'all' }
  | { kind: 'language'; language: 'ru' | 'en' }
  /** Who has ever put money on their account. */
  | { kind: 'paid' }
  /** Who has done nothing here for so many days. */
  | { kind: 'idle'; days: number }
  /** Who asked for news; the others have only not declined them. */
  | { kind: 'subscribed' }

/** The audiences that an admin chooses from. */
export const AUDIENCES: readonly Audience[] = [
  { kind: 'all' },
  { kind: 'language', language: 'ru' },
  { kind: 'language', language: 'en' },
  { kind: 'paid' },
  { kind: 'idle', days: 7 },
  { kind: 'idle', days: 30 },
  { kind: 'subscribed' },
]
