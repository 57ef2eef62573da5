import { randomUUID } from 'node:crypto'
import { startBootServer } from './http/boot.ts'
import { preload } from './preload.ts'

// Only what binds the port is loaded here; everything else comes behind it.
const env = process.env
const instanceId = env.INSTANCE_NAME?.trim() || randomUUID()
const boot = await startBootServer({
  port: Number(env.PORT ?? 8000),
  host: env.HOST ?? '0.0.0.0',
  version: env.npm_package_version ?? '0.1.0',
  instanceId,
  botMode: env.BOT_MODE ?? 'unknown',
})
await preload()
const { runProduction } = await import('./production.ts')
await runProduction({ boot, env, instanceId })
