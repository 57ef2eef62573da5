import { type Config, parseConfig } from '../config/config.ts'
import { ConfigError } from '../errors.ts'
import { type Finding, fail, ok, warn } from './run-checks.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What the environment says, or why it says nothing that could be used. */
export type ReadEnvironment =
  | {
      readonly config: Config
      readonly warnings: readonly string[]
      /** Those of the warnings that name a number beyond what is plausible. */
      readonly implausible: readonly string[]
    }
  | { readonly config?: undefined; readonly lines: readonly string[] }

export function readEnvironment(env: Environment): ReadEnvironment {
  try {
    return parseConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return { lines: error.lines }
    throw error
  }
}

const GUESSABLE_BITS = 64
const REMOTE_BITS = 96

/** Bits of a secret by its length and its different characters; a lower bound for random ones. */
const strengthOf = (secret: string): number => secret.length * Math.log2(new Set(secret).size || 1)

const isLocal = (url: string) => {
  const { hostname } = new URL(url)
  return /^(localhost|127\.|\[::1\]|::1)/.test(hostname)
}

const isLocalSocket = (url: string) => !URL.canParse(url) || new URL(url).hostname === ''

/** Judges the settings themselves; asks nobody. */
export function findingsOfEnvironment(env: Environment): Finding[] {
  const read = readEnvironment(env)
  if (read.config === undefined) {
    return read.lines.map((line) =>
      fail(line, 'The bot does not start like this.', 'Set it as .env.example says.'),
    )
  }
  const { config, warnings, implausible } = read
  const findings = [
    ...warnings.map((line) =>
      implausible.includes(line)
        ? fail(
            line,
            'All prices and gifts follow from such numbers: a slip sells or gives away too much.',
            'Correct the number; a point, no units.',
          )
        : warn(line, 'What it was meant to change is not changed.', 'Correct or remove it.'),
    ),
    ...findingsOfModes(config),
    ...findingsOfSecrets(config),
    ...findingsOfPlaces(config),
  ]
  return [ok('all required names are set'), ...findings]
}

function findingsOfModes(config: Config): Finding[] {
  const on = [
    ...(config.dryRun ? ['DRY_RUN'] : []),
    ...(config.testMode ? ['TEST_MODE'] : []),
    ...(config.crashAt === undefined ? [] : ['TRT_CRASH_AT']),
  ]
  return [
    ...on.map((name) =>
      fail(
        `${name} is on`,
        'Refusals of the provider are mocked and protections are off: users would pay for play.',
        `Unset ${name}.`,
      ),
    ),
    ...(['silent', 'fatal', 'error'].includes(config.logLevel)
      ? [
          warn(
            `LOG_LEVEL=${config.logLevel} hides the steps of orders`,
            'Nobody can follow an order afterwards.',
            'Set it to info.',
          ),
        ]
      : []),
  ]
}

function findingsOfSecrets(config: Config): Finding[] {
  const { consoleToken, metricsToken, kieCallbackToken, kieWebhookHmacKey } = config
  const given: readonly (readonly [name: string, value: string | undefined])[] = [
    ['TELEGRAM_BOT_TOKEN', config.botToken],
    ['KIE_API_KEY', config.kieApiKey],
    ['WEBHOOK_SECRET_PATH', config.webhookSecretPath],
    ['WEBHOOK_SECRET_TOKEN', config.webhookSecretToken],
    ['KIE_CALLBACK_TOKEN', kieCallbackToken],
    ['KIE_WEBHOOK_HMAC_KEY', kieWebhookHmacKey],
    ['CONSOLE_TOKEN', consoleToken],
    ['METRICS_TOKEN', metricsToken],
  ]
  const chosen = given.slice(2)
  const weak = chosen.flatMap(([name, value]) =>
    value !== undefined && strengthOf(value) < GUESSABLE_BITS ? [name] : [],
  )
  const same = given.flatMap(([name, value], i) => {
    const twin = value && given.slice(i + 1).find(([, other]) => other === value)
    return twin ? [`${name} and ${twin[0]}`] : []
  })
  return [
    ...weak.map((name) =>
      fail(
        `${name} can be guessed`,
        'Whoever guesses it can send updates, results or orders in the name of others.',
        'Use 32 random characters, e.g. from: openssl rand -hex 16',
      ),
    ),
    ...same.map((names) =>
      fail(
        `${names} are the same`,
        'Whoever learns one of them has both.',
        'Make a random one for each.',
      ),
    ),
    ...(config.consoleRemote && consoleToken !== undefined && strengthOf(consoleToken) < REMOTE_BITS
      ? [
          fail(
            'CONSOLE_REMOTE is on with a short CONSOLE_TOKEN',
            'The console shows balances and lets operators act; it can be reached from everywhere.',
            'Use 32 random characters, or unset CONSOLE_REMOTE and open it through a tunnel.',
          ),
        ]
      : []),
  ]
}

function findingsOfPlaces(config: Config): Finding[] {
  const { databaseUrl, telegramApiRoot, kieApiBase, kieUploadBase, manualTopupDetails } = config
  const elsewhere = [
    ['TELEGRAM_API_ROOT', telegramApiRoot, 'https://api.telegram.org'],
    ['KIE_API_BASE', kieApiBase, 'https://api.kie.ai'],
    ['KIE_UPLOAD_BASE', kieUploadBase, 'https://kieai.redpandaai.co'],
  ] as const
  const open = !isLocalSocket(databaseUrl) && !isLocal(databaseUrl)
  return [
    ...elsewhere.flatMap(([name, value, usual]) =>
      value.replace(/\/+$/, '') === usual
        ? []
        : [
            warn(
              `${name} leads to another server than ${usual}`,
              'Tokens and keys are sent there.',
              'Unset it unless that server is yours.',
            ),
          ],
    ),
    ...(open && !/[?&]sslmode=(require|verify-ca|verify-full|no-verify)/.test(databaseUrl)
      ? [
          warn(
            'DATABASE_URL asks for no encryption',
            'Whoever sits between can read the password and every order.',
            'Add ?sslmode=verify-full, or require inside a private network.',
          ),
        ]
      : []),
    ...(manualTopupDetails === undefined
      ? []
      : [
          warn(
            'MANUAL_TOPUP_DETAILS sells digital goods without Stars',
            'Telegram removes bots for it on iOS and Android.',
            'Know the risk, or unset it.',
          ),
        ]),
  ]
}
