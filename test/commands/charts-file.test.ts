import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { loadMachines, NoMachine } from '../../scripts/generate/charts/load-machines.ts'
import { FORMS, formsOf } from '../../scripts/generate/charts/machine-forms.ts'
import { watchMachine } from '../../src/commands/charts-watch.ts'

const root = path.resolve(import.meta.dirname, '../..')
const corpus = path.join(root, 'test/machines/charts/corpus')
const run = promisify(execFile)

describe('npm run charts -- FILE', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'charts-file-'))
  })
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

  /** As one calls it: in the folder of one's own file, which has no packages. */
  const charts = (...args: string[]) =>
    run(process.execPath, [path.join(root, 'src/cli.ts'), 'charts', ...args], { cwd: folder })

  test('writes every form of every machine of a file that lies anywhere', async () => {
    await cp(path.join(corpus, 'several.ts'), path.join(folder, 'several.ts'))
    const { stdout } = await charts('several.ts', '--out', 'drawn', '--json')
    assert.deepEqual(JSON.parse(stdout).machines, ['door', 'elevator', 'counter'])
    const names = ['door', 'elevator', 'counter']
    const wanted = names.flatMap((name) => Object.values(FORMS).map((end) => `${name}.${end}`))
    assert.deepEqual((await readdir(path.join(folder, 'drawn'))).sort(), wanted.sort())
    const page = await readFile(path.join(folder, 'drawn/door.html'), 'utf8')
    assert.doesNotMatch(page, /<(script|link|img)[^>]+(src|href)="(?!data:)/)
    const { id, states, views } = JSON.parse(
      await readFile(path.join(folder, 'drawn/door.json'), 'utf8'),
    )
    assert.deepEqual([id, states.length, Object.keys(views)], ['door', 4, ['overview', 'full']])
  })

  test('prints one form, and takes the newest of what the file holds', async () => {
    const file = path.join(folder, 'own.js')
    await writeFile(
      file,
      `import { createMachine } from 'xstate'
       export const own = createMachine({ id: 'own', initial: 'a', states: { a: {}, b: {} } })`,
    )
    assert.match((await charts('own.js', '--format', 'mermaid')).stdout, /^stateDiagram-v2\n/)
    assert.match((await charts('own.js', '--format', 'svg')).stdout, /^<svg [\s\S]*<\/svg>\n$/)
  })

  const fails = async (code: number, told: RegExp, ...args: string[]) => {
    const error = await charts(...args).then(
      () => assert.fail('it ends well'),
      (e) => e,
    )
    assert.equal(error.code, code)
    assert.match(error.stderr, told)
  }

  test('says why there is nothing to draw', async () => {
    await fails(
      1,
      /exports no XState machine; it exports answer, createGreeting/,
      path.join(corpus, 'nothing.ts'),
    )
    await fails(1, /can't be read/, 'missing.ts')
    await writeFile(path.join(folder, 'broken.ts'), 'export const = 1')
    await fails(1, /can't be bundled: .*identifier/, 'broken.ts')
    await writeFile(path.join(folder, 'throws.ts'), `throw new Error('not today')`)
    await fails(1, /fails when it is loaded: not today/, 'throws.ts')
    await fails(2, /unknown flag --frmat; did you mean --format/, 'several.ts', '--frmat', 'svg')
    await fails(2, /formats: svg, html/, 'several.ts', '--format', 'png')
  })

  test('finds machines however they are exported', async () => {
    const found = async (file: string) =>
      (await loadMachines(path.join(corpus, file))).map(({ name, place, isMade }) => [
        name,
        place.join('.'),
        isMade,
      ])
    assert.deepEqual(await found('toggle.ts'), [['toggle', 'default', false]])
    assert.deepEqual(await found('nameless.ts'), [['nameless', 'default', false]])
    assert.deepEqual(await found('factory.ts'), [['dispenser', 'createDispenser', true]])
    assert.deepEqual(await found('common.cjs'), [['lamp', 'default.lamp', false]])
    assert.deepEqual(await found('typed.ts'), [['typed', 'typed', false]])
    await assert.rejects(loadMachines(path.join(corpus, 'nothing.ts')), NoMachine)
  })

  test('writes a page even where the code is not for a browser', async () => {
    const file = path.join(folder, 'node.ts')
    await writeFile(
      file,
      `import { readFileSync } from 'node:fs'
       import { createMachine } from 'xstate'
       const read = () => readFileSync('there')
       export const node = createMachine({ id: 'node', on: { READ: { actions: read } } })`,
    )
    const [loaded] = await loadMachines(file)
    assert.ok(loaded)
    const { html = '' } = await formsOf(file, loaded, ['html'])
    assert.match(html, /<title>node · statechart<\/title>/)
  })

  test('serves the page with --watch, and tells it when the file has changed', async () => {
    const file = path.join(folder, 'watched.ts')
    const machine = (state: string) =>
      `import { createMachine } from 'xstate'
       export const watched = createMachine({ id: 'watched', initial: '${state}', states: { ${state}: {} } })`
    await writeFile(file, machine('before'))
    const told: string[] = []
    const served = await watchMachine(file, 0, (line) => told.push(line))
    try {
      assert.deepEqual(told, [served.url])
      assert.match(await (await fetch(served.url)).text(), /watched\.before/)
      const changes = await fetch(`${served.url}changes`)
      const reader = (changes.body as ReadableStream<Uint8Array>).getReader()
      const next = async () => new TextDecoder().decode((await reader.read()).value)
      assert.match(await next(), /^data: 0/)
      await writeFile(file, machine('after'))
      assert.match(await next(), /^data: 1/)
      assert.match(await (await fetch(served.url)).text(), /watched\.after/)
      await reader.cancel()
    } finally {
      await served.close()
    }
    await assert.rejects(watchMachine(path.join(corpus, 'nothing.ts'), 0), NoMachine)
  })
})
