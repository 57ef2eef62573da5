import { createServer } from 'node:http'
import Koa from 'koa'
import { COMMAND_LISTS } from './http/telegram/announcements.ts'
import { createChatRoutes } from './sandbox/chat/routes.ts'
import { BOT_USERNAME, openDatabase, startWorld } from './sandbox-world.ts'

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
  for (const [firstName, languageCode] of [
    ['Анна', 'ru'],
    ['Bob', 'en'],
  ] as const) {
    await fetch(`${world.telegram.url}/sandbox/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ firstName, languageCode }),
    })
  }
  const app = new Koa()
  app.use(
    createChatRoutes({
      config: { botUsername: BOT_USERNAME, kieControlUrl: world.kie.url, consoleUrl: null },
      telegramUrl: world.telegram.url,
      commands: async (language) => COMMAND_LISTS[language === 'ru' ? 1 : 0]?.commands ?? [],
    }).routes(),
  )
  const server = createServer(app.callback())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  say('')
  say(`  Chat with the bot:  http://127.0.0.1:${port}/`)
  say(`  Health of the bot:  ${world.botUrl}/health`)
  say(`  Mode: ${botMode}, database: ${database.storageMode}. Stop with Ctrl-C.`)
  say('')

  const stop = async () => {
    server.closeAllConnections()
    server.close()
    await world.stop()
    await database.close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
}
