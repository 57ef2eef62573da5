import Koa from 'koa'
import { COMMAND_LISTS } from '../http/telegram/announcements.ts'
import { attachReceiver } from '../inspect/receiver.ts'
import { createChatRoutes } from '../sandbox/chat/routes.ts'
import { listen } from '../sandbox/listen.ts'
import { BOT_USERNAME, type World } from './world.ts'

/** A browser that left while it was being answered. */
const HANGUPS = new Set(['EPIPE', 'ECONNRESET'])

/** The people who are there when the page opens: one for each language. */
const PEOPLE = [
  { firstName: 'Анна', languageCode: 'ru' },
  { firstName: 'Bob', languageCode: 'en' },
]
/** Played like everybody else; has pressed Start before, so that alarms arrive. */
const ADMIN = { firstName: 'Админ', languageCode: 'ru' }

type ChatWorld = Pick<World, 'telegram' | 'kie' | 'botUrl' | 'config' | 'setChatUrl'> & {
  inspect?: World['inspect']
}

export interface ChatPage {
  url: string
  /** The console, on the same server; null: this world has none. */
  consoleUrl: string | null
  close(): Promise<void>
}

/**
 * Serves the browser's chat with the bot of this world on loopback; port 0 is any free one. With a
 * console that was built, its live chart stands beside the chat, and other programs may report their
 * actors there by a WebSocket.
 */
export async function startChatPage(
  { telegram, kie, botUrl, config, setChatUrl, inspect }: ChatWorld,
  port: number,
  { withConsole = false } = {},
): Promise<ChatPage> {
  for (const person of PEOPLE) {
    await fetch(`${telegram.url}/sandbox/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(person),
    })
  }
  for (const id of config.adminIds) telegram.control.user(id, ADMIN)
  const app = new Koa()
  app.on('error', (error: NodeJS.ErrnoException) => {
    if (!HANGUPS.has(error.code ?? '')) app.onerror(error)
  })
  app.use(
    createChatRoutes({
      config: {
        botUsername: BOT_USERNAME,
        botId: config.botId,
        kieControlUrl: kie.url,
        consoleUrl: withConsole ? '/console' : null,
      },
      telegramUrl: telegram.url,
      botUrl,
      commands: async (language) => COMMAND_LISTS[language === 'ru' ? 1 : 0]?.commands ?? [],
    }).routes(),
  )
  const listening = await listen(app.callback(), { port })
  const url = `${listening.url}/`
  setChatUrl(url)
  const receiver = inspect && withConsole ? attachReceiver(listening.server, inspect) : null
  return {
    url,
    consoleUrl: withConsole ? new URL('/console', url).href : null,
    async close() {
      receiver?.close()
      await listening.close()
    },
  }
}
