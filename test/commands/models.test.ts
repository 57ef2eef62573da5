import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { PROVIDER_ANSWERS } from './provider-answers.ts'

const root = path.resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

/** Five unlike models that no file of ours knows, and what a person answers to the marks of each. */
const ANSWERED: Readonly<Record<string, (file: ModelFile) => void>> = {
  'acme/pencil': () => {},
  'acme/retouch': (file) => {
    file.price.credits = 3
  },
  'acme/clip': () => {},
  'acme/reader': (file) => {
    Object.assign(file, { task: 'text-to-speech', category: 'audio', output: 'audio' })
    file.words.title = 'Acme Reader'
  },
  'acme/sharpen': (file) => {
    Object.assign(file, { task: 'video-upscale', category: 'enhance', output: 'video' })
    Object.assign(file.price, {
      credits: 2,
      unit: 'second',
      quantity: { measure: 'video_seconds', media_field: 'video_url' },
    })
  },
}

/** What people do to a model's file by mistake; each was on sale before. */
const BROKEN: Readonly<Record<string, (file: ModelFile) => void>> = {
  'acme/broken-key': (file) => {
    file.colour = 'red'
  },
  'acme/broken-words': (file) => {
    delete (file as Partial<ModelFile>).words
  },
  'acme/broken-price': (file) => {
    file.price.credits = [{ when: { resoluton: '1K' }, credits: 4 }]
  },
  'acme/broken-type': ({ input }) => {
    Object.assign(input.properties.prompt ?? {}, { type: ['string', 'null'] })
  },
  'acme/broken-numbers': ({ input, price }) => {
    Object.assign(input.properties.resolution ?? {}, {
      ...{ type: 'integer', enum: ['1', '2'], default: '2' },
    })
    price.credits = 4
  },
}

interface ModelFile {
  status: string
  marks?: { at: string; question: string }[]
  words: { title: string }
  input: { properties: Record<string, object> }
  price: { credits: unknown; provider_text: string | null }
  [key: string]: unknown
}

describe('models of the provider that have no file', () => {
  let clone: string
  const names = Object.keys(ANSWERED)
  const fileOf = (id: string) =>
    path.join(clone, 'models/catalogue', `${id.replace(/[^a-z0-9]/g, '-')}.json`)
  const read = async (id: string): Promise<ModelFile> =>
    JSON.parse(await readFile(fileOf(id), 'utf8'))

  /** `npm run models` in a copy of the project. */
  const models = (...args: string[]) =>
    run(process.execPath, ['src/cli.ts', 'models', ...args], { cwd: clone }).then(
      ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
      ({ code, stdout, stderr }) => ({ code, text: `${stdout}${stderr}` }),
    )

  before(async () => {
    clone = await mkdtemp(path.join(tmpdir(), 'trt-clone-'))
    for (const part of ['src', 'models', 'test', 'package.json', 'tsconfig.json'])
      await cp(path.join(root, part), path.join(clone, part), { recursive: true })
    await symlink(path.join(root, 'node_modules'), path.join(clone, 'node_modules'))
    await mkdir(path.join(clone, 'answers'))
    for (const [name, answer] of Object.entries(PROVIDER_ANSWERS))
      await writeFile(path.join(clone, 'answers', `${name}.json`), JSON.stringify(answer))
  })
  after(() => rm(clone, { recursive: true, force: true }))

  test('become drafts with marks by one command', async () => {
    const { code, text } = await models('add', ...names, '--from', 'answers')
    assert.equal(code, 0, text)
    for (const id of names) {
      const { status, marks } = await read(id)
      assert.equal(status, 'draft')
      assert.ok(
        (marks ?? []).some(({ at }) => at === 'price'),
        `${id}: a price is never taken unseen`,
      )
      for (const { question } of marks ?? []) assert.ok(text.includes(question), question)
    }
    assert.match(text, /The page names acme\/pencil-old, the list acme\/pencil/)
    assert.match(text, /Its values are \["5","10"\], its type is integer/)
    const again = await models('add', 'acme/pencil', '--from', 'answers')
    assert.deepEqual(again, { code: 1, text: 'models: acme/pencil has a file already\n' })
  })

  test('have the price of a plain text, and none of one that says more', async () => {
    const pencil = await read('acme/pencil')
    assert.deepEqual(pencil.price.credits, [
      { when: { resolution: '1K' }, credits: 4 },
      { when: { resolution: '2K' }, credits: 6 },
    ])
    const clip = await read('acme/clip')
    assert.deepEqual(clip.price.credits, 5)
    assert.equal((await read('acme/retouch')).price.credits, null)
    assert.equal((await read('acme/sharpen')).price.credits, null)
  })

  test('are not sold while a mark is open', async () => {
    const { code, text } = await models('sell', ...names)
    assert.equal(code, 1)
    for (const id of names) {
      assert.match(text, new RegExp(`${id}: open: price`))
      assert.equal((await read(id)).status, 'draft')
    }
  })

  test('are sold and checked once the marks are answered in their files', async () => {
    for (const [id, answer] of Object.entries(ANSWERED)) {
      const file = await read(id)
      answer(file)
      delete file.marks
      await writeFile(fileOf(id), JSON.stringify(file))
    }
    const sold = await models('sell', ...names)
    assert.equal(sold.code, 0, sold.text)
    const checked = await models('check')
    assert.equal(checked.code, 0, checked.text)
  })

  test('are told in a sentence each where their files break rules', async () => {
    const sound = await read('acme/pencil')
    for (const [id, breakIt] of Object.entries(BROKEN)) {
      const file = { ...structuredClone(sound), id, api_model: 'acme/pencil' }
      breakIt(file)
      await writeFile(fileOf(id), JSON.stringify(file))
    }
    const { code, text } = await models('check')
    assert.equal(code, 1)
    const said = text.split('\n').filter((line) => line.includes('acme-broken'))
    assert.deepEqual(said.toSorted(), [
      'catalogue/acme-broken-key.json: Unrecognized key: "colour"',
      'catalogue/acme-broken-numbers.json: input.properties.resolution.default: "2" is no integer',
      'catalogue/acme-broken-numbers.json: input.properties.resolution.enum: "1" is no integer',
      'catalogue/acme-broken-numbers.json: input.properties.resolution.enum: "2" is no integer',
      'catalogue/acme-broken-price.json: price.credits, rule 1: there is no input resoluton',
      'catalogue/acme-broken-type.json: input.properties.prompt.type: ["string","null"] must be one type, no list',
      'catalogue/acme-broken-words.json: words: Invalid input: expected object, received undefined',
    ])
  })

  test('are ordered in the sandbox, and so are those whose files break rules, but for the unpriced', async () => {
    // A run of tests inside of a test would else report to the outer one.
    const { NODE_TEST_CONTEXT: _, ...withoutRunner } = process.env
    const ids = [...names, ...Object.keys(BROKEN)]
    const ordered = await run(
      process.execPath,
      ['--test', '--test-reporter=tap', 'test/sandbox-run/orders.test.ts'],
      { cwd: clone, env: { ...withoutRunner, ORDER_MODELS: ids.join() } },
    ).catch(({ stdout }) => assert.fail(stdout))
    for (const id of ids) assert.match(ordered.stdout, new RegExp(`# Subtest: .*\\(${id}\\)`))
    assert.match(
      ordered.stdout,
      /# Subtest: shown, and not sold without a price \(acme\/broken-price\)/,
    )
    assert.match(ordered.stdout, /# fail 0/)
  })
})
