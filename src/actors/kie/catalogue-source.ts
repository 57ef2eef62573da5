import { setTimeout as delay } from 'node:timers/promises'
import { RetryableError } from '../../errors.ts'
import { type ProviderCatalogue, readAnswers } from '../../machines/catalogue/provider-answers.ts'
import { createGate } from './limits.ts'

/** A few quick calls to these routes are answered with 429: one a second, a little slower than that. */
const PACE = { calls: 1, windowMs: 1_100 }
const AGAIN_AFTER_MS = [2_000, 5_000, 15_000]
const TIMEOUT_MS = 20_000
const USER_AGENT = 'trt-bot/1.0 (+https://t.me)'

export interface CatalogueSourceDeps {
  readonly baseUrl: string
  readonly apiKey: string
  readonly fetch?: typeof globalThis.fetch
  readonly pace?: typeof PACE
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>
}

/** Reads the provider's catalogue over its own routes. */
export interface CatalogueSource {
  /** The list with its price texts, and the schemas of the models named; what is unknown is left out. */
  read(schemasOf: readonly string[], signal?: AbortSignal): Promise<ProviderCatalogue>
}

/**
 * The provider's catalogue routes, asked as slowly as they want it. They answer HTTP 200 whatever
 * they mean: the code in the body counts, 429 is asked again, 404 is a model that is not there.
 */
export function createCatalogueSource(deps: CatalogueSourceDeps): CatalogueSource {
  const { apiKey, fetch = globalThis.fetch, sleep = (ms) => delay(ms) } = deps
  const baseUrl = deps.baseUrl.replace(/\/+$/, '')
  const gate = createGate(deps.pace ?? PACE)

  async function ask(path: string, signal?: AbortSignal): Promise<unknown> {
    for (const wait of [...AGAIN_AFTER_MS, null]) {
      await gate(signal)
      const response = await fetch(`${baseUrl}${path}`, {
        headers: { authorization: `Bearer ${apiKey}`, 'user-agent': USER_AGENT },
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]),
      }).catch((cause: unknown) => {
        throw new RetryableError('kie.unavailable', { cause, detail: `${path} did not answer.` })
      })
      const answer = (await response.json().catch(() => undefined)) as { code?: number } | undefined
      const code = answer?.code ?? response.status
      if (code === 404) return undefined
      if (code === 200) return answer
      if (code !== 429 || wait === null)
        throw new RetryableError('kie.unavailable', { detail: `${path} answered ${code}.` })
      await sleep(wait, signal)
    }
    return undefined
  }

  return {
    async read(schemasOf, signal) {
      const answers = [await ask('/api/v1/models', signal)]
      // The slash of an id stays as it is in the address.
      for (const id of schemasOf) answers.push(await ask(`/api/v1/models/${id}/schema`, signal))
      return readAnswers(answers)
    },
  }
}
