import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { TestedTransitions } from '../http/console/console-deps.ts'

const schema = z.object({
  at: z.number(),
  machines: z.record(z.string(), z.record(z.string(), z.int())),
})

/** What a test run wrote of its transitions; null: no run has, or the file is something else. */
export async function readTested(file: string): Promise<TestedTransitions | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
