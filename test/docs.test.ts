import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { auditCounts } from '../src/checks/audit.ts'
import { CONFIG_NAMES } from '../src/config/config.ts'
import { FIELDS } from '../src/config/fields.ts'
import type { Field } from '../src/config/kinds.ts'
import { createMetrics } from '../src/http/metrics.ts'
import { WHATS_NEW } from '../src/machines/conversation/whats-new.ts'

const root = path.resolve(import.meta.dirname, '..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

const pages = globSync(['*.md', 'docs/**/*.md', 'models/*.md'], { cwd: root }).sort()
const sources = globSync(['src/**/*.{ts,js}', 'test/**/*.ts', 'scripts/**/*.ts'], { cwd: root })
const scripts = Object.keys(JSON.parse(read('package.json')).scripts as object)
const readme = read('README.md')

/** What stands between single backticks. */
const codes = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string)

/** The first cells of all table rows of a page. */
const firstCells = (text: string) =>
  [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, cell]) => cell as string)

/** The places of a page that a link may name, as GitHub derives them from headings. */
const anchorsOf = (text: string) =>
  [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** What the tests of a file are called, as written there. */
const titlesOf = (file: string) =>
  [...read(file).matchAll(/\btest\(\s*(['"`])(.+?)\1,/gs)].map(([, , title]) => title as string)

/** Written like a setting, and one line of the log. */
const LOG_NAMES = ['KIE_CALLBACK']

/** Names of the environment that only tests and commands read, not the bot. */
const TOOL_NAMES = [
  ...['RENDER_EXTERNAL_URL', 'CHROMIUM_PATH', 'RUN_E2E', 'E2E_RUNS'],
  ...['TEST_DATABASE_URL', 'TEST_SEED', 'POSTGRES_PASSWORD', 'GRAFANA_PASSWORD'],
]

describe('documentation', () => {
  test('has a README that can be read in one sitting, with a picture', () => {
    assert.ok(readme.split('\n').length <= 150)
    // The first one moves.
    const [, picture = ''] = /!\[[^\]]+\]\(([^)]+\.gif)\)/.exec(readme) ?? []
    const bytes = readFileSync(path.join(root, picture))
    assert.ok(bytes.length < 3_000_000)
    const width = bytes.readUInt16LE(6)
    assert.ok(width >= 900 && width <= 1_400, `${width} pixels wide`)
  })

  test('counts in its README as many models as are on sale, to the nearest ten', () => {
    const { on_sale: sold } = auditCounts().shelf
    const [, told] = /one of some (\d+) models/.exec(readme) ?? []
    assert.equal(Number(told), Math.round(sold / 10) * 10)
  })

  for (const page of pages) {
    test(`${page} leads nowhere that does not exist`, () => {
      const text = read(page)
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
        ([, link]) => link as string,
      )
      const targets = links.map((link) => path.join(path.dirname(page), link))
      const named = codes(text).filter((code) =>
        /^(src|test|docs|scripts|models)\/[\w./-]+$/.test(code),
      )
      const missing = [...targets, ...named].filter((file) => !existsSync(path.join(root, file)))
      assert.deepEqual(missing, [])
      const places = [...text.matchAll(/\]\((?!https?:)([^)#]*)#([\w-]+)\)/g)].filter(
        ([, file, anchor]) => {
          const target = file ? path.join(path.dirname(page), file) : page
          return target.endsWith('.md') && !anchorsOf(read(target)).includes(anchor as string)
        },
      )
      assert.deepEqual(
        places.map(([link]) => link),
        [],
      )
    })

    test(`${page} names only commands, files and settings that exist`, () => {
      const text = read(page)
      const commands = [...text.matchAll(/npm (?:run ([\w:]+)|(test|start))\b/g)].map(
        ([, run, other]) => run ?? other,
      )
      assert.deepEqual(
        commands.filter((name) => !scripts.includes(name as string)),
        [],
      )
      const files = codes(text).filter((code) => /^[\w-]+\.ts$/.test(code))
      const known = new Set(sources.map((file) => path.basename(file)))
      assert.deepEqual(
        files.filter((file) => !known.has(file)),
        [],
      )
      const settings = codes(text)
        .flatMap((code) => code.match(/^[A-Z][A-Z0-9]*_[A-Z0-9_]+(?==|$)/g) ?? [])
        .filter((name) => ![...CONFIG_NAMES, ...TOOL_NAMES, ...LOG_NAMES].includes(name))
      assert.deepEqual(settings, [])
    })
  }

  test('names in its page of faults only tests that exist, at least one for each fault', () => {
    const page = read('docs/reliability.md')
    const tables = page.split('\n\n').filter((block) => block.startsWith('| what went wrong'))
    const rows = tables.flatMap((table) => table.trim().split('\n').slice(2))
    assert.ok(rows.length >= 129, `${rows.length} faults`)
    const wrong = rows.flatMap((row) => {
      const named = [...row.matchAll(/`(test\/[\w./-]+)` “([^”]+)”/g)]
      if (named.length === 0) return [`no test: ${row}`]
      return named.flatMap(([, file = '', name = '']) =>
        existsSync(path.join(root, file)) && titlesOf(file).some((title) => title.includes(name))
          ? []
          : [`${file}: ${name}`],
      )
    })
    assert.deepEqual(wrong, [])
  })

  test('says of each secret how it is rotated', () => {
    const page = codes(read('docs/how-to/rotate-a-secret.md'))
    const secrets = Object.values<Field<unknown>>(FIELDS).filter(({ secret }) => secret)
    assert.deepEqual(
      secrets.map(({ name }) => name).filter((name) => !page.includes(name)),
      [],
    )
  })

  test('lists every command in the README, and says which are not built', () => {
    const table = firstCells(readme).flatMap(
      (cell) => /^npm (?:run )?([\w:]+)/.exec(cell)?.[1] ?? [],
    )
    assert.deepEqual(table.sort(), scripts.filter((name) => !name.startsWith('pre')).sort())
    const notBuilt = [...readme.matchAll(/^\| `npm run ([\w:]+)` \| not built yet/gm)].map(
      ([, name]) => name,
    )
    const stubs = [...read('src/cli.ts').matchAll(/notBuilt\('([\w:]+)'\)/g)].map(
      ([, name]) => name,
    )
    assert.deepEqual(notBuilt.sort(), stubs.sort())
  })

  test('explains every metric, and none that is gone', () => {
    const instruments = createMetrics()
      .registry.getMetricsAsArray()
      .map(({ name }) => name)
    assert.deepEqual(firstCells(read('docs/telemetry.md')).sort(), instruments.sort())
  })

  test('has the version whose news people are told', () => {
    assert.ok(read('CHANGELOG.md').includes(`\n## ${WHATS_NEW}\n`), WHATS_NEW)
  })

  test('quotes log lines as the code writes them', () => {
    const page = read('docs/operations.md')
    const [, table = ''] = page.split('## Log lines to look for')
    const lines = firstCells(table.split('\n## ')[0] as string)
    assert.ok(lines.length > 10)
    const code = sources.filter((file) => file.startsWith('src/')).map(read)
    assert.deepEqual(
      lines.filter((line) => !code.some((text) => text.includes(line))),
      [],
    )
  })

  test('numbers its decisions without gaps; each says context, decision, consequences', () => {
    const files = globSync('docs/adr/*.md', { cwd: root }).sort()
    assert.ok(files.length > 0)
    for (const [index, file] of files.entries()) {
      const text = read(file)
      const number = String(index + 1).padStart(4, '0')
      const title = /^# (\d{4}) (.+)$/m.exec(text)
      assert.equal(title?.[1], number, file)
      assert.ok(path.basename(file).startsWith(`${number}-`), file)
      for (const part of ['Context', 'Decision', 'Consequences']) {
        assert.ok(text.includes(`**${part}.**`), `${file}: ${part}`)
      }
      assert.ok(text.split('\n').length <= 60, `${file} is longer than a page`)
    }
  })
})
