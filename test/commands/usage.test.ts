import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mainCommand } from '../../src/commands/main-command.ts'
import { usageProblem } from '../../src/commands/usage.ts'
import { runCli } from '../support/run-cli.ts'

const problem = (line: string) => usageProblem(mainCommand, line.split(' ').filter(Boolean))
const commands = Object.keys(mainCommand.subCommands ?? {})

describe('the words after a command', () => {
  for (const name of commands) {
    test(`are refused for ${name} when a flag is unknown`, async () => {
      assert.match((await problem(`${name} --no-such-flag`)) ?? '', /unknown flag --no-such-flag/)
      assert.match((await problem(`${name} -z`)) ?? '', /unknown flag -z/)
      assert.equal(await problem(name), undefined)
    })
  }

  test('are taken as each command describes them', async () => {
    for (const line of [
      'charts job --format scxml',
      'charts --check --json',
      'replay history.json',
      'replay --actor job:abc --save=file.json',
      'check:prod --detailed --no-json',
      'e2e --runs 1 --mode polling',
      'audit --help',
      'audit --no-such-flag --help',
    ]) {
      assert.equal(await problem(line), undefined, line)
    }
  })

  test('are answered with what was probably meant, or with all there is', async () => {
    assert.equal(await problem('audit --jsn'), 'audit: unknown flag --jsn; did you mean --json?')
    assert.equal(
      await problem('bench --wrong'),
      'bench: unknown flag --wrong: --quick, --only, --orders, --json',
    )
    assert.equal(await problem('migrate --json'), 'migrate: unknown flag --json; it takes none')
    assert.equal(await problem('adit'), 'adit is no command; did you mean audit?')
    assert.equal(await problem('--json audit'), `--json is no command: ${commands.join(', ')}`)
    assert.equal(await problem(''), `name a command: ${commands.join(', ')}`)
  })

  test('are refused when a value is missing, wrong or too much', async () => {
    assert.equal(await problem('e2e --runs'), 'e2e: --runs needs a value')
    assert.equal(
      await problem('sandbox --mode push'),
      'sandbox: --mode needs one of webhook, polling',
    )
    assert.equal(await problem('audit everything'), 'audit: unexpected argument everything')
    assert.equal(await problem('charts job topup'), 'charts: unexpected argument topup')
  })

  test('are read for the part of a command that they name', async () => {
    assert.equal(await problem('models add some/model --from folder'), undefined)
    assert.match(
      (await problem('models lst')) ?? '',
      /^models: lst is no command; did you mean list/,
    )
    assert.equal(await problem('models list z'), 'models: list: unexpected argument z')
    assert.match((await problem('models add x --frm y')) ?? '', /did you mean --from/)
  })

  test('end the process with 2 and one line', async () => {
    const { code, stdout, stderr } = await runCli(['audit', '--detailed'], {})
    assert.deepEqual([code, stdout, stderr], [2, '', 'audit: unknown flag --detailed: --json\n'])
  })
})
