import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createKieUploadHandler } from '../../src/actors/effects/kie-upload.ts'
import { createKieClient } from '../../src/actors/kie/client.ts'
import { createKieLimits } from '../../src/actors/kie/limits.ts'
import { createDownload } from '../../src/actors/media/download.ts'
import { createFetchGiven } from '../../src/actors/media/fetch-given.ts'
import { createTransferGate, TransfersBusy } from '../../src/actors/media/transfer-gate.ts'
import { createTelegramApi } from '../../src/actors/telegram/api.ts'
import { createDatabase } from '../support/database.ts'
import { startBench } from './bench.ts'

const MB = 1024 * 1024
const FILM_BYTES = 49 * MB
/** Most that a bot can fetch from the chat. */
const GIVEN_BYTES = 20 * MB - 100

interface Report {
  uploads: number
  uploadedBytes: number
  most: number
}

async function startPeers(t: TestContext) {
  const child = fork(new URL('./transfer-peers.ts', import.meta.url))
  t.after(async () => {
    const gone = once(child, 'exit')
    child.kill()
    await gone
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  let report: Report = { uploads: 0, uploadedBytes: 0, most: 0 }
  child.on('message', (message: Report) => {
    report = message
  })
  return { root: `http://127.0.0.1:${port}`, report: () => report }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** So much of garbage may lie about: to collect by the clock would cost the more the busier the machine is. */
const GARBAGE_BYTES = 8 * MB

/**
 * Watches how much memory the process takes at most, until the end of the test. It collects as it goes:
 * the test runner keeps every promise until it is collected, which a bot does not.
 */
function watchMemory(t: TestContext) {
  const used = () => {
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  let peak = 0
  let clean = used()
  const looks = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
    if (used() < clean + GARBAGE_BYTES) return
    collect()
    clean = used()
  }, 10)
  const stop = () => {
    clearInterval(looks)
    return peak
  }
  t.after(stop)
  return { stop }
}

/** Memory without what only waits to be collected. */
function idleMemory(): number {
  for (let i = 0; i < 3; i += 1) collect()
  return process.memoryUsage.rss()
}

describe('streaming', async () => {
  const database = await createDatabase({})

  test('ten films of nearly 50 MB at once take less than 60 MB of memory', async (t) => {
    const peers = await startPeers(t)
    const api = createTelegramApi({ token: '1:AAF-streaming', apiRoot: peers.root })
    t.after(() => api.close())
    const transfers = createTransferGate()
    const start = () => startBench(t, database, { deps: { api, transfers } })
    // A process at work: its heap has grown to what sending a film needs.
    const warm = await start()
    await warm.run({ urls: [`${peers.root}/${FILM_BYTES}`] })

    const benches = await Promise.all(Array.from({ length: 10 }, start))
    const idle = idleMemory()
    const memory = watchMemory(t)
    await Promise.all(
      benches.map(async (bench, n) => {
        // As the queue would: what is sent back comes again later.
        while (await bench.tryOnce({ urls: [`${peers.root}/${FILM_BYTES + n}`] })) await delay(50)
      }),
    )
    const grown = (memory.stop() - idle) / MB
    t.diagnostic(`${grown.toFixed(0)} MB above idle`)
    const { uploads, uploadedBytes, most } = peers.report()
    assert.equal(uploads, 11)
    assert.ok(uploadedBytes > 10 * FILM_BYTES)
    assert.ok(most <= 4, `${most} large uploads at once`)
    assert.ok(grown < 60, `${grown.toFixed(0)} MB above idle`)
    for (const bench of benches) {
      assert.deepEqual(bench.events, [{ type: 'result.delivered' }])
      assert.deepEqual(await bench.leftOpen(), [])
    }
  })

  test('ten given films of 20 MB at once take less than 60 MB of memory', async (t) => {
    const peers = await startPeers(t)
    const api = createTelegramApi({ token: '1:AAF-streaming', apiRoot: peers.root })
    const tempDir = await mkdtemp(path.join(tmpdir(), 'given-streaming-'))
    const closed = new AbortController()
    t.after(() => {
      closed.abort()
      api.close()
      return rm(tempDir, { recursive: true })
    })
    const kie = createKieClient({
      ...{ baseUrl: peers.root, uploadBaseUrl: peers.root, apiKey: 'key' },
      limits: createKieLimits(undefined, closed.signal),
      uniqueName: () => crypto.randomUUID(),
    })
    const heard: string[] = []
    const handler = createKieUploadHandler({
      runtime: {
        send: async ({ event }: { event: { type: string } }) => {
          heard.push(event.type)
          return { outcome: 'duplicate' }
        },
      } as never,
      kie,
      crashAt: () => {},
      fetchGiven: createFetchGiven({
        ...{ api, tempDir, transfers: createTransferGate() },
        download: createDownload({ tempDir, maxBytes: 0 }),
      }),
    })
    const give = async (n: number) => {
      const film = { kind: 'video', fileId: String(GIVEN_BYTES + n), duration: 3 }
      const params = {
        modelId: 'topaz/video-upscale',
        answers: { video_url: film },
        fields: ['video_url'],
      }
      const job = { actor: `job:${n}`, seq: 1, index: 0, at: 0, attempt: 1, renewed: 0, params }
      for (let done = false; !done; ) {
        done = await handler(job, closed.signal).then(
          () => true,
          (error) => {
            if (!(error instanceof TransfersBusy)) throw error
            return delay(50, false)
          },
        )
      }
    }
    await give(11)
    const idle = idleMemory()
    const memory = watchMemory(t)
    await Promise.all(Array.from({ length: 10 }, (_, n) => give(n)))
    const grown = (memory.stop() - idle) / MB
    t.diagnostic(`${grown.toFixed(0)} MB above idle`)
    const { uploads, uploadedBytes, most } = peers.report()
    assert.deepEqual(heard, Array(11).fill('inputs.uploaded'))
    assert.equal(uploads, 11)
    assert.ok(uploadedBytes > 10 * GIVEN_BYTES)
    assert.ok(most <= 4, `${most} large uploads at once`)
    assert.ok(grown < 60, `${grown.toFixed(0)} MB above idle`)
    assert.deepEqual(await readdir(tempDir), [])
  })
})
