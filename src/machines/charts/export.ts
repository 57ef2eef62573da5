import { toMermaid } from './mermaid.ts'
import { toScxml } from './scxml.ts'
import { toStately } from './stately.ts'

export { toMermaid, toScxml, toStately }

/** What a chart can be written as, besides our own JSON. */
export const EXPORTS = { mermaid: toMermaid, scxml: toScxml, stately: toStately } as const
