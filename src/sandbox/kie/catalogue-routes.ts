import { Router } from '@koa/router'
import { isSold, type Model } from '../../machines/catalogue/catalogue.ts'
import { modelName } from '../../machines/labels/models.ts'
import { demandKey, demandUserAgent } from './guard.ts'
import { answerRefusal, succeed } from './http.ts'
import { refuse } from './refusal.ts'
import type { WindowLimit } from './window-limit.ts'

/**
 * KIE's catalogue, as far as the model files say it: the list, a model's OpenAPI document, its price
 * text. Asked too quickly, they answer 429 in the body with HTTP 200, like the real ones.
 */
export function createCatalogueRoutes(deps: {
  apiKey: string
  models: readonly Model[]
  limit: WindowLimit
}): Router {
  const router = new Router()
  const guards = [demandUserAgent, demandKey(deps.apiKey)] as const
  const offered = deps.models.filter(isSold)
  const tooFast = () => refuse(429, 'The request rate is too high. Please try later.')

  router.get('/api/v1/models', ...guards, (ctx) => {
    if (!deps.limit.admit()) return answerRefusal(ctx, tooFast())
    const models = offered.map((model) => ({
      model: model.apiModel,
      slug: model.slug,
      title: modelName(model),
      provider: model.provider,
      taskType: [model.task.replaceAll('-', ' ')],
      description: null,
      pricingDesc: model.price.text,
    }))
    succeed(ctx, { total: models.length, models })
  })

  router.get(/^\/api\/v1\/models\/(.+)\/(schema|price)$/, ...guards, (ctx) => {
    if (!deps.limit.admit()) return answerRefusal(ctx, tooFast())
    const [, id = '', what] = /^\/api\/v1\/models\/(.+)\/(schema|price)$/.exec(ctx.path) ?? []
    const model = offered.find(({ apiModel }) => apiModel === decodeURIComponent(id))
    if (model === undefined) return answerRefusal(ctx, refuse(404, 'Model not found'))
    const { apiModel, price } = model
    if (what === 'price') return succeed(ctx, { model: apiModel, pricingDesc: price.text })
    succeed(ctx, { model: apiModel, openapi: openapiOf(model) })
  })
  return router
}

/** The request of a model in the form in which KIE documents it. */
function openapiOf({ apiModel, endpoint, body, input, wire }: Model) {
  const own = (wire?.schema ?? input) as { properties: Record<string, object>; required: string[] }
  const properties = Object.fromEntries(
    Object.entries(own.properties).map(([name, schema]) => [
      name,
      Object.fromEntries(Object.entries(schema).filter(([key]) => !key.startsWith('x-'))),
    ]),
  )
  const fields = { type: 'object', properties, required: own.required }
  const model = { type: 'string', enum: [apiModel], default: apiModel }
  const schema =
    body === 'flat'
      ? { ...fields, properties: { model, ...properties } }
      : { type: 'object', required: ['model', 'input'], properties: { model, input: fields } }
  const requestBody = { content: { 'application/json': { schema } } }
  return {
    openapi: '3.1.0',
    info: { title: 'kie' },
    paths: { [endpoint]: { post: { requestBody } } },
  }
}
