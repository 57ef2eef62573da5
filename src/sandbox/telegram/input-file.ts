import { badRequest } from './api-error.ts'
import { type Args, textArg, type UploadedFile } from './args.ts'
import type { MediaKind } from './files.ts'
import { imageFacts } from './images.ts'
import { LIMITS } from './limits.ts'
import { type CheckedFile, checkFile } from './media-check.ts'
import type { Bot, World } from './model.ts'
import { fetchLoopback } from './url-fetch.ts'

/** Names of file types in the server's errors. */
const TYPE_NAMES: Record<MediaKind, string> = {
  photo: 'Photo',
  video: 'Video',
  audio: 'Audio',
  voice: 'VoiceNote',
  animation: 'Animation',
  document: 'Document',
  video_note: 'VideoNote',
  sticker: 'Sticker',
}

const wrongFile = () => badRequest('wrong file identifier/HTTP URL specified')

const wrongType = () => badRequest('Wrong type of the web page content')

function byFileId(bot: Bot, kind: MediaKind, fileId: string): CheckedFile {
  const handle = bot.files.byId(fileId)
  if (!handle) throw wrongFile()
  if (handle.kind !== kind)
    throw badRequest(`can't use file of type ${TYPE_NAMES[handle.kind]} as ${TYPE_NAMES[kind]}`)
  const { width, height } = imageFacts(handle.file.bytes) ?? { width: 0, height: 0 }
  return { kind, file: handle.file, width, height, isById: true }
}

async function byUrl(world: World, kind: MediaKind, url: string): Promise<CheckedFile> {
  const limit = kind === 'photo' ? LIMITS.urlPhotoBytes : LIMITS.urlFileBytes
  const { bytes, fileName } = await fetchLoopback(url, limit)
  if (kind === 'photo' && !imageFacts(bytes)) throw wrongType()
  const checked = await checkFile(world.files, kind, { bytes, fileName })
  if (checked.kind !== kind && kind !== 'document') throw wrongType()
  return checked
}

const upload = (world: World, kind: MediaKind, { bytes, fileName }: UploadedFile) =>
  checkFile(world.files, kind, { bytes, fileName })

interface InputFile {
  readonly kind: MediaKind
  /** A file_id, a URL, `attach://name` or nothing. */
  readonly reference: string
  /** The multipart field that may hold the file itself. */
  readonly field?: string
}

/** Finds the file of a request; undefined when the request names none. */
export async function inputFile(
  world: World,
  bot: Bot,
  args: Args,
  { kind, reference, field }: InputFile,
): Promise<CheckedFile | undefined> {
  const attached = field === undefined ? undefined : args.files.get(field)
  if (attached) return upload(world, kind, attached)
  if (reference.startsWith('attach://')) {
    const part = args.files.get(reference.slice('attach://'.length))
    return part && upload(world, kind, part)
  }
  if (reference === '') return undefined
  if (/^https?:\/\//i.test(reference)) return byUrl(world, kind, reference)
  return byFileId(bot, kind, reference)
}

/** The file parameter of a send method, required. */
export async function requiredFile(world: World, bot: Bot, args: Args, kind: MediaKind) {
  const file = await inputFile(world, bot, args, {
    kind,
    reference: textArg(args, kind),
    field: kind,
  })
  if (!file) throw badRequest(`There is no ${kind} in the request`)
  return file
}
