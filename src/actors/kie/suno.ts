import { TerminalError } from '../../errors.ts'
import { buildRequest } from '../../machines/catalogue/payload.ts'
import { type Family, inMarketWords } from './family.ts'
import { firstOf, isJson, type Json, loosen, readNumber, readText } from './loose-json.ts'
import { findTaskId, parseTaskStatus, type TaskStatus, unwrap } from './status.ts'

const api = { endpoint: '/api/v1/generate', body: 'flat' } as const

/** One request makes two tracks: https://docs.kie.ai/suno-api/generate-music. */
const TRACKS_PER_TASK = 2

/**
 * `callbackType` as the state that record-info has at that moment, so that a stage is one stage
 * whoever tells it: https://docs.kie.ai/suno-api/generate-music-callbacks.
 */
const CALLBACK_STATES: ReadonlyMap<string, string> = new Map([
  ['text', 'TEXT_SUCCESS'],
  ['first', 'FIRST_SUCCESS'],
  ['complete', 'SUCCESS'],
  ['error', 'fail'],
])

/** The address of ours that the provider failed to call; it says nothing about the music. */
const CALLBACK_EXCEPTION = 'CALLBACK_EXCEPTION'

const listOf = (value: unknown): readonly Json[] => {
  const list = loosen(value)
  return Array.isArray(list) ? list.map((item) => loosen(item)).filter(isJson) : []
}

/** Finished tracks only: the link of a stream dies with the stream, and pictures are covers. */
const linksOf = (tracks: readonly Json[]): readonly string[] =>
  tracks.flatMap((track) => readText(track.audioUrl) ?? readText(track.audio_url) ?? [])

/** What record-info says (https://docs.kie.ai/suno-api/get-music-details), in camel case. */
const readRecord = (layers: readonly Json[], taskId: unknown): TaskStatus | undefined => {
  const data = layers.find((layer) => typeof layer.status === 'string')
  if (data === undefined) return undefined
  const response = loosen(data.response)
  const links = linksOf(listOf(isJson(response) ? response.sunoData : undefined))
  const word = String(data.status).trim()
  // The music may be there or still come; what never comes is ended by the job's own deadline.
  const isWhole = word.toUpperCase() === CALLBACK_EXCEPTION && links.length >= TRACKS_PER_TASK
  return inMarketWords({
    state: isWhole ? 'SUCCESS' : word,
    taskId,
    result: { resultUrls: links },
    failCode: data.errorCode,
    failMsg: data.errorMessage,
    credits: data.creditsConsumed,
  })
}

/** Reads a callback of this family, in snake case; undefined when the body is none. */
export const readSunoCallback = (body: unknown): TaskStatus | undefined => {
  const layers = unwrap(body)
  const data = layers.find((layer) => typeof layer.callbackType === 'string')
  if (data === undefined) return undefined
  const word = String(data.callbackType).trim().toLowerCase()
  const code = firstOf(layers, ['code'], readNumber)
  const state = code !== undefined && code !== 200 ? 'fail' : (CALLBACK_STATES.get(word) ?? word)
  return inMarketWords({
    state,
    taskId: findTaskId(body),
    ...(state === 'fail'
      ? { failCode: code === 200 ? undefined : code, failMsg: firstOf(layers, ['msg'], readText) }
      : { result: { resultUrls: linksOf(listOf(data.data)) } }),
  })
}

/**
 * Suno's own API: flat body, camel case when asked and snake case when told, several callbacks per
 * task of which the last counts. `callBackUrl` is required (422 "Please enter callBackUrl"), and
 * so without a public address nothing is ordered: a made-up address would hand the user's song to
 * whoever owns it, or lead the provider to report CALLBACK_EXCEPTION in place of success.
 */
export const suno: Family = {
  statusEndpoint: '/api/v1/generate/record-info',
  createRequest: ({ apiModel, input, callBackUrl }) => {
    if (callBackUrl === undefined)
      throw new TerminalError('kie.refused', { detail: 'This model needs a public callback URL.' })
    return buildRequest({ ...api, apiModel }, input, callBackUrl)
  },
  parseStatus: (body) => readRecord(unwrap(body), findTaskId(body)) ?? parseTaskStatus(body),
  parseCallback: (body) => readSunoCallback(body) ?? parseTaskStatus(body),
}
