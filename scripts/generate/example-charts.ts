import { globSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { toChart } from '../../src/machines/charts/chart.ts'
import { toMermaid } from '../../src/machines/charts/export.ts'
import type { Definition } from '../../src/machines/engine/definition.ts'

const root = path.resolve(import.meta.dirname, '../..')

const isDefinition = (value: unknown): value is Definition =>
  typeof value === 'object' && value !== null && 'machine' in value && 'effects' in value

/** `examples/<name>/chart.md`: the machine that `machine.ts` beside it defines. */
export async function exampleCharts(): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const file of globSync('examples/*/machine.ts', { cwd: root }).sort()) {
    const module: object = await import(pathToFileURL(path.join(root, file)).href)
    const definition = Object.values(module).find(isDefinition)
    if (definition === undefined) throw new Error(`${file} exports no definition`)
    const chart = toMermaid(toChart(definition.machine)).trimEnd()
    files[path.join(path.dirname(file), 'chart.md')] = `\`\`\`mermaid\n${chart}\n\`\`\`\n`
  }
  return files
}
