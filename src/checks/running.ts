import { z } from 'zod'
import type { Config } from '../config/config.ts'
import { coerceError } from '../errors.ts'
import { PROBE_JOB, signJob } from '../http/kie/callback-proof.ts'
import { type Finding, fail, ok, warn } from './run-checks.ts'

const CALL_LIMIT_MS = 10_000
const SKEW_MS = 5_000

const healthSchema = z.looseObject({
  status: z.string(),
  version: z.string(),
  commit: z.string().nullish(),
  mode: z.string(),
  bot_mode: z.string(),
  kie_mode: z.string(),
  db_schema_ready: z.boolean(),
  instance_id: z.string(),
  workers: z.record(z.string(), z.looseObject({ last_error: z.string().nullish() })).default({}),
  ts: z.iso.datetime(),
})

type Health = z.infer<typeof healthSchema>

/** What an instance answers; a status of 0 means that nobody answered. */
export interface RunningFacts {
  readonly url: string
  readonly health: Health | null
  /** Why there is no health. */
  readonly reason: string
  /** The instance's clock ahead of ours. */
  readonly offsetMs: number
  readonly ready: number
  readonly callback: { readonly forged: number; readonly signed: number }
  /** Answers of the webhook route to an unreadable body; null in polling mode. */
  readonly webhook: { readonly forged: number; readonly signed: number } | null
  /** Whether somebody holds the leader's lock; null: the database could not be asked. */
  readonly leader: boolean | null
}

type Place = Pick<
  Config,
  'botMode' | 'kieCallbackPath' | 'callbackKey' | 'webhookSecretPath' | 'webhookSecretToken'
>

/**
 * Asks the instance behind an address what it is, and knocks at its routes like strangers and like the
 * provider and Telegram would. Nothing that it is sent is stored.
 */
export async function readRunning(
  url: string,
  place: Place,
  { now, leader }: { now: () => number; leader: () => Promise<boolean | null> },
): Promise<RunningFacts> {
  const asked = now()
  const answer = await call(new URL('/health', url))
  const parsed = healthSchema.safeParse(answer.body)
  const health = parsed.success ? parsed.data : null
  const reason = answer.status === 0 ? answer.reason : `status ${answer.status}, and no such report`
  const offsetMs = health === null ? 0 : Date.parse(health.ts) - (asked + now()) / 2
  const post = async (path: string, headers: Record<string, string> = {}) =>
    health === null
      ? 0
      : (await call(new URL(path, url), { method: 'POST', headers, body: '{' })).status
  const route = `/${place.kieCallbackPath.replace(/^\/+/, '')}`
  const signed = new URLSearchParams({
    job: PROBE_JOB,
    sig: signJob(place.callbackKey, PROBE_JOB),
  })
  const forged = new URLSearchParams({ job: PROBE_JOB, sig: 'forged' })
  const hook = `/webhook/${place.webhookSecretPath}`
  return {
    ...{ url, health, reason, offsetMs },
    ready: health === null ? 0 : (await call(new URL('/ready', url))).status,
    callback: {
      forged: await post(`${route}?${forged}`),
      signed: await post(`${route}?${signed}`),
    },
    webhook:
      place.botMode === 'polling'
        ? null
        : {
            forged: await post(hook),
            signed: await post(hook, {
              'x-telegram-bot-api-secret-token': place.webhookSecretToken,
            }),
          },
    leader: await leader(),
  }
}

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly reason: string
}

