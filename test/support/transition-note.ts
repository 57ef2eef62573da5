import { appendFileSync } from 'node:fs'
import { type AnyActorScope, type AnyTransitionDefinition, StateMachine } from 'xstate'
import { edgeIds } from '../../src/machines/charts/taken.ts'

/**
 * Loaded into every process of a test run that asks for it (`npm test -- --transitions`): notes at its
 * end, in the file that TEST_TRANSITIONS names, how often each transition was taken, by machine.
 * Machines are stepped by their own `transition`, which is listened to here.
 */
const { TEST_TRANSITIONS: file } = process.env

type Machine = StateMachine<
  never,
  never,
  never,
  never,
  never,
  never,
  never,
  never,
  never,
  never,
  never,
  never,
  never,
  never
>
type Told = { type: string; _transitions?: readonly AnyTransitionDefinition[] }

if (file !== undefined) {
  const ids = new WeakMap<object, Map<AnyTransitionDefinition, string>>()
  const counts: Record<string, Record<string, number>> = {}

  const heard = (machine: Machine, { type, _transitions: transitions = [] }: Told) => {
    if (type !== '@xstate.microstep') return
    const known = ids.get(machine) ?? edgeIds(machine as never)
    ids.set(machine, known)
    counts[machine.id] ??= {}
    const own = counts[machine.id] as Record<string, number>
    for (const transition of transitions) {
      const id = known.get(transition)
      if (id !== undefined) own[id] = (own[id] ?? 0) + 1
    }
  }
  const listening = (machine: Machine, scope: AnyActorScope): AnyActorScope => {
    const system = Object.create(scope.system, {
      _sendInspectionEvent: {
        value(told: Told) {
          heard(machine, told)
          ;(
            scope.system as unknown as { _sendInspectionEvent(told: Told): void }
          )._sendInspectionEvent(told)
        },
      },
    })
    return { ...scope, system }
  }
  const { transition, getInitialSnapshot } = StateMachine.prototype
  Object.assign(StateMachine.prototype, {
    transition(this: Machine, snapshot: never, event: never, scope: never) {
      return transition.call(this, snapshot, event, listening(this, scope) as never)
    },
    getInitialSnapshot(this: Machine, scope: never, input: never) {
      return getInitialSnapshot.call(this, listening(this, scope) as never, input)
    },
  })
  process.on('exit', () => {
    if (Object.keys(counts).length > 0) appendFileSync(file, `${JSON.stringify(counts)}\n`)
  })
}
