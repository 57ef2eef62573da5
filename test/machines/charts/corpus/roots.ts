import { createMachine } from 'xstate'

/** All that a root can have. */
export const root = createMachine({
  id: 'root',
  description: 'A root with everything.',
  tags: ['everything'],
  entry: ['start', { type: 'say', params: { words: 'hello "you"' } }],
  exit: 'stop',
  initial: { target: 'first', actions: 'arrange' },
  always: { guard: 'isOver', target: '.last' },
  after: { 10000: '.last' },
  on: { JUMP: { target: '.last', description: 'Straight to the end.' } },
  states: {
    first: {
      meta: { colour: 'red' },
      initial: { target: 'inner', actions: ['arrange', 'lay'] },
      on: { AGAIN: { target: 'first' } },
      states: { inner: { on: { NEXT: 'outer' } }, outer: {} },
    },
    last: { type: 'final', tags: ['over', 'out'] },
  },
} as never).provide({ guards: { isOver: () => false } } as never)
