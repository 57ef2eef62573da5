import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Folders whose tests are pure: their files share a process, and with it the machines, the catalogue
 * and the exploration of the conversation, which otherwise each file makes for itself.
 */
const PURE = ['test/machines/conversation', 'test/machines']
/** Takes as long as all others together, so it has a process, and a core, of its own. */
const ALONE = 'test/machines/conversation/crawl.test.ts'

const groupOf = (file: string): string | undefined =>
  file === ALONE ? undefined : PURE.find((folder) => file.startsWith(`${folder}/`))

/**
 * Files to be run instead: one for each group of pure files, written to `folder`, and the others
 * as they are. What takes long comes first, so that nothing is left to wait for at the end.
 */
export function groupFiles(files: readonly string[], folder: string, root: string): string[] {
  const groups = Map.groupBy(files, groupOf)
  const single = groups.get(undefined) ?? []
  const grouped = PURE.flatMap((name) => {
    const members = groups.get(name) ?? []
    if (members.length < 2) return members
    const file = path.join(folder, `${name.replaceAll('/', '-')}.test.mjs`)
    const urls = members.map((member) => pathToFileURL(path.join(root, member)).href)
    writeFileSync(file, urls.map((url) => `import ${JSON.stringify(url)}\n`).join(''))
    return [file]
  })
  return [...grouped, ...single.filter((f) => f === ALONE), ...single.filter((f) => f !== ALONE)]
}
