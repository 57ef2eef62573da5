import type { Context } from 'koa'
import { z } from 'zod'
import { readBody } from './request-body.ts'

/** The JSON body of a control request, checked; 400 with what is wrong otherwise. */
export async function bodyOf<T>(ctx: Context, schema: z.ZodType<T>): Promise<T> {
  const raw = await readBody(ctx.req, 1 << 20)
  let parsed: unknown
  try {
    parsed = JSON.parse(raw.toString('utf8') || '{}')
  } catch {
    return ctx.throw(400, 'the body is no JSON')
  }
  const result = schema.safeParse(parsed)
  return result.success ? result.data : ctx.throw(400, z.prettifyError(result.error))
}
