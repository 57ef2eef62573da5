import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { type FakeKie, type FakeKieOptions, startFakeKie } from '../../src/sandbox/kie/server.ts'
import { type FakeTelegram, startFakeTelegram } from '../../src/sandbox/telegram/server.ts'

/** Everything that the bot talks to, except its database. */
export interface Outside {
  readonly telegram: FakeTelegram
  readonly kie: FakeKie
  readonly token: string
  readonly apiKey: string
  /** The least that `src/main.ts` needs to start against these servers. */
  env(botMode: 'webhook' | 'polling', databaseUrl: string): Record<string, string>
}

export const ADMIN_ID = 1000

/** Both stand-ins, closed after the test; generations take a moment only. */
export async function startOutside(
  t: TestContext,
  kieOptions: Partial<FakeKieOptions> = {},
  botId = 700_000_001,
): Promise<Outside> {
  const token = `${botId}:${randomBytes(27).toString('base64url').slice(0, 35)}`
  const apiKey = randomBytes(16).toString('hex')
  const telegram = await startFakeTelegram()
  t.after(() => telegram.close())
  telegram.addBot({ token, username: 'test_bot' })
  const timing = { queueMs: 20, generateMs: 50 }
  const kie = await startFakeKie({ apiKey, timing, ...kieOptions })
  t.after(() => kie.close())
  return {
    telegram,
    kie,
    token,
    apiKey,
    env: (botMode, databaseUrl) => ({
      TELEGRAM_BOT_TOKEN: token,
      KIE_API_KEY: apiKey,
      ADMIN_ID: String(ADMIN_ID),
      BOT_MODE: botMode,
      DATABASE_URL: databaseUrl,
      TELEGRAM_API_ROOT: telegram.url,
      KIE_API_BASE: kie.url,
      KIE_UPLOAD_BASE: kie.url,
      // The stand-in's results lie on loopback, where the bot fetches nothing otherwise.
      TEST_MODE: '1',
    }),
  }
}
