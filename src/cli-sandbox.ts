import { startChatPage } from './sandbox-page.ts'
import { openDatabase, startWorld } from './sandbox-world.ts'

export interface SandboxOptions {
  port: number
  botMode: 'webhook' | 'polling'
}

/** Starts everything offline and prints where to look; runs until it is told to stop. */
export async function runSandbox({ port, botMode }: SandboxOptions): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`)
  say('Starting PostgreSQL, the bot and its two stand-ins…')
  const database = await openDatabase('sandbox', process.env)
  const world = await startWorld({
    botMode,
    databaseUrl: database.url,
    storageMode: database.storageMode,
    pretty: true,
    logLevel: process.env.LOG_LEVEL ?? 'warn',
    timing: { queueMs: 1_500, generateMs: 4_000 },
    env: { USD_RUB_RATE: process.env.USD_RUB_RATE, PRICE_MARKUP: process.env.PRICE_MARKUP },
  })
  const page = await startChatPage(world, port)
  say('')
  say(`  Chat with the bot:  ${page.url}`)
  say(`  Health of the bot:  ${world.botUrl}/health`)
  say(`  Mode: ${botMode}, database: ${database.storageMode}. Stop with Ctrl-C.`)
  say('')

  const stop = async () => {
    await page.close()
    await world.stop()
    await database.close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
}
