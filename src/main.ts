import { randomUUID } from 'node:crypto'
import { BindError, startBootServer } from './http/boot.ts'
import { preload } from './service/preload.ts'
import { commitOf, VERSION } from './service/version.ts'

// Only what binds the port is loaded here; everything else comes behind it.
const env = process.env
const instanceId = env.INSTANCE_NAME?.trim() || randomUUID()
/** A port that makes no sense is reported by the configuration; the default answers meanwhile. */
function portOf(given = ''): number {
  return /^\d{1,5}$/.test(given) && Number(given) <= 65_535 ? Number(given) : 8_000
}

const boot = await startBootServer({
  port: portOf(env.PORT),
  host: env.HOST?.trim() || '0.0.0.0',
  version: VERSION,
  commit: commitOf(env),
  instanceId,
  botMode: env.BOT_MODE ?? 'unknown',
}).catch((error: unknown) => {
  if (!(error instanceof BindError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
await preload()
const { runProduction } = await import('./service/production.ts')
await runProduction({ boot, env, instanceId })
