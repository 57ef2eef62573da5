import { createMachine } from 'xstate'

export const order = createMachine({
  id: 'order',
  initial: 'checkout',
  output: { paid: true },
  exit: 'sayGoodbye',
  states: {
    checkout: {
      initial: 'address',
      onDone: [{ guard: 'isGift', target: 'wrapping' }, { target: 'shipping' }],
      states: {
        address: { on: { NEXT: 'payment' } },
        payment: {
          initial: 'asking',
          states: { asking: { on: { PAID: 'paid' } }, paid: { type: 'final', output: 'card' } },
          onDone: 'agreed',
        },
        agreed: { type: 'final', entry: 'thank' },
      },
    },
    wrapping: { on: { WRAPPED: 'shipping' } },
    shipping: {
      type: 'parallel',
      states: {
        parcel: {
          initial: 'packing',
          states: { packing: { on: { PACKED: 'gone' } }, gone: { type: 'final' } },
        },
        letter: {
          initial: 'writing',
          states: { writing: { on: { WRITTEN: 'sent' } }, sent: { type: 'final' } },
        },
      },
      onDone: 'delivered',
    },
    delivered: { type: 'final' },
  },
}).provide({ guards: { isGift: () => false } })
