import type { ReaderFacts } from '../../machines/catalogue/family-facts.ts'
import { firstOf, isJson, type Json, loosen, readNumber, readText } from './loose-json.ts'
import { collectResults } from './results.ts'
import { findTaskId, parseTaskStatus, type TaskStatus, unwrap } from './status.ts'

/**
 * Reads a body as the family's file says; undefined when it is not of this dialect. Whatever the
 * family calls its states and results is put into the common family's words, so that one parser
 * decides for all what a task's end looks like, which links are results and how a reason is cleaned.
 * Times are left out: those of other families are text without a zone. Never throws.
 */
export function readAs(facts: ReaderFacts, body: unknown): TaskStatus | undefined {
  const layers = unwrap(body)
  const data = layers.find((layer) => facts.marks.some((key) => isMark(facts, layer, key)))
  if (data === undefined) return undefined
  const code = firstOf(layers, ['code'], readNumber)
  const results = resultsOf(facts, data)
  const state = stateOf(facts, data, { code, count: linkCount(results) })
  if (state === undefined) return undefined
  const isFailure = facts.code !== undefined && state === 'fail'
  return parseTaskStatus({
    data: {
      taskId: data.taskId ?? data.task_id ?? findTaskId(body),
      state,
      resultJson: isFailure ? '' : results,
      failCode: data.errorCode ?? (code === 200 || !isFailure ? undefined : code),
      failMsg:
        readText(data.errorMessage) ??
        (isFailure ? firstOf(layers, ['msg', 'message'], readText) : undefined),
      creditsConsumed: data.creditsConsumed,
    },
  })
}

/** The key of the state is a mark only where it holds a word or number. */
const isMark = (facts: ReaderFacts, layer: Json, key: string): boolean =>
  Object.hasOwn(layer, key) && (key !== facts.state || readText(layer[key]) !== undefined)

/** The state in common words; undefined where neither a key nor the code says it. */
function stateOf(
  facts: ReaderFacts,
  data: Json,
  { code, count }: { code: number | undefined; count: number },
): string | undefined {
  if (facts.code === 'decides')
    return code === undefined ? undefined : code === 200 ? 'success' : 'fail'
  if (facts.code === 'fails' && code !== undefined && code !== 200) return 'fail'
  const value = data[facts.state ?? '']
  const word = readText(value) ?? ''
  const enough = Object.entries(facts.whole ?? {}).some(
    ([state, least]) => same(state, word) && count >= least,
  )
  if (enough) return 'success'
  const known = Object.entries(facts.words ?? {}).find(([state]) => same(state, word))?.[1]
  // A number alone would be no word that a log or a table could know it by.
  return known ?? (readNumber(value) === undefined ? word : `flag_${word}`)
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/** The first of the places where a link stands. */
function resultsOf({ results, links }: ReaderFacts, data: Json): unknown {
  const found = results.map((place) => listed(at(data, place), links))
  return found.find((value) => linkCount(value) > 0) ?? {}
}

const linkCount = (value: unknown): number => collectResults(loosen(value)).urls.length

function at(data: Json, place: string): unknown {
  return place.split('.').reduce<unknown>((value, key) => {
    const loose = loosen(value)
    return isJson(loose) && Object.hasOwn(loose, key) ? loose[key] : undefined
  }, data)
}

/** Of a list of tracks only the finished sound: streams end, and pictures are covers. */
function listed(value: unknown, links: readonly string[] | undefined): unknown {
  const loose = loosen(value)
  if (links === undefined) return Array.isArray(loose) ? { resultUrls: loose } : loose
  const entries = Array.isArray(loose) ? loose.map((item) => loosen(item)).filter(isJson) : []
  return { resultUrls: entries.flatMap((item) => firstOf([item], links, readText) ?? []) }
}
