import type { Readable } from 'node:stream'

/** A file to upload; the name's extension is what Telegram shows to the user. */
export interface InputFile {
  readonly source: Uint8Array | Readable
  readonly filename: string
}

type Fields = Record<string, unknown>

/**
 * A payload in a form that telegraf 4.16.3 sends unharmed. With a file in it the call becomes
 * multipart, where telegraf drops object fields it doesn't know (github.com/telegraf/telegraf #2094)
 * and files inside nested media: so nested files become top-level parts (`attach://`) and objects
 * become JSON here. `{url}` objects are hidden too: telegraf would download them itself.
 */
export function toWire(payload: Fields): { fields: Fields; streams: Readable[] } {
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
    return isObject(value) ? mapFields(value, (_, field) => lift(field)) : value
  }
  if (!hasFile(payload)) return { fields: mapFields(payload, hideUrl), streams }
  const fields = mapFields(payload, (_, value) => {
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

const hasFile = (value: unknown): boolean =>
  isInputFile(value) || (isObject(value) && Object.values(value).some(hasFile))

const hideUrl = (key: string, value: unknown) =>
  key !== 'link_preview_options' && isObject(value) && ('url' in value || 'source' in value)
    ? JSON.stringify(value)
    : value

const mapFields = (fields: Fields, map: (key: string, value: unknown) => unknown): Fields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [[key, map(key, value)]],
    ),
  )
