import type { Context } from 'koa'
import { type Refusal, refuse } from './refusal.ts'

/** KIE's envelope; the HTTP status stays 200 whatever the code says. */
export function answer(ctx: Context, code: number, msg: string, data: unknown = null): void {
  ctx.status = 200
  ctx.body = { code, msg, data }
}

/** The envelope of something that went well. */
export const succeed = (ctx: Context, data: unknown): void => answer(ctx, 200, 'success', data)

/** The envelope of a refusal. */
export const answerRefusal = (ctx: Context, { code, msg }: Refusal): void => answer(ctx, code, msg)

/** Reads a JSON object from the request, at most `maxBytes` long. */
export async function readJson(
  ctx: Context,
  maxBytes = 1024 * 1024,
): Promise<Record<string, unknown> | Refusal> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) return refuse(413, 'The request is too large')
    chunks.push(chunk)
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Answered below, together with JSON that is no object.
  }
  return refuse(400, 'The request body must be a JSON object')
}
