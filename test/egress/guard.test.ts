import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'

const guard = new URL('../support/egress-guard.ts', import.meta.url).href
const run = promisify(execFile)

/** Runs a line of code in a guarded process of its own; returns its words and what was noted. */
async function guarded(t: TestContext, code: string): Promise<{ said: string; noted: string }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'egress-test-'))
  t.after(() => rm(directory, { recursive: true }))
  const log = path.join(directory, 'log')
  const env = { PATH: process.env.PATH, NODE_OPTIONS: `--import=${guard}`, EGRESS_LOG: log }
  const args = ['--input-type=module', '--eval', code]
  const { stdout } = await run(process.execPath, args, { env })
  return { said: stdout.trim(), noted: await readFile(log, 'utf8').catch(() => '') }
}

const attempts: [string, string, string][] = [
  ['a name', `await fetch('https://api.telegram.org/')`, 'api.telegram.org'],
  ['an address', `await fetch('http://192.0.2.1/')`, '192.0.2.1'],
  ['an address of IPv6', `await fetch('http://[2001:db8::1]/')`, '2001:db8::1'],
  [
    'a secure socket',
    `const { connect } = await import('node:tls')
     await new Promise((_, no) => connect(443, '192.0.2.2').on('error', no))`,
    '192.0.2.2',
  ],
  [
    'a name with a lookup of its own',
    `const { get } = await import('node:https')
     const lookup = (name, options, done) => done(null, [{ address: '192.0.2.3', family: 4 }])
     await new Promise((_, no) => get('https://x.example/', { lookup }).on('error', no))`,
    '192.0.2.3',
  ],
  [
    'the name server',
    `const { lookup } = await import('node:dns/promises')
     await lookup('x.example')`,
    'x.example',
  ],
  [
    'a process with an environment of its own',
    `const { execFileSync, spawn } = await import('node:child_process')
     const code = "fetch('http://192.0.2.4/').catch(() => process.exit(7))"
     const child = spawn(process.execPath, ['--eval', code], { env: {} })
     await new Promise((_, no) => child.on('exit', (code) => no({ cause: { code } })))`,
    '192.0.2.4',
  ],
]

describe('the guard of the test run', () => {
  test('watches this very process', () => {
    assert.match(process.env.NODE_OPTIONS ?? '', /egress-guard/)
    assert.ok(process.env.EGRESS_LOG)
  })

  for (const [name, code, host] of attempts) {
    test(`stops and notes ${name}`, async (t) => {
      const caught = `try { ${code} } catch (e) { console.log(e.code ?? e.cause?.code) }`
      const { said, noted } = await guarded(t, caught)
      assert.match(said, /^(EGRESS|7)$/)
      assert.ok(noted.startsWith(`${host} from `), noted)
    })
  }

  test('knows the names that never exist', async (t) => {
    const code = `const { lookup } = await import('node:dns/promises')
      await lookup('nowhere.invalid').catch((e) => console.log(e.code))`
    assert.deepEqual(await guarded(t, code), { said: 'ENOTFOUND', noted: '' })
  })

  test('lets this machine through', async (t) => {
    const server = createServer((_, response) => response.end('home'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const code = `for (const host of ['127.0.0.1', 'localhost'])
      console.log(await (await fetch('http://' + host + ':${port}/')).text())`
    assert.deepEqual(await guarded(t, code), { said: 'home\nhome', noted: '' })
  })
})
