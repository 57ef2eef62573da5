import { badRequest } from '../api-error.ts'
import { type Args, booleanArg, integerArg, isObject, requiredArg, textArg } from '../args.ts'
import { writableChat } from '../chat-lookup.ts'
import type { FormattedText } from '../entities.ts'
import type { MediaKind } from '../files.ts'
import { inputFile, requiredFile } from '../input-file.ts'
import { LIMITS } from '../limits.ts'
import type { CheckedFile } from '../media-check.ts'
import { messageJson } from '../message-json.ts'
import { appendMessage } from '../messages.ts'
import type { MethodCall, Methods } from '../method.ts'
import type { Media } from '../model.ts'
import { checkedCaption, messageCaption } from '../text.ts'
import { deliver, frameOf } from './send-message.ts'

const BIG = 2 ** 31 - 1

/** Without a length the server says 240, https://core.telegram.org/bots/api#sendvideonote */
const noteSide = (args: Args) => integerArg(args, 'length', 0, 0, LIMITS.videoNoteSide) || 240

/** A checked file with the facts that the caller gave about it. */
export function mediaOf(checked: CheckedFile, args: Args): Media {
  const { kind, file, width, height, isById = false } = checked
  const given = (name: string) => integerArg(args, name, 0, 0, BIG)
  return {
    kind,
    file,
    // The server measures pictures itself and believes the caller about the rest.
    isById,
    width: width || given('width') || (kind === 'video_note' ? noteSide(args) : 0),
    height: height || given('height'),
    duration: given('duration'),
    title: textArg(args, 'title'),
    performer: textArg(args, 'performer'),
    emoji: textArg(args, 'emoji'),
    hasSpoiler: booleanArg(args, 'has_spoiler'),
  }
}

/** Kinds that carry no caption. */
const WORDLESS: ReadonlySet<MediaKind> = new Set(['video_note', 'sticker'])
const NO_CAPTION: FormattedText = { text: '', entities: [] }

const sendMedia =
  (kind: MediaKind) =>
  async (call: MethodCall): Promise<unknown> => {
    const { world, bot, args } = call
    const caption = WORDLESS.has(kind) ? NO_CAPTION : messageCaption(args)
    writableChat(world, bot, args)
    const media = mediaOf(await requiredFile(world, bot, args, kind), args)
    return deliver(call, { media, caption })
  }

const KINDS: readonly string[] = ['photo', 'video', 'animation', 'audio', 'document']

export interface InputMedia {
  readonly media: Media
  readonly caption: FormattedText
}

const failure = (text: string) => badRequest(`Can't parse InputMedia: ${text}`)

/** One InputMedia object of an album or of editMessageMedia. */
export async function inputMedia(
  { world, bot, args }: MethodCall,
  value: unknown,
  forAlbum: boolean,
): Promise<InputMedia> {
  if (!isObject(value)) throw failure('expected an Object')
  const { type, media: reference } = value
  if (typeof type !== 'string') throw failure('Can\'t find field "type"')
  if (forAlbum && type === 'animation')
    throw failure('type "animation" can\'t be used in sendMediaGroup')
  if (!KINDS.includes(type)) throw failure(`type "${type}" is unsupported`)
  const caption = checkedCaption({
    text: String(value.caption ?? ''),
    parseMode: String(value.parse_mode ?? ''),
    entities: value.caption_entities,
  })
  const file = await inputFile(world, bot, args, {
    kind: type as MediaKind,
    reference: typeof reference === 'string' ? reference : '',
  })
  if (!file) throw failure('media not found')
  const facts = new Map(Object.entries(value).map(([name, fact]) => [name, String(fact)]))
  return { media: mediaOf(file, { values: facts, files: new Map() }), caption }
}

function parseMedia(args: Args): unknown {
  const raw = requiredArg(args, 'media')
  try {
    return JSON.parse(raw)
  } catch {
    throw badRequest("Can't parse media JSON object")
  }
}

/** The single `media` parameter of editMessageMedia. */
export const singleMedia = (call: MethodCall): Promise<InputMedia> =>
  inputMedia(call, parseMedia(call.args), false)

/** Photos and videos mix; documents and audio stay among themselves. */
function checkMix(items: readonly InputMedia[]): void {
  const kinds = new Set(items.map(({ media }) => media.kind))
  const alone = [...kinds].find((kind) => kind === 'document' || kind === 'audio')
  if (kinds.size > 1 && alone)
    throw badRequest(
      `${alone === 'audio' ? 'Audio' : 'Document'} can't be mixed with other media types`,
    )
}

async function sendMediaGroup(call: MethodCall): Promise<unknown> {
  const { world, bot, args } = call
  const list = parseMedia(args)
  if (!Array.isArray(list)) throw badRequest('Expected an Array of InputMedia')
  if (list.length === 0) throw badRequest('There are no messages to send')
  if (list.length > LIMITS.albumItems.max) throw badRequest('Too many messages to send as an album')
  // Documented as 2-10; the real server lets a single one through, which no caller may rely on.
  if (list.length < LIMITS.albumItems.min) throw badRequest('media group must include 2-10 items')
  const chat = writableChat(world, bot, args)
  const items: InputMedia[] = []
  for (const value of list) items.push(await inputMedia(call, value, true))
  checkMix(items)
  const { frame } = frameOf(call)
  const groupId = `1399${world.now()}${chat.nextMessageId}`
  return items
    .map((item) => appendMessage(world, bot, chat, { from: 'bot', groupId, ...frame, ...item }))
    .map((message) => messageJson(bot, chat, message))
}

export const sendMediaMethods: Methods = {
  sendPhoto: sendMedia('photo'),
  sendVideo: sendMedia('video'),
  sendAudio: sendMedia('audio'),
  sendVoice: sendMedia('voice'),
  sendAnimation: sendMedia('animation'),
  sendDocument: sendMedia('document'),
  sendVideoNote: sendMedia('video_note'),
  sendSticker: sendMedia('sticker'),
  sendMediaGroup,
}
