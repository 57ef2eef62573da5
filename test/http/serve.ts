import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type Router from '@koa/router'
import { createApp } from '../../src/http/app.ts'

/** Runs the app with these routers on port 0; returns its address and what it logged. */
export const serve = async (t: TestContext, ...routers: Router[]) => {
  const logged: object[] = []
  const log = {
    warn: (facts: object) => logged.push(facts),
    error: (facts: object) => logged.push(facts),
  }
  const app = createApp({ routers, newRequestId: () => 'made-here', log })
  const server = createServer(app.callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, logged }
}
