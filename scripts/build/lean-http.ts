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
