import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A file of this folder, read and parsed; what is no JSON has `fault` in place of `json`. */
export interface ModelFile {
  /** From this folder on, with slashes: `catalogue/z-image.json`. */
  readonly path: string
  readonly json?: unknown
  readonly fault?: string
  /** What the build found: whether its price has the right form; unknown where nothing was built. */
  readonly isPriceSound?: boolean
}

/** Every JSON file in one subfolder of `folder`, in the order of the names. */
function filesIn(folder: string, part: string): ModelFile[] {
  const names = readdirSync(path.join(folder, part)).filter((name) => name.endsWith('.json'))
  return names.sort().map((name) => {
    const file = `${part}/${name}`
    try {
      return { path: file, json: JSON.parse(readFileSync(path.join(folder, file), 'utf8')) }
    } catch (error) {
      return { path: file, fault: error instanceof Error ? error.message : String(error) }
    }
  })
}

/** All data of a folder of models; the production bundle carries what this gives at build time. */
export const readModelFiles = (folder: string) => ({
  catalogue: filesIn(folder, 'catalogue'),
  families: filesIn(folder, 'families'),
  providers: filesIn(folder, 'providers'),
  founding: JSON.parse(readFileSync(path.join(folder, 'founding.json'), 'utf8')) as unknown,
})

/**
 * The data of this folder. Files are found by being here: whoever adds one edits nothing else.
 * `scripts/build.ts` puts the data itself in the place of this module, see `model-files-plugin.ts`.
 */
export const modelFiles: ReturnType<typeof readModelFiles> = readModelFiles(import.meta.dirname)
