import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Router } from '@koa/router'
import type { Context } from 'koa'
import { forwardTo } from './forward.ts'

/** What the page needs to know about the sandbox it belongs to. */
export interface ChatConfig {
  readonly botUsername: string
  /** Base URL of the fake generation service; empty when it shares the page's server. */
  readonly kieControlUrl: string
  /** Where the console is on this page's own server; null: there is none. */
  readonly consoleUrl: string | null
  /** Of the bot: with a chat's number it names the chat's actor. */
  readonly botId: number
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Only these files exist for a browser, so no path can lead out of the folder. */
function pageFiles(): ReadonlyMap<string, { type: string; body: Buffer }> {
  const folder = import.meta.dirname
  return new Map(
    readdirSync(folder).flatMap((name) => {
      const type = TYPES[path.extname(name)]
      return type ? [[name, { type, body: readFileSync(path.join(folder, name)) }] as const] : []
    }),
  )
}

/** Nothing from elsewhere is loaded and nothing inline is run, whatever a message may contain. */
function secure(ctx: Context, consoleUrl: string | null): void {
  const frames = consoleUrl ? "'self'" : "'none'"
  ctx.set(
    'content-security-policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' blob:",
      "media-src 'self'",
      "connect-src 'self'",
      `frame-src ${frames}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types inert-html',
    ].join('; '),
  )
  ctx.set('x-content-type-options', 'nosniff')
  ctx.set('referrer-policy', 'no-referrer')
  ctx.set('cross-origin-opener-policy', 'same-origin')
  ctx.set('cache-control', 'no-cache')
}

/** One entry of the bot's command menu. */
export interface ChatCommand {
  readonly command: string
  readonly description: string
}

export interface ChatRoutesOptions {
  readonly config: ChatConfig
  /** Base URL of the fake Telegram server; absent when these routes are mounted in it. */
  readonly telegramUrl?: string
  /** Base URL of the bot, which has the console; this page's server passes requests on to it. */
  readonly botUrl?: string
  /** The bot's command menu in a user's language; suggested while `/` is typed. */
  readonly commands?: (languageCode: string) => Promise<readonly ChatCommand[]>
}

/**
 * Serves the chat page at `/`, its files under `/chat/` and its addresses as JSON; orders to the
 * two fakes are passed on where they have servers of their own.
 */
export function createChatRoutes(options: ChatRoutesOptions): Router {
  const { config, telegramUrl, botUrl, commands = async () => [] } = options
  const files = pageFiles()
  const router = new Router()
  const send = (ctx: Context, name: string) => {
    const file = files.get(name)
    if (!file) return
    secure(ctx, config.consoleUrl)
    ctx.type = file.type
    ctx.body = file.body
  }
  router.get('/', (ctx) => send(ctx, 'page.html'))
  router.get('/chat/:name', (ctx) => send(ctx, String(ctx.params.name)))
  router.get('/sandbox/config.json', (ctx) => {
    ctx.set('cache-control', 'no-store')
    ctx.body = config
  })
  router.get('/sandbox/commands', async (ctx) => {
    ctx.body = await commands(ctx.URL.searchParams.get('language') ?? '')
  })
  router.all(/^\/sandbox\/kie\/.+/, forwardTo(config.kieControlUrl))
  router.all(/^\/sandbox\/.+/, forwardTo(telegramUrl))
  // The console judges by the host whether a request is its own page's.
  if (config.consoleUrl) router.all(/^\/console(\/.*)?$/, forwardTo(botUrl, { keepHost: true }))
  return router
}
