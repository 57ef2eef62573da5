import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { COMMAND_LISTS } from './http/telegram/announcements.ts'
import { createChatRoutes } from './sandbox/chat/routes.ts'
import { BOT_USERNAME, type World } from './sandbox-world.ts'

/** The people who are there when the page opens: one for each language. */
const PEOPLE = [
  { firstName: 'Анна', languageCode: 'ru' },
  { firstName: 'Bob', languageCode: 'en' },
]

/** Serves the browser's chat with the bot of this world on loopback; port 0 is any free one. */
export async function startChatPage(
  { telegram, kie }: Pick<World, 'telegram' | 'kie'>,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  for (const person of PEOPLE) {
    await fetch(`${telegram.url}/sandbox/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(person),
    })
  }
  const app = new Koa()
  app.use(
    createChatRoutes({
      config: { botUsername: BOT_USERNAME, kieControlUrl: kie.url, consoleUrl: null },
      telegramUrl: telegram.url,
      commands: async (language) => COMMAND_LISTS[language === 'ru' ? 1 : 0]?.commands ?? [],
    }).routes(),
  )
  const server = createServer(app.callback())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
