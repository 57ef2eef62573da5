import type { Context } from 'koa'
import { z } from 'zod'
import { readBody } from '../telegram/read-body.ts'
import { ConsoleError } from './console-error.ts'
import type { Page } from './contract.ts'

const MAX_BODY_BYTES = 64 * 1024
const MAX_TEXT = 400
const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200

const invalid = (what: string) => new ConsoleError(400, 'console.invalid', what)

/** A parameter of the query; absent, empty or repeated: undefined. */
export function textParam({ query }: Context, name: string): string | undefined {
  const value = query[name]
  if (typeof value !== 'string' || value === '') return undefined
  if (value.length > MAX_TEXT || !value.isWellFormed() || value.includes('\0')) throw invalid(name)
  return value
}

/** A whole number of the query, from 0 up. */
export function numberParam(context: Context, name: string): number | undefined {
  const value = textParam(context, name)
  if (value === undefined) return undefined
  const number = Number(value)
  if (!/^\d{1,15}$/.test(value) || !Number.isSafeInteger(number)) throw invalid(name)
  return number
}

/** `?limit=` within bounds. */
export const limitParam = (context: Context, most = MAX_LIMIT): number =>
  Math.min(most, Math.max(1, numberParam(context, 'limit') ?? Math.min(DEFAULT_LIMIT, most)))

/** The place that `pageOf` put into a cursor, or null for the first page. */
export function cursorParam<T>(context: Context, schema: z.ZodType<T>): T | null {
  const value = textParam(context, 'cursor')
  if (value === undefined) return null
  try {
    return schema.parse(JSON.parse(Buffer.from(value, 'base64url').toString()))
  } catch {
    throw invalid('cursor')
  }
}

/** A page of `limit` items out of `rows`, which hold one more if there are more. */
export function pageOf<R, T>(
  rows: readonly R[],
  limit: number,
  toItem: (row: R) => T,
  place: (row: R) => unknown,
): Page<T> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  const cursor = more ? Buffer.from(JSON.stringify(place(last))).toString('base64url') : null
  return { items: shown.map(toItem), cursor }
}

/** A cursor that is a row's number. */
export const numberCursor = z.int().positive()

/** A moment as PostgreSQL writes it, with microseconds; it would understand more, and fail on some. */
export const stampSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/)
  .refine((stamp) => !Number.isNaN(Date.parse(stamp)))

/** A cursor of rows in the order of a time and then of their ids. */
export const rowCursor = z.object({ at: stampSchema, id: z.string() })

/** The JSON body of a request, checked. */
export async function bodyOf<T>(
  context: Context,
  schema: z.ZodType<T>,
  maxBytes = MAX_BODY_BYTES,
): Promise<T> {
  const body = await readBody(context.req, maxBytes)
  if (typeof body === 'string') throw new ConsoleError(413, 'console.invalid', body)
  let json: unknown
  try {
    json = JSON.parse(body.toString('utf8'))
  } catch {
    throw invalid('JSON')
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw invalid(`${issue?.path.join('.')}: ${issue?.message}`)
}