async function call(url: URL, init: RequestInit = {}): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(CALL_LIMIT_MS) })
    const text = await response.text()
    return { status: response.status, body: parse(text), reason: '' }
  } catch (thrown) {
    const { cause, message } = coerceError(thrown)
    return { status: 0, body: undefined, reason: (cause as Error | undefined)?.message || message }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export interface Own {
  readonly version: string
  readonly commit: string | null
  readonly botMode: string
}

/** Judges an instance by what it said; `own` is what it should be. */
export function findingsOfRunning(facts: RunningFacts, own: Own): Finding[] {
  const { health } = facts
  if (health === null) {
    return [
      fail(
        `nobody answers at ${facts.url}: ${facts.reason}`,
        'The bot is down, or not reachable: nobody gets an answer.',
        'Start it and read its log; give another address by --url; before the first start use --preflight.',
      ),
    ]
  }
  return [
    ok(`${health.instance_id} answers: version ${health.version}, ${health.mode}`),
    ...findingsOfState(facts, health, own),
    ...findingsOfRoutes(facts),
    ...(facts.leader === false
      ? [
          fail(
            'no instance leads',
            'Nobody registers the webhook, polls, or does what is done once a night.',
            'Restart the instances; look for [LOCK] in their logs.',
          ),
        ]
      : []),
  ]
}

function findingsOfState({ ready, offsetMs }: RunningFacts, health: Health, own: Own): Finding[] {
  const findings: Finding[] = []
  if (ready !== 200) {
    findings.push(
      fail(
        `/ready answers ${ready || 'nothing'}`,
        'It can neither process nor store what comes in.',
        'Read its log for "is not there yet"; see /health for what is missing.',
      ),
    )
  }
  if (health.status !== 'ok' || !health.db_schema_ready) {
    findings.push(
      fail(
        `/health says ${health.status}${health.db_schema_ready ? '' : ', schema not ready'}`,
        'A part that it needs is missing.',
        'Read its log from the first warning on.',
      ),
    )
  }
  for (const [name, { last_error }] of Object.entries(health.workers)) {
    if (!last_error) continue
    findings.push(
      warn(
        `its worker ${name} reports: ${last_error}`,
        'Background work of this kind may be behind.',
        'Look whether it goes on by itself; if not, read the log around it.',
      ),
    )
  }
  if (health.kie_mode !== 'real') {
    findings.push(
      fail(
        'it runs with DRY_RUN or TEST_MODE',
        'Refusals of the provider are mocked: users would pay for play.',
        'Unset both where it runs, and restart it.',
      ),
    )
  }
  if (health.bot_mode !== own.botMode) {
    findings.push(
      fail(
        `it runs in ${health.bot_mode} mode, this environment says ${own.botMode}`,
        'What is checked here is not what runs there.',
        'Check with the environment of the deployed bot.',
      ),
    )
  }
  const isOther =
    health.version !== own.version || (own.commit && health.commit && own.commit !== health.commit)
  if (isOther) {
    findings.push(
      warn(
        `it runs ${health.version} (${health.commit ?? 'no commit'}), this is ${own.version} (${own.commit ?? 'no commit'})`,
        'Models, prices and schema are judged by this version, not by that one.',
        'Deploy this version, or check from a checkout of that one.',
      ),
    )
  }
  const skew = Math.abs(Math.round(offsetMs))
  if (skew > SKEW_MS) {
    findings.push(
      fail(
        `its clock is ${(skew / 1000).toFixed(1)} s away from this machine's`,
        'Time limits and signatures of callbacks depend on it.',
        'Let both machines follow NTP.',
      ),
    )
  }
  return findings
}

function findingsOfRoutes({ callback, webhook }: RunningFacts): Finding[] {
  const findings: Finding[] = []
  if (callback.forged !== 401) {
    findings.push(
      fail(
        `the callback route answers ${callback.forged || 'nothing'} to a forged callback, not 401`,
        callback.forged === 404
          ? 'The running bot has its callback route elsewhere than this environment says.'
          : 'Strangers could report results.',
        'Set the same KIE_CALLBACK_PATH here and there; let nothing between answer for the bot.',
      ),
    )
  } else if (callback.signed !== 200) {
    findings.push(
      fail(
        `the callback route answers ${callback.signed || 'nothing'} to a signed probe, not 200`,
        'Results of the provider would be refused: it was started with another bot token, or can store nothing.',
        'Start it with this TELEGRAM_BOT_TOKEN; read its log.',
      ),
    )
  }
  if (webhook === null) return findings
  if (webhook.forged !== 401 || webhook.signed !== 400) {
    findings.push(
      fail(
        `the webhook route answers ${webhook.forged} to strangers and ${webhook.signed} to Telegram's secret, not 401 and 400`,
        'Telegram delivers with a path and secret that the running bot does not take.',
        'Set the same WEBHOOK_SECRET_PATH and WEBHOOK_SECRET_TOKEN here and there.',
      ),
    )
  }
  return findings
}
