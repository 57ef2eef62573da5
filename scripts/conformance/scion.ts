import core from '@scion-scxml/core'
import base from '@scion-scxml/core-base'
import scxml from '@scion-scxml/scxml'

/** Functions that a document calls; each gets the event that is handled and asks which states are active. */
export type Host = (
  name: string,
  args: unknown[],
  event: { name: string; data: unknown },
  isIn: (id: string) => boolean,
) => unknown

/** A session of the SCION engine on a clock of its own. */
export interface Session {
  /** Ids of the innermost active states, sorted. */
  configuration(): string[]
  send(event: string, data?: unknown): void
  /** Lets this much time pass; what is due happens in its order. */
  pass(ms: number): void
  /** When the next sent event is due, from now; undefined: none is. */
  nextDue(): number | undefined
}

interface Waiting {
  event: { name: string }
  id: string | undefined
  dueAt: number
}

/** Begins a document; `functions` are the names that it may call. Throws what the engine throws. */
export async function startScion(
  text: string,
  functions: readonly string[] = [],
  host: Host = () => undefined,
): Promise<Session> {
  const current = { event: { name: '', data: undefined as unknown } }
  const globals = Object.fromEntries(
    functions.map((name) => [
      name,
      (...args: unknown[]) => host(name, args, current.event, (id) => session.isIn(id)),
    ]),
  )
  const session = { isIn: (_id: string): boolean => false }
  const model = await modelOf(text, globals)
  let now = 0
  let waiting: Waiting[] = []

  class Context extends base.InterpreterScriptingContext {
    send(
      event: { name: string; target: string | null; sendid?: string },
      options: SendOptions = {},
    ) {
      const type = options.type ?? ''
      if (type === 'effect') return
      if (type !== '' && !/SCXMLEventProcessor|^scxml$/.test(type)) {
        throw { name: 'error.execution', data: 'unknown type', sendid: event.sendid }
      }
      if (event.target === '#_internal') this.raise(event)
      else if (event.target !== null) return
      else waiting.push({ event, id: event.sendid, dueAt: now + Number(options.delay ?? 0) })
    }
    cancel(id: string) {
      waiting = waiting.filter((w) => w.id !== id)
    }
    invoke() {}
    cancelInvoke() {}
  }
  class Watched extends core.Statechart {
    override _selectTransitions(
      event: { name: string; data: unknown } | undefined,
      isNull: boolean,
    ) {
      if (event?.name !== undefined) current.event = event
      return super._selectTransitions(event, isNull)
    }
  }
  const chart = new Watched(model, {
    InterpreterScriptingContext: Context,
    console: { log() {}, error() {}, warn() {} },
    sessionRegistry: new Map(),
  })
  session.isIn = (id) => chart.getFullConfiguration().includes(id)
  chart.start()

  const settle = (until: number) => {
    for (let steps = 0; steps < 1_000; steps += 1) {
      const [next] = waiting.toSorted((a, b) => a.dueAt - b.dueAt)
      if (next === undefined || next.dueAt > until) break
      waiting.splice(waiting.indexOf(next), 1)
      now = Math.max(now, next.dueAt)
      chart.gen(next.event)
    }
    now = Math.max(now, until)
  }
  settle(0)
  return {
    configuration: () => [...chart.getConfiguration()].sort(),
    send(event, data) {
      chart.gen({ name: event, data })
      settle(now)
    },
    pass: (ms) => settle(now + ms),
    nextDue: () =>
      waiting.length === 0 ? undefined : Math.min(...waiting.map((w) => w.dueAt)) - now,
  }
}

interface SendOptions {
  type?: string
  delay?: number
}

const modelOf = (text: string, globals: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const done = (error: unknown, model: unknown) =>
      error ? reject(asError(error)) : resolve(model)
    let isOver = false
    scxml.documentStringToModel('/document.scxml', text, (error, factory) => {
      // After an error it calls again, with a model that has nothing in it.
      if (isOver) return
      isOver = true
      if (error) reject(asError(error))
      else factory.prepare(done, { ...globals, console: { log() {} } }, {})
    })
  })

const asError = (error: unknown) =>
  error instanceof Error ? error : new Error(JSON.stringify(error))
