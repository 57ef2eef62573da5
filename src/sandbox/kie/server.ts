import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Koa from 'koa'
import { allModels } from '../../machines/catalogue/catalogue.ts'
import { listen } from '../listen.ts'
import { createApiRoutes } from './api-routes.ts'
import { type CallbackPolicy, createCallbackSender, defaultCallbackPolicy } from './callbacks.ts'
import { createCatalogueRoutes } from './catalogue-routes.ts'
import { createChanges } from './changes.ts'
import { createChatRoutes } from './chat-routes.ts'
import { createControl, type KieControl } from './control.ts'
import { createControlRoutes } from './control-routes.ts'
import { createTaskHandler } from './create-task.ts'
import { createEngine, type Timing } from './engine.ts'
import { marketFamily } from './families/market.ts'
import { sunoFamily } from './families/suno.ts'
import { veoFamily } from './families/veo.ts'
import { createFaults } from './faults.ts'
import { createFileRoutes } from './file-routes.ts'
import { createInputCheck } from './input-rules.ts'
import { createMediaMaker } from './media/make.ts'
import { createMediaRules } from './media-rules.ts'
import { rounded } from './price.ts'
import { createResultFiles } from './result-files.ts'
import { createUploadRoutes } from './upload-routes.ts'
import { createUploadStore } from './upload-store.ts'
import type { Violation } from './violations.ts'
import { createWindowLimit } from './window-limit.ts'

/** A running fake: `url` is the API base, the upload base and the home of its files. */
export interface FakeKie {
  readonly url: string
  readonly control: KieControl
  close(): Promise<void>
}

/** Settings of the fake; only the key is required. */
export interface FakeKieOptions {
  readonly apiKey: string
  readonly port?: number
  readonly host?: string
  readonly now?: () => number
  readonly hmacKey?: string
  readonly timing?: Timing
  readonly callbackPolicy?: CallbackPolicy
}

const defaultTiming: Timing = { queueMs: 400, generateMs: 1_500 }

/**
 * Starts a strict stand-in for KIE.ai on this machine: it refuses what KIE refuses, makes real
 * media and calls back. Where the docs are silent it takes the strict side.
 */
export async function startFakeKie(options: FakeKieOptions): Promise<FakeKie> {
  const { now = Date.now, host = '127.0.0.1' } = options
  const stop = new AbortController()
  const { signal } = stop
  const dir = await mkdtemp(path.join(tmpdir(), 'fake-kie-'))
  let url = ''
  const ownUrl = () => url
  const changes = createChanges(signal)
  const changed = changes.notify
  const violations: Violation[] = []
  const violated = (violation: Violation) => {
    violations.push(violation)
    changed()
  }
  const purse = { credits: 100_000 }
  const faults = createFaults(changed)
  const uploads = createUploadStore({ dir, now, ownUrl, changed })
  const files = createResultFiles({ now, ownUrl })
  const callbacks = createCallbackSender({
    now,
    hmacKey: options.hmacKey,
    policy: options.callbackPolicy ?? defaultCallbackPolicy,
    faults,
    signal,
    changed,
  })
  const engine = createEngine({
    now,
    timing: options.timing ?? defaultTiming,
    callbacks,
    make: createMediaMaker({ put: files.put }),
    refund: (credits) => {
      purse.credits = rounded(purse.credits + credits)
    },
    signal,
    changed,
  })
  const control = createControl({ engine, uploads, violations, faults, purse, changes })
  const createTask = createTaskHandler({
    models: allModels,
    engine,
    purse,
    limit: createWindowLimit({ limit: 20, windowMs: 10_000, now }),
    faults,
    checkInput: createInputCheck(),
    media: createMediaRules({ now, ownUrl, signal, violated }),
    now,
    violated,
  })
  const { apiKey } = options
  const readLimit = createWindowLimit({ limit: 10, windowMs: 1_000, now })
  const families = [marketFamily, veoFamily, sunoFamily]
  const routers = [
    createApiRoutes({
      apiKey,
      families,
      createTask,
      engine,
      purse,
      files,
      readLimit,
      faults,
      signal,
    }),
    createChatRoutes({
      ...{ apiKey, purse, faults, signal },
      thinkMs: options.timing?.thinkMs ?? 0,
    }),
    createCatalogueRoutes({
      apiKey,
      models: allModels,
      limit: createWindowLimit({ limit: 2, windowMs: 1_000, now }),
    }),
    createUploadRoutes({ apiKey, uploads, faults, now, ownUrl, signal, violated }),
    createFileRoutes({ uploads, files, faults, signal }),
    createControlRoutes(control),
  ]
  const app = new Koa()
  // Connections that faults break are meant to break: nothing to report.
  app.silent = true
  for (const router of routers) app.use(router.routes())

  const listening = await listen(app.callback(), { host, port: options.port })
  url = listening.url
  return {
    url,
    control,
    async close() {
      stop.abort()
      await listening.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
