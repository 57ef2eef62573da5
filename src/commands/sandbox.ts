import path from 'node:path'
import { defineCommand } from 'citty'
import type { BotMode } from '../machines/lifecycle/machine.ts'
import { bundleConsole } from '../sandbox/console-bundle.ts'
import { PLAY_TIMING } from '../sandbox/kie/engine.ts'
import { startChatPage } from '../world/chat-page.ts'
import { type FreshDatabase, withFreshDatabase } from '../world/database.ts'
import { startWorld } from '../world/world.ts'

const MODES: BotMode[] = ['webhook', 'polling']

export const sandboxCommand = defineCommand({
  meta: { name: 'sandbox', description: 'The whole product offline, with a chat in the browser.' },
  args: {
    port: { type: 'string', default: process.env.SANDBOX_PORT ?? '8080', description: 'Chat page' },
    mode: { type: 'enum', options: MODES, default: 'webhook', description: 'How updates come in' },
  },
  async run({ args }) {
    await runSandbox({ port: Number(args.port), botMode: args.mode })
  },
})

interface SandboxOptions {
  port: number
  botMode: BotMode
}

/** Starts everything offline and prints where to look; ends when it is told to stop. */
function runSandbox(options: SandboxOptions): Promise<void> {
  say('Starting PostgreSQL, the bot and its two stand-ins…')
  // Empty each time: what the stand-ins knew is gone, and numbers of theirs would come twice.
  return withFreshDatabase(process.env, (database) => serve(options, database), 'sandbox')
}

/** Settings of the shop that reach the sandbox; transfers and help are there to be looked at. */
const shopSettings = (env: NodeJS.ProcessEnv) => ({
  USD_RUB_RATE: env.USD_RUB_RATE,
  PRICE_MARKUP: env.PRICE_MARKUP,
  STARS_PER_RUB: env.STARS_PER_RUB,
  WELCOME_BALANCE_RUB: env.WELCOME_BALANCE_RUB,
  WORDS_MODEL: env.WORDS_MODEL ?? 'gemini-2.5-flash',
  SUPPORT_TELEGRAM: env.SUPPORT_TELEGRAM ?? '@sandbox_support',
  MANUAL_TOPUP_DETAILS:
    env.MANUAL_TOPUP_DETAILS ?? 'Sandbox Bank, account 0000 0000 (nothing is paid here)',
})

const say = (line: string) => process.stdout.write(`${line}\n`)

async function serve({ port, botMode }: SandboxOptions, database: FreshDatabase): Promise<void> {
  const consoleDir = path.resolve('.data/console')
  await bundleConsole(consoleDir)
  const world = await startWorld({
    botMode,
    consoleDir,
    databaseUrl: database.url,
    storageMode: database.storageMode,
    pretty: true,
    logLevel: process.env.LOG_LEVEL ?? 'warn',
    timing: PLAY_TIMING,
    env: shopSettings(process.env),
  })
  const stopped = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })
  try {
    const page = await startChatPage(world, port, { withConsole: true })
    say('')
    say(`  Chat with the bot:  ${page.url}`)
    say(`  Console:            ${page.consoleUrl}`)
    say(`  Health of the bot:  ${world.botUrl}/health`)
    say(`  Mode: ${botMode}, database: ${database.storageMode}. Stop with Ctrl-C.`)
    say('')
    await stopped
    await page.close()
  } finally {
    await world.stop()
  }
}
