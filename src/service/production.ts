import { createPersonMarks } from '../actors/person-mark.ts'
import { maskedSecrets, parseConfig, secretsOf } from '../config/config.ts'
import { ConfigError, TrtError } from '../errors.ts'
import type { BootServer } from '../http/boot.ts'
import { createLogger } from '../log/logger.ts'
import { createLogRing } from '../log/ring.ts'
import { type Service, startService } from './start-service.ts'
import { commitOf, VERSION } from './version.ts'

/** The production process behind the bound port: configuration, service, and an end within 10 s. */
export async function runProduction({
  boot,
  env,
  instanceId,
}: {
  boot: BootServer
  env: NodeJS.ProcessEnv
  instanceId: string
}): Promise<void> {
  let parsed: ReturnType<typeof parseConfig>
  try {
    parsed = parseConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.lines.join('\n')}\n`)
    process.exit(1)
  }
  const { config, warnings } = parsed
  const logs = createLogRing(Date.now)
  const { logNameOf: nameOf } = createPersonMarks(config.personKey)
  const log = createLogger({
    ...{ level: config.logLevel, secrets: secretsOf(config), ring: logs, nameOf },
  })
  for (const warning of warnings) log.warn(warning)
  const { botMode, dryRun, webhookBaseUrl } = config
  log.info(
    {
      ...{ version: VERSION, commit: commitOf(env), botMode, port: boot.port, dryRun },
      ...{ webhookBaseUrl, callbackPath: config.kieCallbackPath, instanceId },
      ...maskedSecrets(config),
    },
    'STARTUP',
  )
  log.info(`[HEALTH] Server started on port ${boot.port}`)
  let service: Service
  try {
    service = startService({
      ...{ boot, config, log, logs, instanceId, storageMode: 'external' },
      onRefused(refusal) {
        process.stderr.write(`${refusal.message}\n`)
        process.exit(1)
      },
    })
  } catch (error) {
    // What is wrong with the program itself, in the table's own words.
    if (!(error instanceof TrtError)) throw error
    const lines = error instanceof ConfigError ? error.lines : [error.message]
    process.stderr.write(`${lines.join('\n')}\n`)
    process.exit(1)
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping')
      // Whatever hangs must not keep the host waiting: 10 s is the promise.
      setTimeout(() => process.exit(1), 9_500).unref()
      void service.stop().then(() => process.exit(0))
    })
  }
  // A defect must not take the bot down with it: everything durable is durable already.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'))
}
