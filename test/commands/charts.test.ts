import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { chartedMachines, chartFile, chartFiles } from '../../scripts/generate/charts/files.ts'
import { LESSONS, walkLesson } from '../../scripts/generate/charts/lessons.ts'
import { CHARTS } from '../../src/http/console/charts.ts'
import { lifecycleMachine } from '../../src/machines/lifecycle/machine.ts'
import { createSimulations } from '../../src/machines/simulations.ts'

const root = path.resolve(import.meta.dirname, '../..')
const run = promisify(execFile)
const charts = (...args: string[]) =>
  run(process.execPath, ['src/cli.ts', 'charts', ...args], { cwd: root })

/** All but the conversation: that is laid out for half a minute, and drawn by `npm run check`. */
const quick = chartedMachines().filter(({ id }) => id !== 'conversation')

describe('npm run charts', () => {
  test('makes the same files every time, from nothing and from what is kept', async () => {
    const first = await chartFiles(async () => undefined, quick)
    assert.deepEqual(await chartFiles(async (file) => first[file], quick), first)
    for (const kind of ['.md', '-path.svg', '-overview.svg', '-full.svg']) {
      assert.ok(first[`docs/machines/job${kind}`], kind)
    }
    for (const { id } of quick) {
      const page = first[`docs/machines/${id}.md`] ?? ''
      const heads = [...page.matchAll(/^## (.+)$/gm)].map(([, head]) => head)
      assert.deepEqual(heads.slice(0, 2), ['One way through it', 'Three ideas to know'], id)
    }
  })

  test('refuses a lesson that the machine no longer takes', () => {
    const job = createSimulations().get('job')
    assert.ok(job && LESSONS.job)
    const steps = [
      ['inputs.uploaded', ''],
      ['result.delivered', ''],
    ] as const
    assert.throws(
      () => walkLesson(job, { ...LESSONS.job, steps } as never),
      /^Error: job in pending takes no result\.delivered: mend its lesson/,
    )
  })

  test('takes no layout that was changed by hand or made from another machine', async () => {
    const file = chartFile('lifecycle')
    const fresh = (await chartFiles(undefined, [lifecycleMachine]))[file] as string
    const moved = fresh.replace(/"width": \d+/, '"width": 9')
    const older = fresh.replaceAll('standby', 'resting')
    for (const text of [moved, older]) {
      assert.notEqual(text, fresh)
      const files = await chartFiles(async () => text, [lifecycleMachine])
      assert.equal(files[file], fresh)
    }
  })

  test('has what the page imports: every machine that is drawn', () => {
    assert.deepEqual(
      [...CHARTS.keys()].sort(),
      chartedMachines()
        .map((m) => m.id)
        .sort(),
    )
  })

  test('prints a machine in other formats, and names what it has', async () => {
    const { stdout } = await charts('job', '--format', 'scxml')
    assert.match(stdout, /^<\?xml[\s\S]*<state id="job\.creating"/)
    const all = (await charts('--format', 'mermaid')).stdout
    assert.ok((all.match(/^stateDiagram-v2$/gm)?.length ?? 0) >= 3)
    await assert.rejects(charts('--format', 'png'), /formats: mermaid, scxml, stately/)
  })

  test('reports as one JSON object', async () => {
    const { stdout } = await charts('--check', '--json').catch((error) => error)
    const report = JSON.parse(stdout)
    assert.deepEqual(Object.keys(report), ['ok', 'machines', 'stale'])
    assert.equal(report.ok, report.stale.length === 0)
  })
})
