import * as z from 'zod'
import { modelFiles } from '../../../models/files.ts'

const path = z.string().startsWith('/api/v1/')

/** How a body of one dialect reads: a state answer, or a callback. */
const readerSchema = z.strictObject({
  marks: z.array(z.string()).min(1).describe('Keys of which such a body has one'),
  state: z.string().optional().describe('The key whose value says where the task stands'),
  words: z
    .record(z.string(), z.string())
    .optional()
    .describe('Its values in the words of status.ts; others pass as they are, and are reported'),
  code: z
    .enum(['decides', 'fails'])
    .optional()
    .describe('decides: 200 is success, all else failure; fails: all but 200 is failure'),
  results: z.array(z.string()).describe('Where results stand, a.b; the first with a link counts'),
  links: z.array(z.string()).optional().describe('The key of the link in each entry of a list'),
  whole: z
    .record(z.string(), z.number())
    .optional()
    .describe('States that are success all the same once so many results are there'),
})

/** One file of `models/families/`: how a group of models is ordered and how it answers. */
export const familySchema = z.strictObject({
  id: z.string().min(1),
  create: path.describe('Where a task is asked for'),
  status: path.describe('Where its state is read'),
  body: z.enum(['nested', 'flat']).describe('Input under "input", or next to "model"'),
  needs_callback: z.boolean().optional().describe('Orders without a callback address are refused'),
  record: readerSchema.optional().describe('Without it: recordInfo of the common family'),
  callback: readerSchema.optional().describe('Without it: the same object as recordInfo'),
  docs_url: z.url({ protocol: /^https$/ }),
})

/** A family as its file states it. */
export type FamilyFacts = z.infer<typeof familySchema>
/** How a body of one dialect reads. */
export type ReaderFacts = z.infer<typeof readerSchema>

export const families: readonly FamilyFacts[] = modelFiles.families.flatMap(({ json }) =>
  json === undefined ? [] : [json as FamilyFacts],
)

const byId = new Map(families.map((family) => [family.id, family]))

/** The family of this name, if it has a file. */
export const familyById = (id: string): FamilyFacts | undefined => byId.get(id)
