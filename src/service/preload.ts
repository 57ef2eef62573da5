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
  () => import('graphile-worker'),
  () => import('prom-client'),
  () => import('file-type'),
  () => import('xstate'),
  () => import('../machines/catalogue/catalogue.ts'),
]

/** Loads the pieces one after another; afterwards their importers find them in memory. */
export async function preload(): Promise<void> {
  for (const load of pieces) {
    await load()
    // A new connection is accepted in one turn of the event loop and answered in a later one.
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
