import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fixture } from '../actors/media/bytes.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** Runs the command; its exit code and what it printed. */
const probe = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['src/cli.ts', 'probe', ...args],
      { cwd: root },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

describe('npm run probe', () => {
  test('prints what the bot makes of a file, in one line', async () => {
    const { code, stdout } = await probe('test/fixtures/media/hybrid-30s.mp4', '--json')
    assert.equal(code, 0)
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
      [
        {
          ...{ kind: 'video', mime: 'video/mp4', durationMs: 30_000, claimedMs: 1_018 },
          ...{ width: 128, height: 72, silent: false },
        },
      ],
    )
  })

  test('says why a file is refused, and exits with 1', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'probe-test-'))
    t.after(() => rm(folder, { recursive: true }))
    const cut = path.join(folder, 'cut.mp4')
    await writeFile(cut, fixture('plain-30s.mp4').subarray(0, 30_000))
    for (const [file, refused] of [
      [cut, 'media.damaged'],
      ['package.json', 'media.unusable'],
      [path.join(folder, 'nothing'), 'media.unavailable'],
    ] as const) {
      const { code, stdout } = await probe(file)
      assert.deepEqual([code, JSON.parse(stdout)], [1, { refused }])
    }
  })

  test('exits with 2 on flags that it has not, and without a file', async () => {
    for (const args of [['--detailed', 'package.json'], ['package.json', '--jsno'], []]) {
      const { code, stdout, stderr } = await probe(...args)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, /^probe: /)
    }
  })
})
