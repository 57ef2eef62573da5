/**
 * The newest version that has something to tell people, in the words of `news.body`. Who comes back in it
 * is told once; raise it together with the words.
 */
export const WHATS_NEW = '1.0.0'

export type WhatsNewTap =
  | { type: 'news.opened' }
  /** No news, neither here nor as broadcasts. */
  | { type: 'news.declined' }
  | { type: 'news.accepted' }
