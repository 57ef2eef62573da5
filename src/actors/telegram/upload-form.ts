import type { Readable } from 'node:stream'

/** A file to upload; the name's extension is what Telegram shows to the user. */
export interface InputFile {
  readonly source: Uint8Array | Readable
  readonly filename: string
}

type Fields = Record<string, unknown>

/** Whether a file goes with a call, which then has to be sent as a form. Keyboards hold none. */
export const carriesFile = (payload: Fields): boolean =>
  Object.entries(payload).some(([name, value]) => name !== 'reply_markup' && holdsFile(value))

/**
 * The fields of a form, each a plain value or a file: files inside nested media become parts of their own
 * (`attach://`) and objects JSON (https://core.telegram.org/bots/api#sending-files). `streams` are the
 * sources that have to be read to their end or destroyed.
 */
export function toForm(payload: Fields): { fields: Fields; streams: Readable[] } {
  const parts: Fields = {}
  const streams: Readable[] = []
  const toPart = ({ source, filename }: InputFile) => {
    if (!(source instanceof Uint8Array)) streams.push(source)
    return { source: toSource(source), filename: filename.replace(/[\r\n"\\]/g, '_') }
  }
  const lift = (value: unknown): unknown => {
    if (isInputFile(value)) {
      const name = `file${Object.keys(parts).length}`
      parts[name] = toPart(value)
      return `attach://${name}`
    }
    if (Array.isArray(value)) return value.map(lift)
    return isObject(value) ? mapFields(value, lift) : value
  }
  const fields = mapFields(payload, (value) => {
    if (isInputFile(value)) return toPart(value)
    return isObject(value) ? JSON.stringify(lift(value)) : value
  })
  return { fields: { ...fields, ...parts }, streams }
}

const toSource = (source: Uint8Array | Readable) =>
  source instanceof Uint8Array
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : source

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const isInputFile = (value: unknown): value is InputFile =>
  isObject(value) &&
  (value.source instanceof Uint8Array || (isObject(value.source) && 'pipe' in value.source))

const holdsFile = (value: unknown): boolean =>
  isInputFile(value) || (isObject(value) && Object.values(value).some(holdsFile))

const mapFields = (fields: Fields, map: (value: unknown) => unknown): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [[key, map(value)]],
    ),
  )
