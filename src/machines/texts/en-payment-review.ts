import type { ruPaymentReview } from './ru-payment-review.ts'

/** Words about payments for admins. */
export const enPaymentReview: typeof ruPaymentReview = {
  title: {
    payments: '💳 <b>Payments in Stars</b>',
    requests: '↩️ <b>Asked back</b>',
    receipts: '🧾 <b>Receipts to check</b>',
  },
  open: { payments: '💳 Payments', requests: '↩️ Refunds', receipts: '🧾 Receipts' },
  found: 'Search: <code>{{find}}</code>',
  how: 'To find a payment, send the number of a user or of a payment.',
  none: 'Nothing here.',
  payment: '💳 <b>Payment</b>',
  transfer: '🏦 <b>Transfer of {{amount}}</b>',
  who: 'Who: <code>{{user}}</code>',
  amount: 'How much: <b>{{amount}}</b>',
  when: 'When: {{- when}}',
  charge: 'Number of the payment: <code>{{charge}}</code>',
  state: {
    credited: 'The money is on the balance, or spent',
    refunding: 'Going back: Telegram has not answered yet',
    refunded: 'Returned',
  },
  asked: {
    open: '❗ The user asks for it back',
    granted: 'Asked back: granted',
    declined: 'Asked back: declined',
  },
  debt: '⚠️ Spent before it was returned: {{debt}}. Collected since: {{paid}}',
  own: 'Own money on the balance now: {{own}}. Given money, never returned: {{bonus}}',
  forecast:
    'If you return it: {{amount}} leaves the balance at once, and Telegram gives ⭐ {{stars}} back. ' +
    'The user gets a message.',
  missing: '🚫 It cannot be returned: part of it is spent, {{missing}} of own money are missing.',
  receipt: '👆 The receipt is in the message above. Compare the amount with your bank account.',
  noReceipt: '⚠️ The receipt could not be shown. Please open the request again.',
  same: '🚨 The same receipt came before, with requests: {{numbers}}',
  reviewed: '✔️ This request has been decided already.',
  gone: 'There is no such entry any more.',
  intent: {
    refund: '↩️ Return it',
    decline: '🚫 Decline',
    approve: '✅ The money is there',
    reject: '🚫 No such transfer',
  },
  whyRefund: '↩️ Why is it returned? Write a message: the user will read the reason.',
  whyDecline: '🚫 Why is it declined? Write a message: the user will get these words.',
  sure: {
    refund: '❓ <b>Return this payment?</b>',
    decline: '❓ <b>Decline the refund?</b>',
    approve: '❓ <b>Add the money?</b>',
    reject: '❓ <b>Decline the request?</b>',
  },
  reason: 'Words to the user: <i>{{- reason}}</i>',
  agree: '✅ Yes, do it',
  waits: '❗ Waiting for you: refunds {{requests}}, receipts {{receipts}}',
  owed: '⚠️ Users owe for what was returned: {{owed}}',
  neverCompared: '⭐ Stars have not been compared with Telegram yet',
  compared:
    '⭐ Compared with Telegram {{- when}}: {{seen}} entries, payments found and added ' +
    '{{payments}}, refunds found {{refunds}}',
  unexplained: '🚨 Payments that Telegram does not have: {{count}}',
}
