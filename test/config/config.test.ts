import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CONFIG_NAMES, maskedSecrets, parseConfig, secretsOf } from '../../src/config/config.ts'
import { editDistance } from '../../src/config/nearest.ts'
import { publicUrl } from '../../src/config/public-url.ts'
import { ConfigError } from '../../src/errors.ts'
import { anyCharacter, fc, webAddress } from '../support/properties.ts'

const polling = {
  TELEGRAM_BOT_TOKEN: '4242:AAtokenOfTheBot-xyz_0123456789abcdef',
  KIE_API_KEY: 'kie-key-0123456789',
  ADMIN_ID: '11, 22',
  BOT_MODE: 'polling',
  DATABASE_URL: 'postgresql://trt:s3cretpassword@db:5432/trt',
}
const webhook = { ...polling, BOT_MODE: 'webhook', WEBHOOK_BASE_URL: 'https://bot.example/' }

function linesOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    parseConfig(env)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.lines
  }
  return []
}

const configOf = (env: Record<string, string | undefined>) => parseConfig(env).config
const warningsOf = (env: Record<string, string | undefined>) => parseConfig(env).warnings

describe('configuration', () => {
  test('reads the required names and fills in the rest', () => {
    const { config, warnings } = parseConfig(polling)
    assert.deepEqual(warnings, [])
    assert.deepEqual(config.adminIds, [11, 22])
    assert.equal(config.botId, 4242)
    assert.equal(config.port, 8000)
    assert.equal(config.host, '0.0.0.0')
    assert.equal(config.telegramApiRoot, 'https://api.telegram.org')
    assert.equal(config.kieApiBase, 'https://api.kie.ai')
    assert.equal(config.kieUploadBase, 'https://kieai.redpandaai.co')
    assert.equal(config.kieCallbackPath, 'callbacks/kie')
    assert.deepEqual([config.usdRubRate, config.priceMarkup, config.starsPerRub], [78.57, 2, 1.6])
    assert.deepEqual([config.freeDailyLimit, config.freeHourlyLimit], [5, 2])
    assert.deepEqual([config.freeDailyBudgetCredits, config.referralBonusFree], [2000, 10])
    assert.deepEqual([config.rateJobsPerMin, config.rateJobsPerHour], [5, 20])
    assert.deepEqual([config.dryRun, config.testMode, config.consoleActions], [false, false, []])
    assert.equal(config.consoleToken, undefined)
    assert.equal(config.welcomeBalanceRub, 0)
  })

  test('gives one line per missing name and the way to the sandbox', () => {
    const lines = linesOf({ BOT_MODE: 'webhook', KIE_API_KEY: '  ' })
    const names = lines.map((line) => line.split(' ')[0])
    assert.deepEqual(names.slice(0, -1), [
      'TELEGRAM_BOT_TOKEN',
      'KIE_API_KEY',
      'ADMIN_ID',
      'DATABASE_URL',
      'WEBHOOK_BASE_URL',
    ])
    assert.match(lines.at(-1) ?? '', /npm run sandbox/)
  })

  test('points to a name that was nearly right', () => {
    const { ADMIN_ID, ...rest } = polling
    assert.match(linesOf({ ...rest, ADMIN_IDS: ADMIN_ID }).join('\n'), /ADMIN_IDS/)
    const [warning] = warningsOf({ ...polling, KIE_CALBACK_PATH: 'x' })
    assert.match(warning ?? '', /KIE_CALBACK_PATH.*did you mean KIE_CALLBACK_PATH\?/)
  })

  test('warns about a strange name of ours without a guess, and not about other names', () => {
    const warnings = warningsOf({ ...polling, TELEGRAM_SOMETHING_ELSE_ENTIRELY: '1', EDITOR: 'x' })
    assert.deepEqual(warnings, ['TELEGRAM_SOMETHING_ELSE_ENTIRELY is not a known name.'])
  })

  const wrong = {
    TELEGRAM_BOT_TOKEN: 'no-colon',
    KIE_API_KEY: 'two words',
    BOT_MODE: 'both',
    DATABASE_URL: 'mysql://x',
  }
  for (const [name, value] of Object.entries(wrong)) {
    test(`refuses a wrong ${name} without showing it`, () => {
      const lines = linesOf({ ...polling, [name]: value })
      assert.equal(lines.length, 2)
      assert.match(lines[0] ?? '', new RegExp(`^${name} is wrong: expected `))
      assert.equal(lines.join('\n').includes(value), false)
    })
  }

  for (const list of ['', ',', '1,,2', '-5', '1.5', '0', 'me', '9007199254740993']) {
    test(`refuses the administrators "${list}"`, () => {
      assert.match(linesOf({ ...polling, ADMIN_ID: list })[0] ?? '', /^ADMIN_ID is (wrong|missing)/)
    })
  }

  const optional = {
    PORT: ['99999', 'port', 8000],
    FREE_DAILY_LIMIT: ['-1', 'freeDailyLimit', 5],
    RATE_JOBS_PER_MIN: ['0', 'rateJobsPerMin', 5],
    KIE_CALLBACK_PATH: ['health', 'kieCallbackPath', 'callbacks/kie'],
    KIE_API_BASE: ['not a url', 'kieApiBase', 'https://api.kie.ai'],
    LOG_LEVEL: ['loud', 'logLevel', 'info'],
    CONSOLE_TOKEN: ['short', 'consoleToken', undefined],
    DRY_RUN: ['perhaps', 'dryRun', false],
  } as const
  for (const [name, [value, key, fallback]] of Object.entries(optional)) {
    test(`boots with a wrong ${name}, warns, and uses the default`, () => {
      const { config, warnings } = parseConfig({ ...polling, [name]: value })
      assert.equal(config[key], fallback)
      assert.equal(warnings.length, 1)
      assert.match(warnings[0] ?? '', new RegExp(`^${name} is wrong: expected .* instead\\.$`))
    })
  }

  for (const [name, value] of [
    ['USD_RUB_RATE', '78,57'],
    ['PRICE_MARKUP', '0'],
    ['PRICE_MARKUP', '2,5'],
    ['STARS_PER_RUB', '-1'],
  ] as const) {
    test(`refuses ${name}=${value}: no other rate than the one meant may sell anything`, () => {
      assert.match(linesOf({ ...polling, [name]: value })[0] ?? '', new RegExp(`^${name} is wrong`))
    })
  }

  test('warns about numbers that look like a slip, and lists them apart', () => {
    const slips = { USD_RUB_RATE: '7857', FREE_DAILY_LIMIT: '5000', WELCOME_BALANCE_RUB: '1e2' }
    const { implausible, warnings } = parseConfig({ ...polling, ...slips, KIE_CALBACK_PATH: 'x' })
    assert.deepEqual(implausible, [
      'USD_RUB_RATE=7857 is unusual: expected 40 to 250. Is it a slip?',
      'FREE_DAILY_LIMIT=5000 is unusual: expected 0 to 100. Is it a slip?',
    ])
    assert.equal(warnings.length, 4)
    assert.deepEqual(parseConfig(polling).implausible, [])
  })

  test('points to any of its names that was mistyped, and to no other', () => {
    const slips = { PRICE_MARKUPP: '3', ADMIN_IDS: '1', PROT: '1', LOGLEVEL: 'info', HOSTS: 'x' }
    assert.deepEqual(
      warningsOf({ ...polling, ...slips }).map((line) => line.match(/mean (\w+)/)?.[1]),
      ['PRICE_MARKUP', 'ADMIN_ID', 'PORT', 'LOG_LEVEL', 'HOST'],
    )
    const others = ['HOME', 'PATH', 'HOSTNAME', 'USER', 'SHELL', 'NODE_ENV', 'TEST_DATABASE_URL']
    const more = ['PWD', 'LANG', 'TERM', 'EDITOR', 'PORT_FILE', 'RENDER_EXTERNAL_URL', 'LOGNAME']
    const env = Object.fromEntries([...others, ...more].map((name) => [name, 'https://x.example']))
    assert.deepEqual(warningsOf({ ...polling, ...env }), [])
  })

  test('takes the public address from the host it runs on', () => {
    const render = {
      ...webhook,
      WEBHOOK_BASE_URL: '',
      RENDER_EXTERNAL_URL: 'https://a.onrender.com',
    }
    assert.equal(configOf(render).webhookBaseUrl, 'https://a.onrender.com')
    assert.equal(configOf(webhook).webhookBaseUrl, 'https://bot.example')
  })

  test('wants https in webhook mode, except on the loopback', () => {
    for (const url of ['http://127.0.0.1:8000', 'http://localhost', 'http://[::1]:80']) {
      assert.equal(configOf({ ...webhook, WEBHOOK_BASE_URL: url }).webhookBaseUrl, url)
    }
    for (const url of [
      'http://bot.example',
      'http://localhost.example',
      'ftp://x',
      'bot.example',
    ]) {
      assert.match(linesOf({ ...webhook, WEBHOOK_BASE_URL: url })[0] ?? '', /^WEBHOOK_BASE_URL/)
    }
  })

  test('does not let a wrong public address stop polling', () => {
    const { config, warnings } = parseConfig({ ...polling, WEBHOOK_BASE_URL: 'nowhere' })
    assert.equal(config.webhookBaseUrl, undefined)
    assert.equal(warnings.length, 1)
  })

  test('derives stable, different secrets that say nothing about the token', () => {
    const first = configOf(webhook)
    const derived = [first.webhookSecretPath, first.webhookSecretToken, first.callbackKey]
    const again = configOf({ ...webhook, PORT: '1' })
    assert.deepEqual(
      [again.webhookSecretPath, again.webhookSecretToken, again.callbackKey],
      derived,
    )
    assert.equal(new Set(derived).size, 3)
    for (const secret of derived) assert.match(secret, /^[\w-]{43}$/)
    const other = configOf({ ...webhook, TELEGRAM_BOT_TOKEN: '4242:AAotherTokenOfTheBot' })
    assert.notEqual(other.webhookSecretPath, first.webhookSecretPath)
  })

  test('knows orders and people of before a rotation by the tokens of then, of this bot only', () => {
    const before = configOf(webhook)
    const [bot] = webhook.TELEGRAM_BOT_TOKEN.split(':')
    const rotated = { ...webhook, TELEGRAM_BOT_TOKEN: `${bot}:AAtokenAfterTheRotation` }
    const former = `${webhook.TELEGRAM_BOT_TOKEN}, ${bot}:AAtheOneBefore`
    const { config, warnings } = parseConfig({ ...rotated, TELEGRAM_BOT_TOKEN_PREVIOUS: former })
    assert.deepEqual(warnings, [])
    assert.notEqual(config.callbackKey, before.callbackKey)
    assert.equal(config.formerCallbackKeys[0], before.callbackKey)
    assert.equal(config.formerPersonKeys[0], before.personKey)
    assert.equal(config.formerCallbackKeys.length, 2)
    for (const secret of [before.callbackKey, before.personKey, 'AAtheOneBefore'])
      assert.ok(secretsOf(config).includes(secret))
    const strange = `${rotated.TELEGRAM_BOT_TOKEN},9:AAofAnotherBot`
    const odd = parseConfig({ ...rotated, TELEGRAM_BOT_TOKEN_PREVIOUS: strange })
    assert.deepEqual(odd.config.formerCallbackKeys, [])
    assert.equal(odd.warnings.length, 2)
    assert.ok(odd.warnings.every((line) => !line.includes('AA')))
  })

  test('keeps given webhook secrets, but never the bot token as one', () => {
    const given = {
      ...webhook,
      WEBHOOK_SECRET_PATH: 'my-own-path',
      WEBHOOK_SECRET_TOKEN: 'my-own-x',
    }
    const config = configOf(given)
    assert.deepEqual(
      [config.webhookSecretPath, config.webhookSecretToken],
      ['my-own-path', 'my-own-x'],
    )
    const secret = polling.TELEGRAM_BOT_TOKEN.split(':')[1]
    const leaky = parseConfig({ ...webhook, WEBHOOK_SECRET_PATH: secret })
    assert.notEqual(leaky.config.webhookSecretPath, secret)
    assert.equal(leaky.warnings.length, 1)
  })

  test('arms a crash point in test mode only', () => {
    const armed = { ...polling, TRT_CRASH_AT: 'update.committed' }
    assert.equal(configOf({ ...armed, TEST_MODE: '1' }).crashAt, 'update.committed')
    for (const file of ['file:/tmp/armed', 'file:armed', 'update_committed']) {
      const { crashAt } = parseConfig({ ...armed, TRT_CRASH_AT: file, TEST_MODE: '1' }).config
      assert.equal(crashAt, file.startsWith('file:/') ? file : undefined)
    }
    const { config, warnings } = parseConfig(armed)
    assert.equal(config.crashAt, undefined)
    assert.equal(warnings.length, 1)
  })

  test('lets the sandbox go without a database, and nobody else', () => {
    const { DATABASE_URL, ...rest } = polling
    assert.equal(parseConfig(rest, { sandbox: true }).config.databaseUrl, '')
    assert.throws(() => parseConfig(rest), ConfigError)
    const given = parseConfig({ ...rest, DATABASE_URL }, { sandbox: true })
    assert.equal(given.config.databaseUrl, DATABASE_URL)
  })

  test('reads a support name however it is written', () => {
    for (const name of ['@help_desk', 'help_desk', 'https://t.me/help_desk']) {
      assert.equal(configOf({ ...polling, SUPPORT_TELEGRAM: name }).supportTelegram, 'help_desk')
    }
  })

  test('keeps the path of the public address', () => {
    const urls = ['https://bot.example', 'https://bot.example/', 'https://bot.example/a/b'].map(
      (base) => publicUrl(base, '/webhook/x').href,
    )
    assert.deepEqual(urls, [
      'https://bot.example/webhook/x',
      'https://bot.example/webhook/x',
      'https://bot.example/a/b/webhook/x',
    ])
  })

  test('names the secrets that are set, and shows none', () => {
    const shown = maskedSecrets(configOf(polling))
    const names = ['TELEGRAM_BOT_TOKEN', 'KIE_API_KEY', 'DATABASE_URL']
    const derived = ['WEBHOOK_SECRET_PATH', 'WEBHOOK_SECRET_TOKEN']
    assert.deepEqual(Object.keys(shown).sort(), [...names, ...derived].sort())
    assert.ok(Object.values(shown).every((value) => value === '****'))
    const [bot] = polling.TELEGRAM_BOT_TOKEN.split(':')
    const former = { ...polling, TELEGRAM_BOT_TOKEN_PREVIOUS: `${bot}:AAbefore` }
    assert.ok('TELEGRAM_BOT_TOKEN_PREVIOUS' in maskedSecrets(configOf(former)))
  })

  test('lists every secret', () => {
    const secrets = secretsOf(configOf({ ...webhook, CONSOLE_TOKEN: 'console-token-0123' }))
    for (const secret of [
      polling.TELEGRAM_BOT_TOKEN,
      polling.TELEGRAM_BOT_TOKEN.split(':')[1],
      polling.KIE_API_KEY,
      polling.DATABASE_URL,
      's3cretpassword',
      'console-token-0123',
    ]) {
      assert.ok(secrets.includes(secret as string))
    }
  })

  test('takes anything an environment may hold, or refuses it by a sentence without what it holds', () => {
    const odd = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 60 }),
      fc.constantFrom('', ' ', '0', '-1', '1e309', 'NaN', 'true', 'https://', 'a'.repeat(5_000)),
      fc.integer().map(String),
      webAddress,
    )
    const environment = fc.dictionary(fc.constantFrom(...CONFIG_NAMES), odd, { maxKeys: 12 })
    const property = fc.property(environment, fc.boolean(), (given, isWhole) => {
      try {
        parseConfig(isWhole ? { ...webhook, ...given } : given)
      } catch (error) {
        assert.ok(error instanceof ConfigError, String(error))
        for (const name of ['TELEGRAM_BOT_TOKEN', 'KIE_API_KEY', 'WEBHOOK_SECRET_TOKEN']) {
          const value = given[name] ?? ''
          assert.ok(value.length < 12 || !error.message.includes(value), name)
        }
      }
    })
    fc.assert(property, { numRuns: 500 })
  })

  test('names each variable once', () => {
    assert.equal(new Set(CONFIG_NAMES).size, CONFIG_NAMES.length)
  })
})

describe('edit distance', () => {
  test('counts insertions, removals and changes', () => {
    assert.equal(editDistance('PORT', 'PORT'), 0)
    assert.equal(editDistance('PORT', 'PORTS'), 1)
    assert.equal(editDistance('HOST', 'PORT'), 2)
    assert.equal(editDistance('', 'HOST'), 4)
  })
})
