import * as z from 'zod'
import { factsSchema } from '../../src/machines/catalogue/schema.ts'

/** JSON Schema of the files in `models/catalogue/`: editors check and complete by it. */
export const modelSchema = (): string =>
  `${JSON.stringify(z.toJSONSchema(factsSchema, { io: 'input' }), null, 2)}\n`
