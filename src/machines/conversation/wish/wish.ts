import { isLinkLike } from '../../catalogue/answers.ts'
import { type MediaFile, type MediaKind, mediaKindOf } from '../../catalogue/media.ts'
import { GAP_LENGTH } from '../../catalogue/templates.ts'
import type { Wish } from '../context.ts'
import type { Attachment } from '../order/file-answers.ts'
import { filledWords, openGap, type TemplateCard } from '../templates/template.ts'

/** More files than this are not kept: no model takes so many. */
export const MOST_FILES = 10
/** Files that follow one another so quickly were sent together, e.g. forwarded in one go. */
const TOGETHER_MS = 10_000
/** Apps cut a text of more than 4096 units into messages, none of them shorter than this. */
const CUT_FROM = 2_048
/** The rest of a text that was cut follows at once. */
const REST_WITHIN_MS = 5_000

/** A wish of which nothing is known but what it is for. */
export const newWish = (task: string | null, at: number, base: Wish['base'] = null): Wish => ({
  task,
  base,
  words: null,
  files: [],
  looked: [],
  album: null,
  at,
})

/** The wish with the words, gaps and files of a template. */
export function withTemplate(wish: Wish, { title, words, files }: TemplateCard): Wish {
  const template = { title, words, filled: [], files }
  return { ...wish, template, words: filledWords(template) }
}

/** Whether words are the answer to a template's gap. */
export const hasGap = ({ template }: Wish): boolean =>
  template !== undefined && openGap(template) !== undefined

/** What a person says for the next gap; further ones are asked for one after the other. */
export function withGap(wish: Wish, text: string, at: number): Wish {
  if (wish.template === undefined) return wish
  const said = [...text.replace(/\s+/g, ' ').trim()].slice(0, GAP_LENGTH).join('')
  if (said === '') return wish
  const template = { ...wish.template, filled: [...wish.template.filled, said] }
  return { ...wish, template, words: filledWords(template), at }
}

/** The kind of a file as far as it is known; a sticker may be a picture, a link anything. */
const kindOf = (file: MediaFile): MediaKind | 'unknown' => mediaKindOf(file) ?? 'unknown'

/** What a file is known by. */
const keyOf = ({ fileId, url = '' }: MediaFile): string => fileId ?? url

/** Whether a file must be looked into before it can be offered for anything; photos are Telegram's. */
export const needsLook = ({ looked }: Pick<Wish, 'looked'>, file: MediaFile): boolean =>
  (file.kind !== 'photo' || file.size === undefined) && !looked.includes(keyOf(file))

/** The next file to look into. */
export const unseenFile = (wish: Wish): MediaFile | undefined =>
  wish.files.find((file) => needsLook(wish, file))

/** The kind that a file is taken for until it was looked into. */
export const expectedKind = (file: MediaFile): MediaKind => mediaKindOf(file) ?? 'image'

/** Words of a person; what is nothing but links is files. The rest of a cut text is added. */
export function withText(wish: Wish, text: string, at: number): Wish {
  const pieces = text.trim().split(/\s+/)
  const links = pieces.filter(isLinkLike)
  const files = links.map((url): MediaFile => ({ kind: 'link', url: linkOf(url) }))
  const words = text
    .split(/(\s+)/)
    .filter((piece) => !isLinkLike(piece))
    .join('')
    .trim()
  const before = wish.words ?? ''
  const isRest = before.length > CUT_FROM && at - wish.at < REST_WITHIN_MS
  const next = words === '' ? wish.words : isRest ? `${before}\n${words}` : words
  return files.reduce((sofar, file) => withFile(sofar, { media: file }, at), {
    ...wish,
    words: next,
    at,
  })
}

const linkOf = (text: string): string => (/^www\./i.test(text) ? `https://${text}` : text)

/**
 * A file of a person, with the words under it. It joins those of its album, those sent in the same
 * moment, and those of other kinds; in place of an earlier one of its kind it is the newer choice.
 */
export function withFile(wish: Wish, attachment: Attachment, at: number): Wish {
  const { media, caption, groupId } = attachment
  const isSibling = groupId !== undefined && groupId === wish.album
  // While a file is looked into, nothing may take its place.
  const joins = isSibling || at - wish.at < TOGETHER_MS || unseenFile(wish) !== undefined
  const kept = joins ? wish.files : wish.files.filter((file) => kindOf(file) !== kindOf(media))
  const files = [...kept, media].slice(0, MOST_FILES)
  return {
    ...wish,
    ...messagesOf(wish, files, attachment),
    words: caption?.trim() || wish.words,
    files,
    album: groupId ?? null,
    at,
  }
}

/** The messages of the files that are kept. */
function messagesOf(
  { messages = {} }: Wish,
  files: readonly MediaFile[],
  { media, messageId }: Attachment,
): Pick<Wish, 'messages'> {
  const all = messageId === undefined ? messages : { ...messages, [keyOf(media)]: messageId }
  const keys = new Set(files.map(keyOf))
  const kept = Object.entries(all).filter(([key]) => keys.has(key))
  return kept.length === 0 ? {} : { messages: Object.fromEntries(kept) }
}

/** The message that a file of the wish came in, as far as it is known. */
export const messageOf = ({ messages }: Wish, file: MediaFile | undefined): number | undefined =>
  file && messages?.[keyOf(file)]

/** A file as it truly is; one that was replaced meanwhile changes nothing. */
export const withSeen = (wish: Wish, seen: MediaFile): Wish => ({
  ...wish,
  files: wish.files.map((file) => (keyOf(file) === keyOf(seen) ? seen : file)),
  looked: [...wish.looked, keyOf(seen)],
})

/** Without the file that could not be looked into. */
export const withoutFile = (wish: Wish, gone: MediaFile | undefined): Wish => ({
  ...wish,
  files: wish.files.filter((file) => file !== gone),
})
