import * as z from 'zod'
import { modelFiles } from '../../../models/files.ts'

/** Groups of the founding documents, kept as data. */
const legacyCategory = z.enum(['image', 'video', 'enhance', 'audio', 'music', 'avatar', 'other'])

export const foundingSchema = z.array(
  z.strictObject({
    id: z.string().min(1),
    provider: z.string().min(1),
    category: legacyCategory,
    free: z.boolean(),
    replaced_by: z.array(z.string()),
  }),
)

/** One of the 72 models that this bot began with, in the groups of then. */
export type FoundingModel = z.infer<typeof foundingSchema>[number]

/** The 72 models of the founding documents: a fixed list, whatever is on sale today. */
export const foundingModels = modelFiles.founding as readonly FoundingModel[]

const byId = new Map(foundingModels.map((m) => [m.id, m]))

/** A model of the founding list by its id. */
export const foundingModel = (id: string): FoundingModel | undefined => byId.get(id)
