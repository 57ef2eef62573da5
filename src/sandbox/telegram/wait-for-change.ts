import { PATIENCE_MS } from '../patience.ts'
import type { World } from './model.ts'

/**
 * Resolves with the first truthy value of the predicate, which is looked at now and once per turn
 * of the event loop in which anything changed; rejects when that takes too long.
 */
export function waitForChange<T>(
  world: World,
  predicate: () => T,
  { timeoutMs = PATIENCE_MS }: { timeoutMs?: number },
): Promise<NonNullable<T>> {
  const { promise, resolve, reject } = Promise.withResolvers<NonNullable<T>>()
  let scheduled = false
  const look = () => {
    scheduled = false
    try {
      const value = predicate()
      if (value) resolve(value)
    } catch (error) {
      reject(error)
    }
  }
  const onChange = () => {
    if (scheduled) return
    scheduled = true
    setImmediate(look)
  }
  const timer = setTimeout(() => {
    const last = world.calls
      .slice(-5)
      .map(({ method, ok, error }) => `${method} ${ok ? 'ok' : error}`)
    const calls = last.join(', ') || 'none'
    reject(new Error(`waited ${timeoutMs} ms in vain; last calls: ${calls}`))
  }, timeoutMs)
  world.events.on('change', onChange)
  look()
  return promise.finally(() => {
    clearTimeout(timer)
    world.events.off('change', onChange)
  })
}
