import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import type { EffectHandler } from '../../../src/actors/engine/effect.ts'
import { createKieClient } from '../../../src/actors/kie/client.ts'
import { createKieLimits } from '../../../src/actors/kie/limits.ts'
import { createDownload, type DownloadDeps } from '../../../src/actors/media/download.ts'
import { createFetchGiven } from '../../../src/actors/media/fetch-given.ts'
import { createTransferGate } from '../../../src/actors/media/transfer-gate.ts'
import { createTelegramApi } from '../../../src/actors/telegram/api.ts'
import { RetryableError } from '../../../src/errors.ts'
import { startFakeKie } from '../../../src/sandbox/kie/server.ts'
import { startFakeTelegram } from '../../../src/sandbox/telegram/server.ts'
import { startFiles } from '../../delivery/bench.ts'
import { createClock } from '../../support/clock.ts'
import { jobOf, never, openGate } from './bench.ts'

export const TOKEN = '778:AAF-token-of-the-given-files_0123456789'
const API_KEY = 'given-key'

/** What a person gave, between the fake Telegram, a file server and the fake provider. */
export async function startGiven(t: TestContext, downloads: Partial<DownloadDeps> = {}) {
  const clock = createClock()
  const telegram = await startFakeTelegram()
  telegram.addBot({ token: TOKEN, username: 'given_bot' })
  const kie = await startFakeKie({ apiKey: API_KEY, now: clock.now })
  const files = await startFiles(t)
  const api = createTelegramApi({ token: TOKEN, apiRoot: telegram.url })
  const tempDir = await mkdtemp(path.join(tmpdir(), 'given-test-'))
  const closed = new AbortController()
  t.after(async () => {
    closed.abort()
    api.close()
    await telegram.close()
    await kie.close()
    await rm(tempDir, { recursive: true })
  })
  const client = createKieClient({
    ...{ baseUrl: kie.url, uploadBaseUrl: kie.url, apiKey: API_KEY },
    limits: createKieLimits(undefined, closed.signal),
    uniqueName: () => crypto.randomUUID(),
    uploadRetryDelaysMs: [1, 1],
  })
  const download = createDownload({ tempDir, maxBytes: 0, allowLoopback: true, ...downloads })
  const transfers = createTransferGate()
  const events: ({ type: string } & Record<string, unknown>)[] = []
  const runtime = {
    send: async ({ event }: { event: { type: string } }) => {
      events.push(event)
      return { outcome: 'duplicate' as const }
    },
  }
  const user = telegram.control.user(42)
  return {
    files,
    kie,
    client,
    clock,
    events,
    user,
    telegram: telegram.control,
    api,
    flood: openGate(),
    runtime: runtime as never,
    fetchGiven: createFetchGiven({ api, download, tempDir, transfers }),
    /** Sends a file to the bot and returns its id. */
    async give(bytes: Buffer, name = 'file.bin'): Promise<string> {
      const message = await user.sendFile(bytes, { kind: 'document', fileName: name })
      return message.media?.fileId ?? ''
    },
    /** Runs an effect as the queue would; returns how many tries it took. */
    async run<P>(handler: EffectHandler<P>, params: P, most = 20): Promise<number> {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await handler(jobOf(params, { attempt }), never)
          return attempt
        } catch (error) {
          if (!(error instanceof RetryableError) || attempt === most) throw error
        }
      }
    },
    leftOpen: () => readdir(tempDir),
  }
}
