import type { ru } from './ru.ts'

/** English texts, key for key as in `ru.ts`. */
export const en: typeof ru = {
  menu: {
    title:
      '👋 <b>Hello!</b> Pictures, videos and sound are made here from your description.\n\n' +
      'Choose what to create. You see the price before you start and pay only for a finished result.',
    free: '🆓 Free',
    running_one: '⏳ In progress: {{count}}',
    running_few: '⏳ In progress: {{count}}',
    running_many: '⏳ In progress: {{count}}',
    running_other: '⏳ In progress: {{count}}',
    balance: '💳 Balance',
    help: '❓ Help',
    language: '🌐 Язык',
  },
  nav: {
    menu: '🏠 Menu',
    back: '◀️ Back',
    cancel: '❌ Cancel',
    previous: '⬅️',
    next: '➡️',
    page: 'Page {{page}} of {{pages}}',
  },
  list: {
    free: '🆓 <b>Free models</b>\nThey cost you nothing.',
    choose: 'Choose a model:',
    empty: 'Nothing here yet.',
    soon: '🔜',
    gone: '🚫',
  },
  card: {
    price: 'Price: <b>{{price}}</b>',
    priceFrom: 'Price: <b>{{price}}</b>; you will see the exact one before the start',
    priceLater: 'You will see the exact price before the start',
    begin: '✅ Begin',
    gone: '🚫 This model no longer works.',
    goneFor: '🚫 This model no longer works. Its successor is {{successor}}.',
    soon: '🔜 This model is coming soon.',
  },
  ask: {
    step: 'Step {{step}} of {{steps}}',
    words: '✍️ Send your answer as a message.',
    photo: '📎 Send a picture, as a photo or as a file.',
    choose: '👇 Choose with a button.',
    now: 'Now: {{value}}',
    clear: '↩️ Remove the answer',
    yes: 'Yes',
    no: 'No',
  },
  preview: {
    title: '📋 <b>Check your order</b>',
    price: '💰 Price: <b>{{price}}</b>',
    balance: '💳 Balance: {{balance}}',
    promise: 'ℹ️ You are charged only for a finished result.',
    promiseFree: 'ℹ️ This one is free for you.',
    poor: '❌ Your balance is {{missing}} short. Top it up and try again.',
    run: '✅ Run',
    edit: '✏️ {{field}}',
    extras: '⚙️ More settings',
    photo: '🖼 picture received',
    refused: {
      'not-sold': '🚫 This model is not available now. You were not charged.',
      unpriced: '⚠️ This combination has no price. Change an answer; you were not charged.',
      incomplete: '⚠️ An answer is missing. Go back and add it; you were not charged.',
      paused: '⏸ Paid generations are paused for a while. You were not charged.',
      busy: '⏱ Too many generations in a row. Wait a minute; you were not charged.',
      money: '❌ Not enough money. You were not charged.',
      'price-changed': '⚠️ The price has changed. Check the new one; you were not charged.',
    },
  },
  extras: {
    title: '⚙️ <b>More settings</b>\nYou need not change any. What would you like to change?',
  },
  run: {
    working: '⏳ <b>Creating…</b>',
    queued: 'Your order is in the queue.',
    generating: 'It is being made.',
    elapsed: 'Elapsed: {{time}}',
    stay: 'The result will arrive here by itself; no need to wait.',
    long: 'This takes longer than usual. I will send the result as soon as it is ready.',
    seconds: '{{n}} s',
    minutes: '{{m}} min {{s}} s',
  },
  done: {
    caption: '✅ Your result is ready',
    next: '🎉 Done! What next?',
    charged: 'Charged: {{price}}',
    free: 'Free',
    gift: 'A gift: the money for this order has already been returned.',
    again: '🔁 Again',
    other: '🎨 Another model',
    link: '⚠️ The result is ready, but the file could not be sent. Here is the link: {{url}}',
  },
  failed: {
    title: '❌ The generation did not finish: {{reason}}',
    back: '💰 {{price}} is back on your balance.',
    nothing: 'You were not charged.',
    again: '🔁 Try again',
    reasons: {
      credits: 'the service takes no orders at the moment',
      refused: 'the service did not accept the description or the picture. Try to change them',
      failed: 'no result could be made. Try again or change the description',
      moderated: 'the description or the picture did not pass the check. Try to change them',
      unavailable: 'the service does not answer now. Try again later',
      unknown: 'the answer of the service got lost. We will look into it',
      expired: 'the service did not answer for too long',
      media: 'the file could not be handed over. Please send it again',
    },
  },
  jobs: {
    title: '⏳ <b>In progress</b>',
    none: 'Nothing is being made now. Choose a model in the menu.',
    row: '• {{model}} — {{time}}',
  },
  balance: {
    title: '💳 <b>Your balance</b>',
    available: '💰 Available: <b>{{amount}}</b>',
    held: '🔒 Reserved: {{amount}}',
    note: 'Reserved money is for orders in progress: without a result it comes back by itself.',
  },
  help: {
    title: '❓ <b>Help</b>',
    body:
      '<b>How does it work?</b>\nChoose a model, answer the questions, check the price and press ' +
      '“Run”. The result arrives in this chat.\n\n' +
      '<b>What does it cost?</b>\nYou see the price before you start. You pay only for a finished ' +
      'result; if something goes wrong, the money comes back by itself.\n\n' +
      '<b>How to cancel?</b>\n/cancel at any time. /menu opens the menu, /balance the balance, ' +
      '/status what is in progress, /language the language.',
    support: 'Questions: {{support}}',
  },
  language: {
    title: '🌐 Выберите язык / Choose a language',
    ru: '🇷🇺 Русский',
    en: '🇬🇧 English',
  },
  hint: {
    stale: '⚠️ That button is out of date. This is the current screen:',
    staleToast: 'That button is out of date',
    cancelled: 'Cancelled. You were not charged.',
    unknownCommand: 'There is no such command. Choose with a button or press /help.',
    unknownLink: 'There is no such model. Choose another one:',
    text: 'I am ready. Choose with a button what to create.',
    file: '📎 I have your file, but now I expect something else. Choose with a button.',
    unsupported:
      'I do not understand this kind of message. Send text, a photo, or choose a button.',
    waitsWords: 'I need text now. Send your answer as a message.',
    waitsPhoto: 'I need a picture now. Send it as a photo or as a file.',
    waitsChoice: 'I need a choice now. Press one of the buttons.',
    working: 'It is already being made. The result will arrive here by itself.',
    starting: 'Your order is already starting.',
    hiccup: '⚠️ Something went wrong, but nothing is lost. Please try again.',
  },
}
