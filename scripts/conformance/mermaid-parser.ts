import DOMPurify from 'dompurify'

/** A diagram as Mermaid itself understands it. */
export interface ParsedDiagram {
  /** Titles and descriptions by id. */
  states: ReadonlyMap<string, readonly string[]>
  relations: readonly { from: string; to: string; text: string }[]
}

interface Statement {
  stmt: string
  id?: string
  doc?: Statement[]
  description?: string
  descriptions?: string[]
  state1?: Statement
  state2?: Statement
}

// Mermaid cleans texts by DOMPurify, which does nothing without a page: here only the grammar counts.
Object.assign(DOMPurify, { addHook() {}, sanitize: (text: string) => text })

/** Kinds of diagrams are only known to it after the first one. */
const loadMermaid = once(async () => {
  const { default: mermaid } = await import('mermaid')
  await mermaid.parse('stateDiagram-v2\n[*] --> first')
  return mermaid
})

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Reads a state diagram by Mermaid's own parser; throws what it throws. */
export async function parseMermaid(text: string): Promise<ParsedDiagram> {
  const mermaid = await loadMermaid()
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text)
  const states = new Map<string, string[]>()
  const relations: { from: string; to: string; text: string }[] = []
  const walk = (statements: readonly Statement[]) => {
    for (const { stmt, id, doc, description, descriptions, state1, state2 } of statements) {
      if (stmt === 'relation') {
        relations.push({
          from: state1?.id ?? '',
          to: state2?.id ?? '',
          text: decoded(description ?? ''),
        })
      } else if (stmt === 'state' && id !== undefined) {
        const told = [...(descriptions ?? []), ...(description ? [description] : [])].map(decoded)
        states.set(id, [...(states.get(id) ?? []), ...told])
        walk(doc ?? [])
      }
    }
  }
  walk((db as unknown as { rootDoc: Statement[] }).rootDoc)
  return { states, relations }
}

/** Numbers of letters as Mermaid keeps them until it draws. */
const decoded = (text: string): string =>
  text
    .replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll('ﬂ°quot¶ß', '"')
    .trim()
