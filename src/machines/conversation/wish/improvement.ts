/**
 * What a chat model does with a wish: more detail, English words, words for a photo, the lyrics of a
 * song, or the words that are said in a recording.
 */
export const IMPROVEMENTS = ['enrich', 'translate', 'describe', 'lyrics', 'hear'] as const
export type Improvement = (typeof IMPROVEMENTS)[number]
