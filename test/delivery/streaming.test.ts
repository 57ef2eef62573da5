import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createTransferGate } from '../../src/actors/media/transfer-gate.ts'
import { createTelegramApi } from '../../src/actors/telegram/api.ts'
import { createDatabase } from '../support/database.ts'
import { startBench } from './bench.ts'

const MB = 1024 * 1024
const FILM_BYTES = 49 * MB

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

/** Watches how much memory the process takes at most. */
function watchMemory() {
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 10)
  return {
    stop() {
      clearInterval(timer)
      return peak
    },
  }
}

/** Memory without what only waits to be collected. */
function idleMemory(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let i = 0; i < 3; i += 1) collect()
  return process.memoryUsage.rss()
}

describe('streaming', async () => {
  const database = await createDatabase({ after })

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
    const memory = watchMemory()
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
})
