import { createRuntime } from '../actors/engine/runtime.ts'
import { stepRules } from '../actors/step-rules.ts'
import { createConversationDefinition } from '../machines/conversation/definition.ts'
import { createRegistry } from '../machines/engine/registry.ts'
import { createPool, createWriters } from '../store/database.ts'
import { createDb } from '../store/db.ts'
import { VIEW } from './dialogue.ts'
import type { Take } from './load.ts'

/** The real conversation on the real engine, with connections of its own. */
export function openEngine(url: string) {
  const definition = createConversationDefinition(VIEW)
  const pool = createPool({ url, max: 4, name: 'trt-bench' })
  const writers = createWriters(url)
  const registry = createRegistry([definition])
  const deps = { registry, rules: stepRules, db: createDb(pool), writers, now: Date.now }
  const runtime = createRuntime(deps)
  const take: Take = (actor, key, event) => runtime.send({ actor, key, event })
  return {
    definition,
    pool,
    take,
    async close(): Promise<void> {
      await runtime.drain()
      await Promise.all([pool.end(), writers.end()])
    },
  }
}
