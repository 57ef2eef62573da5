/**
 * What the bot needs, heaviest parts first. Loading blocks the process; in pieces, with a breath
 * after each, a question for /health waits for one piece and not for all of them.
 */
const pieces: readonly (() => Promise<unknown>)[] = [
  () => import('zod'),
  () => import('kysely'),
  () => import('pg'),
  () => import('pino'),
  () => import('koa'),
  () => import('@koa/router'),
  () => import('telegraf'),
  () => import('prom-client'),
  () => import('file-type'),
  () => import('xstate'),
  () => import('../machines/catalogue/catalogue.ts'),
]

/**
 * Where V8 keeps the compiled chunks of this bundle; the build fills it. Where nothing can be written
 * or Node knows no such thing (before 22.8), they are compiled at each start.
 */
async function useCompileCache(): Promise<void> {
  if (!import.meta.url.endsWith('.js')) return
  const { default: nodeModule } = await import('node:module')
  const { fileURLToPath } = await import('node:url')
  nodeModule.enableCompileCache?.(fileURLToPath(new URL('compile-cache', import.meta.url)))
}

/** Loads the pieces one after another; afterwards their importers find them in memory. */
export async function preload(): Promise<void> {
  await useCompileCache()
  for (const load of pieces) {
    await load()
    // A new connection is accepted in one turn of the event loop and answered in a later one.
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
