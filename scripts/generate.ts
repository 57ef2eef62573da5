/**
 * `npm run generate`: writes every file that is made from code. With `--check` it writes nothing,
 * names the files that are not as the code would make them, and exits with 1.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pureFiles } from './generate/pure-files.ts'
import { schemaFiles } from './generate/schema-sql.ts'

const root = path.resolve(import.meta.dirname, '..')

/** Texts by path from the root; a generator may make several files. */
type Files = Readonly<Record<string, string>>

const generators: readonly (() => Files | Promise<Files>)[] = [pureFiles, schemaFiles]

const isCheck = process.argv.includes('--check')
const stale: string[] = []

for (const generate of generators) {
  for (const [file, text] of Object.entries(await generate())) {
    const target = path.join(root, file)
    const current = await readFile(target, 'utf8').catch(() => undefined)
    if (current === text) continue
    stale.push(file)
    if (isCheck) continue
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, text)
  }
}

for (const file of stale) console.log(isCheck ? `stale: ${file}` : `wrote ${file}`)
if (isCheck && stale.length > 0) {
  console.error('Run: npm run generate')
  process.exitCode = 1
}
