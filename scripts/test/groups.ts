import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Folders whose files share a process, the innermost first: a process needs about a second to load
 * the bot, and the exploration of the conversation is made once. Whatever is left in a process by one
 * file is there for the next, so a file that measures or changes the process itself stands in ALONE.
 */
const GROUPS = [
  'test/machines/conversation',
  'test/machines',
  'test/actors/engine',
  'test/actors/effects',
  'test/actors',
  'test/store',
  'test/sandbox',
  'test/http',
  'test/payments',
  'test/browser',
  'test/service',
  'test/money',
  'test/commands',
  'test/checks',
  'test/crash',
  'test/delivery',
  'test/releases',
  'test/support',
  'test/world',
]

/** Folders and files of which each is too small for a process. */
const OTHERS = [
  'test/architecture/',
  'test/bench/',
  'test/config/',
  'test/deploy/',
  'test/docs.test.ts',
  'test/errors.test.ts',
  'test/log/',
]
const OTHERS_NAME = 'test/others'

/** What has a process of its own: browsers, killed programs, memory that is measured. */
const ALONE = [
  'test/crash/crash-points.test.ts',
  'test/delivery/streaming.test.ts',
  'test/machines/conversation/crawl.test.ts',
  'test/sandbox/postgres/server.test.ts',
  'test/sandbox/chat/page.browser.test.ts',
]

/** Hooks outside of a suite would be those of all files of the process. */
const ROOT_HOOK = /^(before|after|beforeEach|afterEach)\(/m

function groupOf(file: string, root: string): string | undefined {
  if (ALONE.includes(file) || ROOT_HOOK.test(readFileSync(path.join(root, file), 'utf8'))) return
  const folder = GROUPS.find((name) => file.startsWith(`${name}/`))
  return folder ?? (OTHERS.some((part) => file.startsWith(part)) ? OTHERS_NAME : undefined)
}

/**
 * Files to be run instead: one for each group, written to `folder`, and the others as they are. The
 * runner sorts them by their paths.
 */
export function groupFiles(files: readonly string[], folder: string, root: string): string[] {
  const groups = Map.groupBy(files, (file) => groupOf(file, root))
  const single = groups.get(undefined) ?? []
  const grouped = [...GROUPS, OTHERS_NAME].flatMap((name) => {
    const members = groups.get(name) ?? []
    if (members.length < 2) return members
    const file = path.join(folder, `${name.replaceAll('/', '-')}.test.mjs`)
    const urls = members.map((member) => pathToFileURL(path.join(root, member)).href)
    writeFileSync(file, urls.map((url) => `import ${JSON.stringify(url)}\n`).join(''))
    return [file]
  })
  return [...grouped, ...single]
}
