import { createMachine } from 'xstate'

/** Ids that are words of the formats, and ids that differ in one sign only. */
export const reserved = createMachine({
  id: 'reserved',
  initial: 'end',
  states: {
    end: { id: 'end', on: { state: 'note', end: 'class' } },
    note: { id: 'note', on: { note: 'state' } },
    class: { id: 'class', on: { '--': 'a-b', '-->': 'a_b' } },
    state: { id: 'state', on: { '[*]': 'a-b' } },
    'a-b': { on: { next: 'a_b' } },
    a_b: { on: { next: 'a b' } },
    'a b': { id: 'default', on: { next: 'end' } },
    '1st': { on: { 1: 'end' } },
  },
})
