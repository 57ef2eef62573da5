import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'

const root = path.resolve(import.meta.dirname, '../../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

const ENGINE = ['src/machines/engine', 'src/actors/engine', 'src/store/engine']
const engineFiles = globSync(
  [...ENGINE.map((folder) => `${folder}/**/*.ts`), 'src/store/database.ts'],
  { cwd: root },
).sort()
const exampleFiles = globSync('examples/**/*.ts', { cwd: root }).sort()

/** What the bot is about, as words and as parts of names. */
const BOT =
  /telegram|conversation|ledger|kopeck|invoice|top-?up|chat_?id|user_?id|courtesy|\b(kie|roubles?|bots?|users?|chats?|money|payments?|payers?|stars|admins?|providers?|credits?|prices?|promo|invites?|languages?|russian|english|screens?|buttons?|taps?|generations?|catalogue)\b/i

/** What PostgreSQL and Kysely say themselves. */
const QUOTED = /language plpgsql|provider: \{/g

const IMPORTS = /(?:from\s+|\bimport\()'([^']+)'/g

/** Imports beyond packages, what the folder itself has, and the engine. */
const strangers = (file: string): string[] =>
  [...read(file).matchAll(IMPORTS)]
    .map(([, spec]) => spec as string)
    .filter((spec) => spec.startsWith('.'))
    .map((spec) => path.join(path.dirname(file), spec))
    .filter((target) => !ENGINE.some((folder) => target.startsWith(`${folder}/`)))
    .filter((target) => target !== 'src/errors.ts' && target !== 'src/store/database.ts')

describe('the engine', () => {
  test('has no word of the bot, in code or comments', () => {
    const words = engineFiles.flatMap((file) =>
      read(file)
        .replace(QUOTED, '')
        .split('\n')
        .flatMap((line, i) => (BOT.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
    )
    assert.deepEqual(words, [])
  })

  test('imports itself, the errors, the database and packages', () => {
    assert.deepEqual(
      engineFiles.flatMap((file) => strangers(file).map((target) => `${file} -> ${target}`)),
      [],
    )
  })

  test('is all that an example needs', () => {
    assert.ok(exampleFiles.length > 0)
    const beyond = exampleFiles.flatMap((file) =>
      strangers(file)
        .filter((target) => path.dirname(target) !== path.dirname(file))
        .map((target) => `${file} -> ${target}`),
    )
    assert.deepEqual(beyond, [])
  })

  test('takes a whole example in five files', () => {
    for (const folder of new Set(exampleFiles.map((file) => path.dirname(file)))) {
      assert.ok(globSync(`${folder}/*`, { cwd: root }).length <= 5, folder)
    }
  })
})
