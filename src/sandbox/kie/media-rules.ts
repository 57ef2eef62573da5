import type { Model } from '../../machines/catalogue/catalogue.ts'
import type { FieldSchema } from '../../machines/catalogue/schema.ts'
import { dimensionsOf } from './media/dimensions.ts'
import { isSoundAlone, secondsOf } from './media/duration.ts'
import { plainMime } from './mime.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { SourcePicture } from './task.ts'
import { brokenRule, type Violation, withoutToken } from './violations.ts'

/** What a create request may point to. */
export interface MediaRules {
  /** Addresses only, before the schema looks at them: a leaked token must not pass unnoticed. */
  checkLinks(model: Model, input: unknown): Refusal | undefined
  /** Fetches our own files like KIE does, checks and measures them. */
  fetchMedia(model: Model, input: Readonly<Record<string, unknown>>): Promise<Refusal | Fetched>
}

/** What the given files are. */
export interface Fetched {
  /** The first of the pictures. */
  readonly picture: SourcePicture | undefined
  /** How long the films and sounds of each field play in all; nothing where that is unknown. */
  readonly seconds: Readonly<Record<string, number>>
}

/** Rules for media addresses; files elsewhere on the internet (https) are taken on trust. */
export function createMediaRules(deps: {
  now: () => number
  ownUrl: () => string
  signal: AbortSignal
  violated: (violation: Violation) => void
}): MediaRules {
  async function fetchOwn(url: string, field: FieldSchema): Promise<Refusal | SourcePicture> {
    const response = await fetch(url, { signal: deps.signal, redirect: 'error' })
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (!response.ok) return refuse(422, 'The file could not be fetched')
    const mime = await trueMime(plainMime(response.headers.get('content-type') ?? ''), bytes)
    return unfit(field, mime, bytes) ?? { mime, bytes }
  }
  return {
    checkLinks(model, input) {
      for (const { name, value } of mediaOf(model, input)) {
        const kind = brokenRule(value, deps.ownUrl())
        if (!kind) continue
        const where = `${model.apiModel} ${name}`
        deps.violated({ at: deps.now(), kind, where, value: withoutToken(value) })
        return refuse(422, 'File type not supported')
      }
      return undefined
    },
    async fetchMedia(model, input) {
      let picture: SourcePicture | undefined
      const seconds: Record<string, number> = {}
      for (const { name, field, value } of mediaOf(model, input)) {
        if (!value.startsWith(`${deps.ownUrl()}/`)) continue
        const fetched = await fetchOwn(value, field)
        if ('refused' in fetched) return fetched
        if (fetched.mime.startsWith('image/')) picture ??= fetched
        const length = await secondsOf(fetched.bytes, fetched.mime)
        if (length > 0) seconds[name] = (seconds[name] ?? 0) + length
        else if (isBilledByLength(model, name)) {
          return refuse(422, 'The duration of the file could not be read')
        }
      }
      return { picture, seconds }
    },
  }
}

/** Whether KIE bills by how long the files of this field play. */
const isBilledByLength = ({ price }: Model, name: string): boolean =>
  price.parts.some(({ quantity }) =>
    [quantity, ...(quantity?.add ?? [])].some(
      (term) => term?.media_field === name && term.measure !== 'files',
    ),
  )

/** Films are named by their container; one without pictures is sound. */
const trueMime = async (mime: string, bytes: Uint8Array): Promise<string> =>
  mime.startsWith('video/') && (await isSoundAlone(bytes)) ? mime.replace('video', 'audio') : mime

function mediaOf(model: Model, input: unknown) {
  if (typeof input !== 'object' || input === null) return []
  const given = input as Record<string, unknown>
  return Object.entries(model.input.properties)
    .filter(([, field]) => field['x-media'])
    .flatMap(([name, field]) =>
      [given[name]]
        .flat()
        .flatMap((v) => (typeof v === 'string' ? [{ name, field, value: v }] : [])),
    )
}

function unfit(field: FieldSchema, mime: string, bytes: Uint8Array): Refusal | undefined {
  const accepted = field['x-accept']?.map(plainMime)
  const kind = field['x-media']
  const fits = accepted ? accepted.includes(mime) : kind === 'link' || mime.startsWith(`${kind}/`)
  if (!fits) return refuse(422, 'File type not supported')
  const maxMb = field['x-max-size-mb'] ?? Number.POSITIVE_INFINITY
  if (bytes.length > maxMb * 1024 * 1024) return refuse(422, `The file is larger than ${maxMb} MB`)
  const limits = field['x-image-limits']
  const size = limits && dimensionsOf(bytes)
  if (!size) return undefined
  const { width, height } = size
  const tooSmall = Math.min(width, height) < (limits.min_side_px ?? 0)
  const tooLarge =
    Math.max(width, height) > (limits.max_side_px ?? Number.POSITIVE_INFINITY) ||
    width * height > (limits.max_megapixels ?? Number.POSITIVE_INFINITY) * 1_000_000
  return tooSmall || tooLarge ? refuse(422, 'The size of the picture is not supported') : undefined
}
