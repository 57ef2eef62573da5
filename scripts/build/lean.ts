import http from 'node:http'
import https from 'node:https'
import type { Plugin } from 'esbuild'

const MODULES = { http, https }

/** What Node gives to WebSocket and the like: each would load Node's own copy of undici. */
const NAMES = /^(?!WebSocket|CloseEvent|MessageEvent)[A-Za-z_]+$/

/**
 * Takes `node:http` and `node:https` as objects: an `import` of them copies every export, and three of
 * those load Node's own undici, which costs a start as much as binding the port.
 */
export const leanHttpPlugin: Plugin = {
  name: 'lean-http',
  setup(build) {
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path, kind, namespace }) =>
      kind === 'import-statement' && namespace !== 'lean-http'
        ? { path: path.replace('node:', ''), namespace: 'lean-http' }
        : { path, external: true },
    )
    build.onLoad({ filter: /./, namespace: 'lean-http' }, ({ path }) => {
      const names = Object.keys(MODULES[path as keyof typeof MODULES])
        .filter((name) => NAMES.test(name))
        .join(', ')
      // Node before 20.16 has no other way than the import.
      const contents = `const whole = process.getBuiltinModule?.('node:${path}') ?? (await import('node:${path}')).default
        export default whole
        export const { ${names} } = whole`
      return { contents, loader: 'js' }
    })
  },
}

/** Files of undici that export what the bot takes of it. */
const UNDICI = { Pool: 'lib/dispatcher/pool.js', buildConnector: 'lib/core/connect.js' }

/**
 * Takes of undici its connections only. The whole package is also a fetch, a WebSocket, a cache and their
 * mocks, and loads Node's own copy of itself: a third of what all packages cost a start. HTTP/2, which
 * nothing asks for, would load Node's. An import of another name fails the build.
 */
export const leanUndiciPlugin: Plugin = {
  name: 'lean-undici',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'lean-undici' }))
    build.onResolve({ filter: /\/client-h2\.js$/ }, () => ({
      path: 'client-h2',
      namespace: 'lean-undici',
    }))
    build.onLoad({ filter: /^undici$/, namespace: 'lean-undici' }, () => ({
      contents: Object.entries(UNDICI)
        .map(([name, file]) => `export { default as ${name} } from 'undici/${file}'`)
        .join('\n'),
      resolveDir: import.meta.dirname,
    }))
    build.onLoad({ filter: /^client-h2$/, namespace: 'lean-undici' }, () => ({
      contents: `module.exports = () => { throw new Error('this build speaks HTTP/1.1 only') }`,
    }))
  },
}
