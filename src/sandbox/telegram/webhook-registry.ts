import { rememberAllowed } from './allowed-updates.ts'
import { BotApiError, badRequest, tooManyRequests } from './api-error.ts'
import { type Args, booleanArg, integerArg, textArg } from './args.ts'
import { LIMITS, TIMES } from './limits.ts'
import type { LongPolls } from './long-poll.ts'
import type { MethodCall } from './method.ts'
import type { Bot, Webhook, World } from './model.ts'
import { isLoopback } from './url-fetch.ts'
import type { WebhookDelivery } from './webhook-delivery.ts'
import { seconds } from './world.ts'

const PORTS = new Set(['', '443', '80', '88', '8443'])

/** Loopback servers are treated like by a server in local mode: any port, plain HTTP. */
function checkUrl(raw: string): void {
  const absolute = /^[a-z]+:\/\//i.test(raw) ? raw : `https://${raw}`
  if (!URL.canParse(absolute)) throw badRequest('invalid webhook URL specified')
  const url = new URL(absolute)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw badRequest('invalid webhook URL specified')
  if (isLoopback(url)) return
  const bad = (text: string) => new BotApiError(400, `Bad Request: bad webhook: ${text}`)
  if (url.protocol === 'http:') throw bad('An HTTPS URL must be provided for webhook')
  if (!PORTS.has(url.port)) throw bad('Webhook can be set up only on ports 80, 88, 443 or 8443')
}

function checkSecret(secret: string): void {
  if (Buffer.byteLength(secret) > LIMITS.secretTokenLength)
    throw badRequest('secret token is too long')
  if (!/^[\w-]*$/.test(secret)) throw badRequest('secret token contains unallowed characters')
}

function wanted(args: Args): Webhook {
  const { default: usual, max } = LIMITS.webhookConnections
  return {
    url: textArg(args, 'url'),
    secretToken: textArg(args, 'secret_token'),
    maxConnections: integerArg(args, 'max_connections', usual, 1, max),
    ipAddress: textArg(args, 'ip_address'),
    hasCertificate: args.files.has('certificate'),
    lastError: undefined,
  }
}

const sameWebhook = (a: Webhook, b: Webhook): boolean =>
  !a.hasCertificate &&
  !b.hasCertificate &&
  a.url === b.url &&
  a.secretToken === b.secretToken &&
  a.maxConnections === b.maxConnections &&
  a.ipAddress === b.ipAddress

/** A method's result with the sentence that the server adds to it. */
export interface Described {
  readonly result: unknown
  readonly description: string
}

const done = (description: string): Described => ({ result: true, description })

interface Deps {
  readonly world: World
  readonly polls: LongPolls
  readonly delivery: WebhookDelivery
}

/** setWebhook, deleteWebhook and getWebhookInfo (tdlib Client.cpp, process_set_webhook_query). */
export function createWebhookRegistry({ world, polls, delivery }: Deps) {
  const nextAllowed = new WeakMap<Bot, number>()

  function remove(call: MethodCall): Described {
    const { bot, args } = call
    const drop = booleanArg(args, 'drop_pending_updates')
    if (drop) bot.updates.clear()
    if (!bot.webhook) return done('Webhook is already deleted')
    delivery.stop(bot)
    bot.webhook = undefined
    return done('Webhook was deleted')
  }

  function set(call: MethodCall): Described {
    const { bot, args } = call
    const webhook = wanted(args)
    if (webhook.url === '') return remove(call)
    if (world.now() < (nextAllowed.get(bot) ?? 0)) throw tooManyRequests(1)
    nextAllowed.set(bot, world.now() + TIMES.setWebhookPauseMs)
    const drop = booleanArg(args, 'drop_pending_updates')
    if (bot.webhook && !drop && sameWebhook(bot.webhook, webhook)) {
      rememberAllowed(call)
      return done('Webhook is already set')
    }
    polls.interrupt(bot, 'terminated by setWebhook request')
    // The old webhook is closed before the new settings are looked at: a refused one leaves none.
    delivery.stop(bot)
    bot.webhook = undefined
    if (drop) bot.updates.clear()
    checkSecret(webhook.secretToken)
    checkUrl(webhook.url)
    rememberAllowed(call)
    bot.webhook = webhook
    delivery.start(bot)
    return done('Webhook was set')
  }

  function info(bot: Bot) {
    const { webhook } = bot
    const allowed = bot.allowed.list()
    return {
      url: webhook?.url ?? '',
      has_custom_certificate: webhook?.hasCertificate ?? false,
      pending_update_count: bot.updates.all().length,
      ...(webhook?.lastError && {
        last_error_date: seconds(webhook.lastError.at),
        last_error_message: webhook.lastError.message,
      }),
      ...(webhook && { max_connections: webhook.maxConnections }),
      ...(webhook?.ipAddress && { ip_address: webhook.ipAddress }),
      ...(allowed && { allowed_updates: allowed }),
    }
  }

  return { set, remove, info }
}

export type WebhookRegistry = ReturnType<typeof createWebhookRegistry>
