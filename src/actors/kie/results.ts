import { isJson, type Json, loosen, readText } from './loose-json.ts'

/** What a finished task made: links in their order, or words (speech to text). */
export interface Results {
  readonly urls: readonly string[]
  readonly text?: string
}

/** Where the official pages put results: https://docs.kie.ai/market/common/get-task-detail.md. */
const RESULT_KEYS = new Set(['resultUrls', 'result_urls', 'audio_url', 'resultObject'])

/** Where answers seen in the field had them; asked only when the official places are empty. */
const OTHER_KEYS = new Set(
  'resultUrl result_url urls url images videos audioUrl video_url videoUrl'.split(' '),
)

/** The request comes back beside the result; its links are the user's own pictures. */
const REQUEST_KEYS = new Set('param paramJson promptJson input resultWaterMarkUrls'.split(' '))

const TEXT_KEYS = ['text', 'transcript', 'transcription', 'content', 'result']

/** Answers are flat; the limit keeps hostile nesting from filling the stack. */
const MAX_DEPTH = 12

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** True for a link that could be fetched: https, or http to this very machine (the sandbox). */
export const isFetchable = (text: string): boolean => {
  if (/[\s\p{Cc}]/u.test(text) || !text.isWellFormed() || !URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))
}

const childrenOf = (value: unknown): readonly (readonly [string, unknown])[] => {
  if (Array.isArray(value)) return value.map((item) => ['', item] as const)
  return isJson(value) ? Object.entries(value) : []
}

const linksIn = (value: unknown, depth: number): string[] => {
  const loose = loosen(value)
  if (typeof loose === 'string') return isFetchable(loose.trim()) ? [loose.trim()] : []
  return depth === 0 ? [] : childrenOf(loose).flatMap(([, child]) => linksIn(child, depth - 1))
}

const collectLinks = (value: unknown, keys: ReadonlySet<string>, depth: number): string[] =>
  depth === 0
    ? []
    : childrenOf(loosen(value)).flatMap(([key, child]) => {
        if (REQUEST_KEYS.has(key)) return []
        return keys.has(key) ? linksIn(child, depth - 1) : collectLinks(child, keys, depth - 1)
      })

/** A result that is nothing but a link or a list of links. */
const bareLinks = (result: unknown): string[] => (isJson(result) ? [] : linksIn(result, 1))

const findObject = (value: unknown, depth: number): unknown => {
  const loose = loosen(value)
  if (depth === 0 || !isJson(loose)) return undefined
  if (Object.hasOwn(loose, 'resultObject')) return loosen(loose.resultObject)
  for (const [key, child] of Object.entries(loose)) {
    const found = REQUEST_KEYS.has(key) ? undefined : findObject(child, depth - 1)
    if (found !== undefined) return found
  }
  return undefined
}

const wordsOf = (object: Json): string | undefined => {
  for (const key of TEXT_KEYS) {
    const text = Object.hasOwn(object, key) ? readText(object[key]) : undefined
    if (text !== undefined && !isFetchable(text)) return text
  }
  return undefined
}

const textOf = (object: unknown, hasLinks: boolean): string | undefined => {
  const text = readText(object)
  if (text !== undefined) return isFetchable(text) ? undefined : text
  if (!isJson(object)) return undefined
  const words = wordsOf(object)
  if (words !== undefined || hasLinks || Object.keys(object).length === 0) return words
  try {
    return JSON.stringify(object, null, 2)
  } catch {
    return undefined // nested beyond what the stack holds
  }
}

/** Everything usable in a result of any family, in order and without doubles; never throws. */
export const collectResults = (result: unknown): Results => {
  const official = collectLinks(result, RESULT_KEYS, MAX_DEPTH)
  const found = official.length > 0 ? official : collectLinks(result, OTHER_KEYS, MAX_DEPTH)
  const links = found.length > 0 ? found : bareLinks(loosen(result))
  const text = textOf(findObject(result, MAX_DEPTH), links.length > 0)
  return { urls: [...new Set(links)], ...(text === undefined ? {} : { text }) }
}
