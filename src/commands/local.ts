import { spawn } from 'node:child_process'
import path from 'node:path'
import { defineCommand } from 'citty'
import { ConfigError, TrtError } from '../errors.ts'
import { BindError } from '../http/boot.ts'
import { bundleConsole } from '../sandbox/console-bundle.ts'
import { type Local, startLocal } from '../world/local.ts'
import { offerAdmin } from '../world/offer-admin.ts'

const DATA_DIR = path.resolve('.data/local')
const say = (line: string) => process.stdout.write(`${line}\n`)

/** The bot on this machine with the real Telegram, by long polling. */
export const localCommand = defineCommand({
  meta: {
    name: 'local',
    description: 'The bot on this machine by long polling; needs TELEGRAM_BOT_TOKEN.',
  },
  args: {
    'take-over': { type: 'boolean', default: false, description: 'Removes a webhook that is set' },
    watch: { type: 'boolean', default: false, description: 'Starts anew on every change' },
  },
  async run({ args }) {
    const takeOver = args['take-over']
    if (args.watch) return watch(takeOver)
    const stopped = new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
    })
    try {
      say('Starting PostgreSQL and the bot…')
      const consoleDir = path.resolve('.data/console')
      await bundleConsole(consoleDir)
      const local = await startLocal({ env: process.env, dataDir: DATA_DIR, takeOver, consoleDir })
      tell(local)
      const ending = new AbortController()
      if (local.adminIds.length === 0) {
        const { stdin: input, stdout: output } = process
        const { signal } = ending
        void offerAdmin({ local, dataDir: DATA_DIR, input, output, signal }).catch(() => {})
      }
      await stopped
      ending.abort()
      await local.stop()
      process.exit(0)
    } catch (error) {
      if (!(error instanceof TrtError) && !(error instanceof BindError)) throw error
      process.stderr.write(
        `${error instanceof ConfigError ? error.lines.join('\n') : error.message}\n`,
      )
      process.exit(1)
    }
  },
})

/** The same again under Node's own watch; ends with it. */
function watch(takeOver: boolean): Promise<void> {
  const flags = ['--watch-path=src', '--watch-path=models', '--env-file-if-exists=.env']
  const again = ['src/cli.ts', 'local', ...(takeOver ? ['--take-over'] : [])]
  const child = spawn(process.execPath, [...flags, ...again], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      process.exitCode = code ?? 0
      resolve()
    })
  })
}

function tell({ username, url, kie, consoleToken, adminIds }: Local): void {
  say('')
  say(`  The bot:   https://t.me/${username}`)
  say(`  Console:   ${url}/console (token: ${consoleToken})`)
  say(
    kie === null
      ? '  Provider:  the real one. Orders cost credits, and users pay real Stars.'
      : '  Provider:  the sandbox. Results are samples, nothing costs anything, the money is play money.',
  )
  if (adminIds.length === 0) say('  Admin:     nobody yet; write to the bot.')
  say('  Stop with Ctrl-C. What was said and ordered is kept for the next start.')
  say('')
}
