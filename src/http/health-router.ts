import Router from '@koa/router'
import { type HealthState, healthReport, isReady } from './health.ts'

export interface HealthRouterDeps {
  readonly health: () => HealthState
  readonly now: () => number
}

/** `GET /health` (always 200, from memory) and `GET /ready` (503 while nothing can be accepted). */
export const createHealthRouter = ({ health, now }: HealthRouterDeps): Router => {
  const router = new Router()
  router.get('/health', (context) => {
    context.set('Cache-Control', 'no-store')
    context.body = healthReport(health(), now())
  })
  router.get('/ready', (context) => {
    const ready = isReady(health())
    context.set('Cache-Control', 'no-store')
    if (!ready) context.set('Retry-After', '1')
    context.status = ready ? 200 : 503
    context.body = { ready }
  })
  return router
}
