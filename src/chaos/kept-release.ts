import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'

/** Releases as `npm run keep:release` kept them, one a folder. */
export const RELEASES = path.resolve(import.meta.dirname, '../../test/fixtures/releases')

/** The content of a kept file, by its name without `.gz`. */
export const unpack = async (release: string, file: string): Promise<string> =>
  gunzipSync(await readFile(path.join(RELEASES, release, `${file}.gz`))).toString()

/** The program of a kept release in a folder of its own. */
export interface KeptProgram {
  readonly dir: string
  /** To be started with Node. */
  readonly main: string
  remove(): Promise<void>
}

export async function unpackProgram(release: string): Promise<KeptProgram> {
  const dir = await mkdtemp(path.join(tmpdir(), `trt-${release}-`))
  const files: Record<string, string> = JSON.parse(await unpack(release, 'bundle.json'))
  for (const [name, text] of Object.entries({ ...files, 'package.json': '{"type":"module"}' })) {
    const file = path.join(dir, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  return { dir, main: path.join(dir, 'main.js'), remove: () => rm(dir, { recursive: true }) }
}
