import type { ruTopup } from './ru-topup.ts'

/** Words about putting money on the account. */
export const enTopup: typeof ruTopup = {
  invoice: {
    title: 'Balance top-up',
    description: '{{amount}} will be added to your balance. Spend it on any generation.',
  },
  checkout: {
    unknown: 'This invoice is no longer valid. Open /balance and make a new one.',
    foreign: 'This invoice is for somebody else. Open /balance and make your own.',
    amount: 'The amount of this invoice has changed. Open /balance and make a new one.',
    closed: 'This invoice is paid already, or too old. Open /balance and make a new one.',
    unavailable: 'The bot is updating. No Stars were taken: please try again in a minute.',
  },
  topup: {
    byStars: '⭐ Top up',
    byTransfer: '🏦 Top up by transfer',
    title: '💳 <b>Top up your balance</b>',
    how: 'Pick an amount, or write it in a message: from 50 to 50,000 ₽.',
    starsNote: 'You pay with Telegram Stars.',
    transferNote: 'You pay by bank transfer. The money is added once we see the transfer.',
    amount: '{{amount}} · ⭐ {{stars}}',
    gift: '{{amount}} · ⭐ {{stars}} · 🎁 {{percent}}%',
    giftNote: '🎁 A part of the large packs is a gift: you pay less, the whole amount is added.',
    worth: '• {{amount}} {{- enough}}',
    enough: '✅ {{amount}} — enough for your order',
    waiting:
      '⭐ <b>The invoice is sent</b>\n{{amount}} for ⭐ {{stars}}. Press the pay button below the ' +
      'invoice: the money is added at once.',
    waitingOrder:
      '⭐ <b>The invoice is sent</b>\n{{amount}} for ⭐ {{stars}}: exactly what is missing. Pay it with the ' +
      'button under it, and your order starts by itself.',
    transfer: '🏦 <b>Transfer of {{amount}}</b>',
    exact: 'Please transfer exactly this amount.',
    sendReceipt: '📸 After the transfer, send the receipt here as a photo or a file.',
    copyDetails: '📋 Account',
    copyAmount: '📋 Amount',
    number: 'Request number: <code>{{number}}</code>',
    reviewing:
      '✅ <b>Request received</b>\nA person will check the transfer of {{amount}}. I will write as ' +
      'soon as the money is on your balance.',
    broken: '❌ The top-up did not work. No money was taken: please try again.',
    inReview:
      '⏳ Two of your transfers are waiting for review already. Once they are checked, you can send ' +
      'another one. Stars work right away.',
    rejected:
      '❌ The request for {{amount}} was declined: there is no such transfer. If that is wrong, use ' +
      '/paysupport.',
    credited: '✅ Your balance was topped up: <b>+{{amount}}</b>',
    collected:
      '{{amount}} of it was kept for a payment that was returned to you after it was spent. /balance',
    refunded: '↩️ ⭐ {{stars}} went back to you. {{amount}} left your balance.',
    reason: 'Reason: {{- reason}}',
    debt:
      'Another {{amount}} had been spent before: it will be taken from your next top-up. Is that ' +
      'wrong? Use /paysupport.',
    undone:
      '❌ ⭐ {{stars}} could not be returned: Telegram refused. {{amount}} is on your balance again. ' +
      'Questions: /paysupport',
    declined:
      '❌ We cannot return ⭐ {{stars}} ({{amount}}). The money is still on your balance.\n\n' +
      '{{- reason}}\n\nQuestions: /paysupport',
  },
  terms: {
    body:
      '📄 <b>Terms</b>\n\n' +
      '• You see the price of every generation before it starts. Money is taken only for a finished ' +
      'result; without one it returns to your balance by itself.\n' +
      '• You can top up with Telegram Stars. Your balance can only be spent in this bot.\n' +
      '• An unspent top-up in Stars can be returned in Stars: /paysupport. Given money and free ' +
      'generations cannot be returned.\n' +
      '• You are responsible for what you ask for: respect the law and the rights of others.\n' +
      '• The bot is for people of 18 and over. If you are younger, use it only together with your parents. ' +
      'Anything that sexualises children is forbidden and ends your access at once.\n' +
      '• The words and files of an order go to the service that creates the result, without your name. More ' +
      'about data and how long it is kept: /privacy.\n' +
      '• Telegram support does not handle purchases in this bot, we do: /paysupport.',
  },
  paysupport: {
    body:
      '🛟 <b>Help with payments</b>\n\nA payment is added to your balance at once. If it was not, ' +
      'please wait until tomorrow: we compare all payments at night, and a lost one is added by ' +
      'itself.\n\nA top-up that is not spent yet can be returned.',
    choose: '👇 What should be returned?',
    none: 'There are no payments that can be returned now.',
    refund: '↩️ ⭐ {{stars}} · {{amount}} · {{when}}',
    answer: {
      asked: '✅ Your request is received. We will look at it and write to you.',
      before: 'There is a request for this payment already. We are looking at it.',
      gone: 'This payment was returned already.',
      spent: '❌ Only what is not spent can be returned. Your balance lacks {{missing}}.',
    },
  },
}
