import path from 'node:path'
import { type FreshDatabase, withFreshDatabase } from '../e2e/database.ts'
import { bundleConsole } from '../sandbox/console-bundle.ts'
import { startChatPage } from './sandbox-page.ts'
import { startWorld } from './sandbox-world.ts'

export interface SandboxOptions {
  port: number
  botMode: 'webhook' | 'polling'
}

/** Starts everything offline and prints where to look; ends when it is told to stop. */
export function runSandbox(options: SandboxOptions): Promise<void> {
  say('Starting PostgreSQL, the bot and its two stand-ins…')
  // Empty each time: what the stand-ins knew is gone, and numbers of theirs would come twice.
  return withFreshDatabase(process.env, (database) => serve(options, database), 'sandbox')
}

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
    timing: { queueMs: 1_500, generateMs: 4_000 },
    env: { USD_RUB_RATE: process.env.USD_RUB_RATE, PRICE_MARKUP: process.env.PRICE_MARKUP },
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
