import { badRequest } from './api-error.ts'

/** A file part of a multipart request. */
export interface UploadedFile {
  readonly bytes: Buffer
  readonly fileName: string
  readonly mime: string
}

/** The parameters of one call as the server sees them: everything is text. */
export interface Args {
  readonly values: ReadonlyMap<string, string>
  readonly files: ReadonlyMap<string, UploadedFile>
}

/** The parameter's text, empty when absent. */
export const textArg = (args: Args, name: string): string => args.values.get(name) ?? ''

/** The parameter's text or the server's complaint about a missing one. */
export function requiredArg(args: Args, name: string): string {
  const value = textArg(args, name)
  if (value === '') throw badRequest(`Parameter "${name}" is required`)
  return value
}

/** Leading digits count and garbage is 0, then the value is clamped, like in the real server. */
export function integerArg(args: Args, name: string, fallback: number, min: number, max: number) {
  const raw = textArg(args, name)
  const value = raw === '' ? fallback : Number.parseInt(raw, 10) || 0
  return Math.min(max, Math.max(min, value))
}

/** `true`, `yes` and `1` in any case are true; everything else is false. */
export const booleanArg = (args: Args, name: string): boolean =>
  ['true', 'yes', '1'].includes(textArg(args, name).trim().toLowerCase())

/** The parameter parsed as JSON, undefined when absent; `what` names it in the error. */
export function jsonArg(args: Args, name: string, what: string): unknown {
  const raw = textArg(args, name)
  if (raw === '') return undefined
  try {
    return JSON.parse(raw)
  } catch {
    throw badRequest(`Can't parse ${what} JSON object`)
  }
}

/** Narrows parsed JSON to an object. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const JSON_PARAMETERS = new Set([
  'reply_markup',
  'media',
  'entities',
  'caption_entities',
  'reply_parameters',
  'link_preview_options',
  'allowed_updates',
  'commands',
  'scope',
  'prices',
  'message_ids',
])

const readable = (name: string, value: string): unknown => {
  if (!JSON_PARAMETERS.has(name)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** The call's parameters for a log: JSON parameters decoded, files without their bytes. */
export function payloadOf(args: Args): Record<string, unknown> {
  const payload: Record<string, unknown> = {}
  for (const [name, value] of args.values) payload[name] = readable(name, value)
  for (const [name, file] of args.files)
    payload[name] ??= { fileName: file.fileName, mime: file.mime, size: file.bytes.length }
  return payload
}
