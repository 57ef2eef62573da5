import { buildRequest } from '../../machines/catalogue/payload.ts'
import { type Family, inMarketWords } from './family.ts'
import { firstOf, type Json, loosen, readNumber, readText } from './loose-json.ts'
import { collectResults } from './results.ts'
import { parseTaskStatus, type TaskStatus, unwrap } from './status.ts'

const api = { endpoint: '/api/v1/veo/generate', body: 'flat' } as const

/** `successFlag` in words: https://docs.kie.ai/veo3-api/get-veo-3-video-details. */
const FLAGS: ReadonlyMap<number, string> = new Map([
  [0, 'generating'],
  [1, 'success'],
  [2, 'fail'],
  [3, 'fail'],
])

/** Fields that only this family's callbacks have. */
const CALLBACK_KEYS = ['info', 'promptJson', 'fallbackFlag']

/** The links stand in `response` or `info`, or right in `data`, as a list or as JSON text. */
const resultOf = (data: Json): unknown =>
  [data.response, data.info].find((part) => collectResults(loosen(part)).urls.length > 0) ?? {
    resultUrls: data.resultUrls,
  }

/** Times come as text without a zone: they are left out, since hours may be missing from them. */
const found = (data: Json, state: string): TaskStatus =>
  inMarketWords({
    state,
    taskId: data.taskId ?? data.task_id,
    result: resultOf(data),
    failCode: data.errorCode,
    failMsg: data.errorMessage,
    credits: data.creditsConsumed,
  })

/** What a body says that carries `successFlag`. */
const readFlag = (layers: readonly Json[]): TaskStatus | undefined => {
  const data = layers.find((layer) => Object.hasOwn(layer, 'successFlag'))
  const flag = readNumber(data?.successFlag)
  if (data === undefined || flag === undefined) return undefined
  return found(data, FLAGS.get(flag) ?? `flag_${flag}`)
}

/** A callback has no state: it comes once, at the end, and only code 200 is success. */
const readCode = (layers: readonly Json[]): TaskStatus | undefined => {
  const code = firstOf(layers, ['code'], readNumber)
  const data = layers.find((layer) => CALLBACK_KEYS.some((key) => Object.hasOwn(layer, key)))
  if (code === undefined || data === undefined) return undefined
  if (code === 200) return found(data, 'success')
  return inMarketWords({
    state: 'fail',
    taskId: data.taskId ?? data.task_id,
    failCode: code,
    failMsg: firstOf(layers, ['msg', 'message'], readText),
  })
}

/** Reads a callback of this family; undefined when the body is none. */
export const readVeoCallback = (body: unknown): TaskStatus | undefined => {
  const layers = unwrap(body)
  return readFlag(layers) ?? readCode(layers)
}

/**
 * Veo's own API: flat body, own status endpoint, a number for the state, and a callback without
 * any (https://docs.kie.ai/veo3-api/generate-veo-3-video-callbacks). The docs call it old: what it
 * answers in the market family's shape is read like that.
 */
export const veo: Family = {
  statusEndpoint: '/api/v1/veo/record-info',
  createRequest: ({ apiModel, input, callBackUrl }) =>
    buildRequest({ ...api, apiModel }, input, callBackUrl),
  parseStatus: (body) => readFlag(unwrap(body)) ?? parseTaskStatus(body),
  parseCallback: (body) => readVeoCallback(body) ?? parseTaskStatus(body),
}
