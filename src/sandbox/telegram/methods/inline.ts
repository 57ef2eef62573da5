import { badRequest } from '../api-error.ts'
import { type Args, isObject, jsonArg, textArg } from '../args.ts'
import type { FormattedText } from '../entities.ts'
import type { MediaKind } from '../files.ts'
import { inputFile } from '../input-file.ts'
import { replyMarkup } from '../keyboard.ts'
import { LIMITS, TIMES } from '../limits.ts'
import type { MethodCall, Methods } from '../method.ts'
import type { InlineResult } from '../model.ts'
import { checkedCaption, messageText } from '../text.ts'
import { mediaOf } from './send-media.ts'

const failure = (text: string) => badRequest(`Can't parse inline query result: ${text}`)

/** Types that show a file, by the field that names it; all others need a text of their own. */
const FILE_FIELDS: Record<string, readonly string[]> = {
  photo: ['photo_file_id', 'photo_url'],
  video: ['video_file_id', 'video_url'],
  gif: ['gif_file_id', 'gif_url'],
  mpeg4_gif: ['mpeg4_file_id', 'mpeg4_url'],
  audio: ['audio_file_id', 'audio_url'],
  voice: ['voice_file_id', 'voice_url'],
  document: ['document_file_id', 'document_url'],
  sticker: ['sticker_file_id'],
}
const KIND_OF: Record<string, MediaKind> = { gif: 'animation', mpeg4_gif: 'animation' }
const WORDS_ONLY = new Set(['article', 'location', 'venue', 'contact', 'game'])

const argsOf = (value: Record<string, unknown>): Args => ({
  values: new Map(
    Object.entries(value).map(([name, one]) => [
      name,
      typeof one === 'string' ? one : JSON.stringify(one),
    ]),
  ),
  files: new Map(),
})

function textOf(value: Record<string, unknown>): FormattedText | undefined {
  const content = value.input_message_content
  if (content === undefined) return undefined
  if (!isObject(content)) throw failure('Field "input_message_content" must be of type Object')
  const { message_text, parse_mode, entities } = content
  return messageText(argsOf({ text: message_text ?? '', parse_mode: parse_mode ?? '', entities }))
}

async function resultOf({ world, bot }: MethodCall, value: unknown): Promise<InlineResult> {
  if (!isObject(value)) throw failure('Object expected')
  const { type, id } = value
  if (typeof type !== 'string') throw failure('Can\'t find field "type"')
  if (typeof id !== 'string' && typeof id !== 'number') throw failure('Can\'t find field "id"')
  if (Buffer.byteLength(String(id)) < 1 || Buffer.byteLength(String(id)) > 64)
    throw badRequest('RESULT_ID_INVALID')
  const fields = FILE_FIELDS[type]
  if (!fields && !WORDS_ONLY.has(type)) throw failure('invalid result type specified')
  const args = argsOf(value)
  const reference = fields?.map((name) => textArg(args, name)).find((one) => one !== '') ?? ''
  if (fields && reference === '') throw failure(`Can't find field "${fields.at(-1)}"`)
  const kind = KIND_OF[type] ?? (type as MediaKind)
  const file = fields && (await inputFile(world, bot, args, { kind, reference }))
  const text = textOf(value)
  if (!file && !text) throw badRequest('input message content must be specified')
  return {
    id: String(id),
    title: textArg(args, 'title'),
    description: textArg(args, 'description'),
    text,
    media: file && !text ? mediaOf(file, args) : undefined,
    caption: checkedCaption({
      text: textArg(args, 'caption'),
      parseMode: textArg(args, 'parse_mode'),
      entities: value.caption_entities,
    }),
    keyboard: replyMarkup(args).inline,
  }
}

/** https://core.telegram.org/bots/api#inlinequeryresultsbutton: leads to the bot, or to a Mini App. */
function checkButton(value: unknown): void {
  if (value === undefined) return
  const bad = (text: string) => badRequest(`Can't parse inline query results button: ${text}`)
  if (!isObject(value)) throw bad('expected an Object')
  if (typeof value.text !== 'string') throw bad('Can\'t find field "text"')
  const { start_parameter: start, web_app: app } = value
  if ((start === undefined) === (app === undefined)) throw bad('exactly one action is needed')
  if (start !== undefined && !/^[\w-]{1,64}$/.test(String(start)))
    throw badRequest('START_PARAM_INVALID')
}

const TOO_OLD = 'query is too old and response timeout expired or query ID is invalid'

/** https://core.telegram.org/bots/api#answerinlinequery: at most 50 results, each with its own id. */
async function answerInlineQuery(call: MethodCall): Promise<boolean> {
  const { world, bot, args } = call
  const list = jsonArg(args, 'results', 'inline query results')
  if (!Array.isArray(list)) throw badRequest('Expected an Array of inline query results')
  if (list.length > LIMITS.inlineResults) throw badRequest('RESULTS_TOO_MUCH')
  checkButton(jsonArg(args, 'button', 'inline query results button'))
  const results: InlineResult[] = []
  for (const value of list) results.push(await resultOf(call, value))
  if (new Set(results.map(({ id }) => id)).size < results.length)
    throw badRequest('RESULT_ID_DUPLICATE')
  const query = bot.inlineQueries.get(textArg(args, 'inline_query_id'))
  const isLate = !query || world.now() - query.createdAt > TIMES.inlineAnswerMs
  if (isLate || query.results) throw badRequest(TOO_OLD)
  query.results = results
  world.events.emit('change')
  return true
}

export const inlineMethods: Methods = { answerInlineQuery }
