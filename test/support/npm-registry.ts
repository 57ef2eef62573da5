import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** The one route of npm’s registry that `npm audit` asks first: https://docs.npmjs.com/cli/v11/commands/npm-audit */
const ADVISORIES = '/-/npm/v1/security/advisories/bulk'

/**
 * Starts a registry on the loopback that knows the given weaknesses, by name of the package, and ends it
 * with the test. Gives the environment by which npm finds it.
 */
export async function startNpmRegistry(
  t: TestContext,
  advisories: Readonly<Record<string, readonly object[]>>,
): Promise<{ npm_config_registry: string }> {
  const server = createServer((request, response) => {
    const known = request.method === 'POST' && request.url === ADVISORIES
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(known ? advisories : {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return { npm_config_registry: `http://127.0.0.1:${port}/` }
}
