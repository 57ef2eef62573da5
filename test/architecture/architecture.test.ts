import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { circles, offenders, readSources, specifiersIn } from './graph.ts'

const sources = readSources()
const list = (lines: readonly string[]) => lines.map((line) => `\n  ${line}`).join('')

describe('architecture', () => {
  test('every file imports only what its folder may', () => {
    assert.ok(sources.size > 300, `only ${sources.size} files were read`)
    const found = offenders(sources)
    if (found.length > 0) assert.fail(`these break a rule:${list(found)}`)
  })

  test('no file is imported by what it imports, types included', () => {
    const found = circles(sources)
    if (found.length > 0) assert.fail(`these go in circles:${list(found)}`)
  })

  test('nothing is a default export', () => {
    const found = [...sources].filter(([, text]) => /^export default/m.test(text))
    assert.deepEqual(
      found.map(([file]) => file),
      [],
    )
  })
})

describe('the check of the architecture', () => {
  const offend = (file: string, text: string) => offenders(new Map([[file, text]]))

  test('names a word of the bot in the engine', () => {
    for (const folder of ['machines', 'store', 'actors']) {
      for (const import_ of ['machines/texts/ru.ts', 'store/ledger.ts', 'actors/kie/client.ts']) {
        const text = `import type { X } from '../../${import_}'`
        const [line, ...more] = offend(`${folder}/engine/step.ts`, text)
        assert.match(line ?? '', new RegExp(`^${folder}/engine/step.ts → ${import_}: the engine`))
        assert.deepEqual(more, [])
      }
    }
    assert.match(
      offend('examples/reminder/machine.ts', "import '../../src/store/ledger.ts'")[0] ?? '',
      /^examples\/reminder\/machine\.ts → store\/ledger\.ts: an example/,
    )
  })

  test('names modules of Node and packages that a folder may not import', () => {
    const text = "import 'node:fs'\nimport pg from 'pg'\nimport { a } from 'xstate/graph'\n"
    assert.deepEqual(
      offend('machines/job/machine.ts', text).map((line) => line.split(':')[0]),
      ['machines/job/machine.ts → node', 'machines/job/machine.ts → pg'],
    )
  })

  test('names what lies loose, and a folder without a rule', () => {
    assert.match(offend('helper.ts', '')[0] ?? '', /^helper\.ts lies loose/)
    for (const file of ['things/a.ts', 'machines/things/a.ts', 'store/things/a.ts']) {
      assert.match(offend(file, '')[0] ?? '', new RegExp(`^${file}: its folder has no rule`))
    }
  })

  test('lets engine folders, errors and the database through', () => {
    const text = `import '../../errors.ts'\nimport '../../store/database.ts'
import '../../machines/engine/step.ts'\nimport '../../store/engine/steps.ts'\nimport 'pg'`
    assert.deepEqual(offend('actors/engine/step.ts', text), [])
  })

  test('finds circles, of types too, and each once', () => {
    const made = new Map([
      ['a/a.ts', "import { b } from './b.ts'"],
      ['a/b.ts', "import type { C } from '../c/c.ts'"],
      ['c/c.ts', "export type X = import('../a/a.ts').A\nimport './d.ts'"],
      ['c/d.ts', "import './e.ts'"],
      ['c/e.ts', ''],
    ])
    assert.deepEqual(circles(made), ['a/a.ts → a/b.ts → c/c.ts → a/a.ts'])
  })

  test('finds every way to import', () => {
    assert.deepEqual(
      specifiersIn(
        "import 'a'\nimport type { B } from 'b'\nexport { c } from 'c'\nimport * as d from 'd'\n" +
          "import {\n  e,\n} from 'e'\nawait import('f')\nexport const g = 'g'\nx({ from: 'h' })",
      ),
      ['a', 'b', 'c', 'd', 'e', 'f'],
    )
  })
})
