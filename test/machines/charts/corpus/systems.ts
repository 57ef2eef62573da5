import { createMachine, fromObservable, fromTransition, sendTo, setup } from 'xstate'

const counter = fromTransition((count: number, event: { type: string }) => {
  return event.type === 'ADD' ? count + 1 : count
}, 0)

const ticks = fromObservable(() => ({ subscribe: () => ({ unsubscribe() {} }) }) as never)

/** Actors of the remaining kinds, known to the whole system by name. */
export const office = setup({ actors: { counter, ticks } }).createMachine({
  id: 'office',
  initial: 'open',
  invoke: { src: 'counter', id: 'counter', systemId: 'the counter' },
  states: {
    open: {
      invoke: {
        src: 'ticks',
        id: 'ticks',
        onSnapshot: [{ guard: () => false, target: 'closed' }, { actions: 'count' as never }],
        onDone: 'closed',
      },
      on: {
        VISIT: {
          actions: sendTo(({ system }) => system.get('the counter'), { type: 'ADD' }),
        },
        CLOSE: 'closed',
      },
    },
    closed: { on: { OPEN: 'open' } },
  },
})

/** What is emitted, and what comes after a child has ended with an error. */
export const guardian = createMachine({
  id: 'guardian',
  initial: 'watching',
  states: {
    watching: {
      invoke: { src: 'patient', id: 'patient', onError: { target: 'alarmed', reenter: true } },
      on: { 'xstate.done.actor.patient': { target: 'calm' }, LEAVE: 'calm' },
    },
    alarmed: { after: { 1000: { target: 'watching', reenter: true } } },
    calm: { on: { 'xstate.error.*': 'alarmed', BACK: 'watching' } },
  },
})
