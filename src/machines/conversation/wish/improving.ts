import { type MediaFile, type MediaKind, mediaKindOf } from '../../catalogue/media.ts'
import { pickTasks, taskById } from '../../catalogue/picks.ts'
import type { Wish } from '../context.ts'
import type { Improvement } from './improvement.ts'
import { meantTasks } from './understood.ts'

/** Longer wishes say enough. */
const LONGEST = 1_000
/** What is shown whole before it is used; lyrics are longer than a wish. */
export const MOST_LETTERS = 1_800
/** Longer recordings are no wish that somebody has said. */
const MOST_SECONDS = 120

const firstOf = ({ files }: Wish, kind: MediaKind) =>
  files.find((file) => mediaKindOf(file) === kind)

/** A recording short enough to be a wish that was said. */
const saidIn = (wish: Wish): MediaFile | undefined => {
  const file = firstOf(wish, 'audio')
  return file !== undefined && (file.duration ?? 0) <= MOST_SECONDS ? file : undefined
}

/** The file that words can be found for. */
export const fileFor = (wish: Wish, how: Improvement): MediaFile | undefined =>
  how === 'describe' ? firstOf(wish, 'image') : how === 'hear' ? saidIn(wish) : undefined

/** The task of the picks that can take lyrics, if that is what a wish is for. */
const songOf = ({ task, words }: Wish) => {
  const meant = task ?? meantTasks(words)[0]
  return pickTasks.find(({ id, lyrics }) => id === meant && lyrics !== undefined)
}

/** What can be done for the words of a wish. A text to be read aloud stays as it is. */
export function improvementsFor(wish: Wish): readonly Improvement[] {
  const task = taskById(wish.task)
  if (task?.words === 'none' || task?.spoken === true || wish.improved?.how === 'lyrics') return []
  const { words } = wish
  if (words === null) {
    return (['describe', 'hear'] as const).filter((how) => fileFor(wish, how)).slice(0, 1)
  }
  if (words.length > LONGEST) return []
  if (songOf(wish) !== undefined) return ['lyrics', 'enrich']
  return /\p{Script=Cyrillic}/u.test(words) ? ['enrich', 'translate'] : ['enrich']
}

/** Whether the words are those of a photo: nobody has written or said any. */
export const isDescribed = ({ improved }: Wish): boolean =>
  improved !== undefined && improved.before === null && improved.heard === undefined

/** Better words in place of those that were given, which are kept; a recording is what it says. */
export function withBetterWords(wish: Wish, how: Improvement, words: string): Wish {
  const heard = how === 'hear' ? fileFor(wish, how) : undefined
  const before = wish.improved ?? { how, before: wish.words }
  return {
    ...wish,
    task: how === 'lyrics' ? (songOf(wish)?.id ?? wish.task) : wish.task,
    words: [...words.trim()].slice(0, MOST_LETTERS).join(''),
    files: wish.files.filter((file) => file !== heard),
    improved: { ...before, how, ...(heard !== undefined && { heard }) },
  }
}

/** The words, and the recording, as they were given. */
export function withOwnWords({ improved, ...wish }: Wish): Wish {
  if (improved === undefined) return wish
  const { before, heard } = improved
  return { ...wish, words: before, files: [...wish.files, ...(heard === undefined ? [] : [heard])] }
}

/** What is written anew is nobody's improvement. */
export function withoutImprovement({ improved: _, ...wish }: Wish): Wish {
  return wish
}

const STYLE_LETTERS = 200
const TITLE_LETTERS = 80

/** What an order with lyrics says beside them: what the song is about, and its first line as title. */
export function lyricsAnswers(wish: Wish, taskId: string): Record<string, string | boolean> {
  const rules = taskById(taskId)?.lyrics
  if (wish.improved?.how !== 'lyrics' || wish.words === null || rules === undefined) return {}
  const lines = wish.words.split('\n').map((line) => line.trim())
  const first = lines.find((line) => line !== '' && !/^[[(#*]/.test(line)) ?? wish.words
  const cut = (text: string, most: number) => [...text].slice(0, most).join('').trim()
  return {
    ...rules.answers,
    [rules.style]: cut(wish.improved.before ?? first, STYLE_LETTERS),
    [rules.title]: cut(first.replace(/[.,;:!—-]+$/, ''), TITLE_LETTERS),
  }
}
