import { createMachine } from 'xstate'

export const site = createMachine({
  id: 'site',
  initial: 'home',
  states: {
    home: { id: 'home', route: {} },
    news: {
      id: 'news',
      route: { guard: 'isAllowed' },
      initial: 'list',
      states: { list: { on: { OPEN: 'item' } }, item: { id: 'item', route: {} } },
    },
  },
} as never).provide({ guards: { isAllowed: () => true } } as never)
