import { enBroadcast } from './en-broadcast.ts'
import { enOffering } from './en-offering.ts'
import { enPaymentReview } from './en-payment-review.ts'
import { enPerson } from './en-person.ts'
import { enPrivacy } from './en-privacy.ts'
import { enResults } from './en-results.ts'
import { enShelf } from './en-shelf.ts'
import { enSupport } from './en-support.ts'
import { enTemplates } from './en-templates.ts'
import { enTopup } from './en-topup.ts'
import type { ru } from './ru.ts'

/** English texts, key for key as in `ru.ts`. */
export const en: typeof ru = {
  menu: {
    title:
      '👋 <b>Just write what you need, or send a photo, your voice, a video.</b>\n' +
      'For example: “a ginger astronaut cat, cartoon”, or a photo with “put a sea behind it”.\n\n' +
      'You see the price before you start and pay only for a finished result.',
    short: '💬 Write what you need, or send a photo, your voice, a video.',
    free: '🆓 Free',
    running_one: '⏳ In progress: {{count}}',
    running_few: '⏳ In progress: {{count}}',
    running_many: '⏳ In progress: {{count}}',
    running_other: '⏳ In progress: {{count}}',
    search: '🔍 Search',
    history: '📜 History',
    favourites: '⭐ Favourites',
    templates: '✨ Ready ideas',
    all: '📚 All models',
    balance: '💳 Balance',
    help: '❓ Help',
    language: '🌐 Язык',
  },
  nav: {
    menu: '🏠 Menu',
    back: '◀️ Back',
    cancel: '❌ Cancel',
    resume: '↩️ To the order',
    share: '🔗 Share',
    copyLink: '📋 Copy the link',
    previous: '⬅️',
    next: '➡️',
    page: 'Page {{page}} of {{pages}}',
  },
  groups: {
    title: '📚 <b>All models</b>\nChoose a group, or find a model by its name.',
  },
  list: {
    free: '🆓 <b>Free models</b>\nThey cost you nothing.',
    choose: 'Choose a model:',
    comingSoon: 'Nothing to order here yet, but it is coming.',
    soonNote: '🔜 means: coming soon.',
    goneNote: '🚫 means: no longer works.',
    pausedNote: '⏸ means: paused for a while.',
    soon: '🔜',
    paused: '⏸',
    gone: '🚫',
    older: 'Older models ({{count}})',
  },
  search: {
    title:
      '🔍 <b>Search</b>\nWrite a name or what you want done: “kling”, “remove background”, “speech”.',
    nothing:
      '🔍 <b>{{words}}</b>\nNo model is called that or does that.\n\n' +
      '💡 Write another word, or choose what to make of these:',
    found: '🔍 <b>{{words}}</b>\nFound: {{count}}. To search again, just write other words.',
  },
  card: {
    steps: 'Questions before the start: {{count}}',
    price: 'Price: <b>{{price}}</b>',
    priceFrom: 'Price: <b>{{price}}</b>; you will see the exact one before the start',
    priceLater: 'You will see the exact price before the start',
    begin: '✅ Begin',
    gone: '🚫 This model no longer works.',
    goneFor: '🚫 This model no longer works. Its successor is {{successor}}.',
    soon: '🔜 This model is coming soon.',
    paused: '⏸ This model is paused for a while: try again later.',
    fromResult:
      'This model works on a finished result: open it in the history and press “🪄 What else”.',
    similar: 'Here are similar ones:',
    instead: '➡️ {{model}}',
  },
  ask: {
    step: 'Step {{step}} of {{steps}}',
    words: '✍️ Send your answer as a message.',
    photo: '📎 Send a picture, as a photo or as a file.',
    video: '📎 Send a video, as a video or as a file.',
    audio: '📎 Send a voice message, music or a sound file.',
    fileLimits: '{{types}} will do, up to {{size}} MB.',
    linkToo: '🔗 A link will do, too.',
    linkLarge: '🔗 Send a larger one (up to {{size}} MB) as a link.',
    link: '🔗 Send the link as a message.',
    choose: '👇 Choose with a button.',
    samples: '🔊 Listen: {{- samples}}',
    length: 'Up to {{max}} characters.',
    range: 'A number from {{min}} to {{max}}.',
    named: '👇 Choose with a button, or write a number from {{min}} to {{max}}.',
    atLeast: 'A number not below {{min}}.',
    together: '💡 You may send the picture right away, with your answer as its caption.',
    again: '⚠️ Your earlier answer no longer fits. Please answer once more.',
    now: 'Now: <i>{{- value}}</i>',
    keep: '➡️ Keep it',
    clear: '🗑 Remove the answer',
    continue: '✅ Continue',
    empty: '🗑 Start over',
    count: '{{length}} / {{max}} characters.',
    part:
      '✂️ If the text goes on, send the rest and I will add it. ' +
      'If this is all, press “Continue”.',
    inspecting: '🔎 Checking the file, one moment…',
    inLine: 'Still to check: {{count}}.',
    taken: 'Taken so far: {{count}}.',
  },
  gather: {
    first: 'From {{min}} to {{max}}: one by one or several at once.',
    exactly: 'Needed: {{max}}, one by one or at once.',
    one: 'Just one is needed.',
    got: 'I have <b>{{count}}</b> of {{max}}.',
    more: 'Send more, or press “Continue”.',
    full: 'That is all I can take. Press “Continue”.',
    undo: '↩️ Remove the last',
    items: '✍️ Separate them by commas or write each on its own line.',
    shots:
      '✍️ One scene per line: its length in seconds, a dash, what happens. ' +
      'For example: 5 — a cat jumps on the table.',
    total: 'All scenes together: up to {{max}} s.',
    sum: 'Together: {{total}} s.',
  },
  preview: {
    play: '🧪 A trial: you get a sample and pay nothing, the balance is play money.',
    title: '📋 <b>Check your order</b>',
    price: '💰 Price: <b>{{price}}</b>',
    priceEach: '💰 Price: <b>{{price}}</b> ({{seconds}} s × {{each}})',
    priceLength: '💰 Price: <b>{{price}}</b> for {{seconds}} s',
    balance: '💳 Balance: {{balance}}',
    promise: 'ℹ️ You are charged only for a finished result.',
    promiseFree: 'ℹ️ This one is free for you.',
    poor: '❌ Your balance is {{missing}} short. Pay exactly that, and the order starts by itself.',
    pay: '⭐ Pay and run · {{stars}} ⭐',
    run: '✅ Run',
    edit: '✏️ {{field}}',
    extras: '⚙️ More settings',
    recheck: '🔄 Check again',
    dropped: '⚠️ No longer fits and was removed: {{fields}}.',
    refused: {
      'not-sold': '🚫 This model is not available now. You were not charged.',
      unpriced: '⚠️ This combination has no price. Change an answer; you were not charged.',
      incomplete: '⚠️ An answer is missing. Go back and add it; you were not charged.',
      paused: '⏸ Generations are paused for a while, we are on it. You were not charged.',
      'model-paused':
        '⏸ This model is paused for a while. Try later, or choose another one. You were not charged.',
      'too-dear-now':
        '⏸ An order of this size can’t be taken right now, we are on it. Cheaper ones work as usual. You were not charged.',
      busy: '⏱ Too many generations in a row. Wait a minute; you were not charged.',
      free: '🎁 No free generations are left for now. Nothing was charged.',
      money: '❌ Not enough money. You were not charged.',
      'price-changed': '⚠️ The price has changed. Check the new one; you were not charged.',
    },
  },
  free: {
    left: '🎁 Free generations left today: {{left}} of {{limit}}',
    bonus: '🎁 Bonus ones: {{bonus}}',
    next: '⏳ The next free one: {{date}} at {{time}}, Moscow time.',
    over: {
      hour: '🎁 Your free generations of this hour are used up.',
      day: '🎁 Your free generations of today are used up.',
      budget: '🎁 The free generations of today are all taken.',
    },
    remind: '🔔 Tell me when it is free again',
    again: '🔔 Free generations are here again. Begin: /menu',
  },
  extras: {
    title:
      '⚙️ <b>More settings</b>\nYou need not change any. What would you like to change? ' +
      '“Back” returns to the order.',
  },
  run: {
    working: '⏳ <b>Creating…</b>',
    queued: 'The order is in the queue.',
    place: 'The order is in the queue, number {{place}}.',
    generating: 'It is being made.',
    elapsed: 'Time so far: {{time}}',
    usual: 'Usually up to {{median}}.',
    usualUpTo: 'Usually about {{median}}, rarely more than {{most}}.',
    others: 'Others in progress: {{count}}.',
    all: '⏳ All orders in progress',
    cancel: '✖️ Cancel the order',
    stay: 'The result will arrive here by itself; no need to wait.',
    long: 'This takes longer than usual. I will send the result as soon as it is ready.',
    wait: '⏳ One moment…',
    seconds: '{{s}} s',
    minutes: '{{m}} min {{s}} s',
    hours: '{{h}} h {{m}} min',
  },
  failed: {
    cancelled: '✖️ The order is cancelled.',
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
      media: 'a file could not be handed over. Please try again',
      stopped: 'support has stopped it',
      cancelled: 'you cancelled it',
      delivery: 'the result is ready, but it could not be sent to this chat',
    },
  },
  jobs: {
    title: '⏳ <b>In progress</b>',
    none: 'Nothing is being made now. Choose a model in the menu.',
    row: '{{number}}. <b>{{model}}</b>\n   {{stage}} Time so far: {{time}}',
    refresh: '🔄 Refresh',
  },
  enough: {
    pictures_one: '{{count}} picture',
    pictures_few: '{{count}} pictures',
    pictures_many: '{{count}} pictures',
    pictures_other: '{{count}} pictures',
    clips_one: '{{count}} clip',
    clips_few: '{{count}} clips',
    clips_many: '{{count}} clips',
    clips_other: '{{count}} clips',
    or: 'or',
  },
  balance: {
    title: '💳 <b>Your balance</b>',
    available: '💰 Available: <b>{{amount}}</b>',
    bonus: '🎁 Of it given to you: {{amount}}, spent first',
    held: '🔒 Reserved: {{amount}}',
    enough: '🎨 Enough for {{- enough}}',
    stars: '⭐ That is {{stars}} Stars.',
    remindersOff: '🔕 No reminders of balance and limits',
    remindersOn: '🔔 Remind me of balance and limits',
    waiting: '⏳ Your transfer of {{amount}} from {{date}} {{time}} is waiting for review',
    note: 'Reserved money is for orders in progress: without a result it comes back by itself.',
  },
  gift: {
    money: '🎁 You were given {{amount}}. This money is spent first.',
    free_one: '🎁 You were given {{count}} free generation.',
    free_few: '🎁 You were given {{count}} free generations.',
    free_many: '🎁 You were given {{count}} free generations.',
    free_other: '🎁 You were given {{count}} free generations.',
  },
  entries: {
    open: '🧾 Transactions',
    title: '🧾 <b>Transactions</b>\nTimes are Moscow’s.',
    none: 'Nothing has moved yet.',
    top_up: '💳 Paid in',
    bonus: '🎁 Given to you',
    credit: '➕ Added',
    debit: '➖ Corrected',
    refund: '↩️ Payment returned',
    refund_undone: '💰 Return did not work out',
    debt: '➖ Kept for a payment that was returned',
    hold: '🔒 Put aside for an order',
    capture: '✅ Charged for a result',
    remainder: '↩️ The rest came back',
    release: '💰 Came back: no result',
    sale_undone: '💰 Given back after a result',
  },
  invite: {
    open: '👥 Invite a friend',
    title: '👥 <b>Invite a friend</b>',
    how:
      '1. Send your link to a friend.\n2. The friend opens it and comes to the main menu, for the ' +
      'first time ever.\n3. You both get free generations: {{each}}.',
    howOrder:
      '1. Send your link to a friend.\n2. The friend opens it, for the first time ever.\n' +
      '3. When the friend gets their first paid order, you both get free generations: {{each}}.',
    stats: 'Friends who came: {{invited}}\nEarned: {{earned}}\nBonus ones left: {{left}}',
    share: '📨 Send the link',
    words: 'Pictures, video and sound are made here from words. This link brings free generations:',
    accepted: '🎉 A bonus for a friend from your link! Free generations added: {{free}}.',
  },
  promo: {
    open: '🎟 Promo code',
    ask: '🎟 <b>Promo code</b>\nSend it as a message.',
    good: '✅ The promo code is good.',
  },
  admin: {
    title: '🛠 <b>Administration</b>\nToday so far, by Moscow time.',
    users: '👤 Users: {{users}}, new: {{newUsers}}',
    jobs: '🎨 Delivered: {{delivered}}, failed: {{failed}}, running: {{running}}, free: {{free}}',
    money: '💰 Paid in {{paid}}, charged {{sales}}, cost {{costs}}',
    credits: '🏦 Credits at the supplier: {{credits}}',
    noCredits: '🏦 The supplier did not say how many credits are left',
    selling: '▶️ Orders are taken',
    paused: '⏸ Orders are not taken: {{code}}',
    sellingUpTo: '⏸ Only orders of up to {{credits}} credits are taken: {{code}}',
    period:
      '📅 {{- when}}: paid in {{paid}}, given back {{back}}, sold {{sales}}, cost {{costs}}, margin {{margin}}',
    today: 'Today',
    days: 'Last {{days}} days',
    farmed: '🕵️ Looks farmed: {{userId}} brought {{invited}}, of whom {{earned}} ordered',
    runway: '⏳ At the use of late this lasts about {{hours}} h.',
    clean: '✅ The books agree',
    troubles: '🚨 The books disagree: {{troubles}}',
    promo: '🎟 New promo code',
    adjust: '⚖️ Adjust a balance',
    csv: '📄 All entries as a file',
    promoHow:
      '🎟 <b>New promo code</b>\nIn one message: code, bonus, number of uses, days (or for ever).\n\n' +
      '<code>SPRING 100rub 50 30</code>: 100 ₽, 50 people, 30 days\n' +
      '<code>GIFT 5free 20</code>: 5 generations, 20 people',
    promoMade: '🎟 <code>{{code}}</code>, uses: {{limit}}',
    promoMoney: '💰 Money: {{amount}}',
    promoFree: '🎁 Free generations: {{count}}',
    promoDays: 'Days: {{days}}',
    adjustHow:
      '⚖️ <b>Adjust a balance</b>\nIn one message: who, how many roubles, why. The user will see the ' +
      'reason too.\n\n<code>123456789 +50 sorry for the delay</code>',
    adjustMade: 'Who: <code>{{userId}}</code>\nHow much: <b>{{amount}}</b>\nWhy: {{- reason}}',
    sure: '⚖️ Shall I?',
    confirm: '✅ Do it',
    done: '✅ Done',
  },
  ...enTopup,
  offering: enOffering,
  ...enResults,
  ...enTemplates,
  paymentReview: enPaymentReview,
  person: enPerson,
  broadcast: enBroadcast,
  failures: {
    open: '❌ Failed',
    title: '❌ <b>What failed</b>\nThe money for these orders has gone back already.',
    none: 'Nothing has failed. Lovely!',
    how: 'Tap an order to open its user and decide what to do.',
  },
  health: {
    good: '🩺 All answer; processes: {{instances}}',
    late: '🩺 {{waiting}} things wait for their turn, the oldest for {{seconds}} s. Processes: {{instances}}',
    letters: '📮 Failures nobody has looked into: {{count}}',
  },
  promos: {
    title: '🎟 <b>Those there are</b>',
    free: 'generations: {{count}}',
    used: '{{used}} of {{limit}}',
    until: 'until {{date}}',
    end: '✖️ End {{code}}',
  },
  news: {
    optOut: '🔕 No more of these',
    subscribe: '🔔 Send me these again',
    open: '✨ What is new',
    teaser: '✨ The bot has learned new things — have a look.',
    title: '✨ <b>What is new</b>',
    body:
      '• Just write, or send a photo, a voice or a video: I suggest what to make of it, with the exact price on the button.\n' +
      '• Every result has its own buttons: again, other words, clearer, animate. They work a week later, too.\n' +
      '• More than 140 models, and a search that forgives typos.\n' +
      '• Ready ideas: pick one and add what is yours.\n' +
      '• You see how long it takes, and can cancel an order until it is begun.\n' +
      '• Short of money? Pay for exactly this order, and it starts at once.\n' +
      '• Share a picture: a friend gets the same idea, you get a gift for the invitation.\n' +
      '• Support answers right here: /support. Your data: /privacy.',
    on: '🔔 I send news now and then.',
    off: '🔕 I send no news.',
    decline: '🔕 No news, please',
    accept: '🔔 Send me news',
  },
  shelf: enShelf,
  privacy: enPrivacy,
  support: enSupport,
  help: {
    title: '❓ <b>Help</b>',
    body:
      '<b>How does it work?</b>\nWrite what you need, or send a photo, your voice, a video. I offer ways to make it, with ' +
      'the price on each button: one tap starts the order. The result arrives in this chat.\n\n' +
      '<b>What does it cost?</b>\nYou see the price before you start. You pay only for a finished ' +
      'result; if something goes wrong, the money comes back by itself.\n\n' +
      '<b>How to cancel?</b>\n/cancel at any time. /menu opens the menu, /balance the balance, ' +
      '/status what is in progress, /language the language.\n\n' +
      '<b>Where are my results?</b>\nHere in the chat and in /history. From there each can be sent ' +
      'again, changed or used further. /favourites has those you keep, /search finds a model.',
    support: 'Questions: {{support}}',
  },
  language: {
    title: '🌐 Выберите язык / Choose a language',
    ru: '🇷🇺 Русский',
    en: '🇬🇧 English',
  },
  notice: {
    refused: 'Your order was not started.',
    credited: '➕ {{amount}} added to your balance: {{- reason}}',
    debited: '➖ {{amount}} taken from your balance: {{- reason}}',
    refunded: '💰 {{price}} for “{{model}}” is back on your balance. Sorry for the trouble.',
  },
  hint: {
    stale: '⚠️ That button is out of date. This is the current screen:',
    staleToast: 'That button is out of date',
    cancelled: 'Cancelled. You were not charged.',
    cancelling: '✖️ Cancelling, if it is not too late…',
    whichJob: 'Which order should be cancelled?',
    tooLate:
      'The order is being made already and cannot be stopped. The result comes here; you pay only for it.',
    nothingToCancel: 'There is nothing to cancel: no order has been begun.',
    unknownCommand: 'There is no such command. Choose with a button or press /help.',
    unknownLink: 'There is no such model. Choose another one:',
    wordsOver: '🪄 No more improvements today. Your words are as they were.',
    wordsFailed: '🪄 I found no better words. Yours are as they were.',
    noTemplate: 'This idea is gone. Here are others:',
    text: 'I am ready. Choose with a button what to create.',
    sending: '📤 Sending it again, see below.',
    original: '📄 Sending the original as a file, see below.',
    saved: '⭐ Kept in favourites.',
    forgotten: 'Dropped from favourites.',
    noResult: 'There is no such order.',
    cantUse: 'This file can’t be handed on: it is too large or no longer there.',
    noHits: '🔍 Nothing found. Try another word, or choose a group in the menu.',
    file: '📎 I have your file, but I await a command. Choose with a button what to create.',
    begin: 'To begin, press “✅ Begin”: I will ask one thing at a time.',
    notOnOffer: 'This model is not available now. Please choose another one.',
    gotFile: '📎 I have your file. Now please answer this question:',
    wordsOnly: '✍️ I took the words below your file. This model needs no file.',
    gotMore: '📎 One more file of your album was added to the order.',
    enoughFiles:
      '📎 There is a file already, no other is needed. You can replace it before the start.',
    lateFile:
      '📎 This file of your album came late and was not added. Press a button with ✏️ to add it.',
    checking: '🔎 I am still checking the file. One moment, please.',
    check: 'Check your order now. To change an answer, press a button with ✏️.',
    pickSetting: 'Press the setting that you want to change.',
    wait: 'One moment: I am checking the price and your balance.',
    unsupported:
      'I do not understand this kind of message. Send text, a photo, or choose a button.',
    waitsWords: 'I need text now. Send your answer as a message.',
    waitsChoice: 'I need a choice now. Press one of the buttons.',
    watching: 'It is already being made. The result will arrive here by itself.',
    starting: 'Your order is already starting.',
    promoCode: 'A promo code is Latin letters and digits without spaces. Please try again.',
    promoUnknown: '❌ There is no such promo code. Is it spelled right?',
    promoExpired: '❌ This promo code has expired.',
    promoUsedUp: '❌ This promo code has been used up.',
    promoYours: 'You have used this promo code already.',
    promoEnough: '⏱ Too many promo codes in a row. Please try again in an hour.',
    inviteKnown:
      '🙂 You are here already, so a friend’s link adds nothing. But you can invite friends of ' +
      'your own: /invite.',
    adminPromo: '⚠️ Not clear. Needed: code, bonus and uses, e.g. SPRING 100rub 50 30',
    adminAdjust: '⚠️ Not clear. Needed: number, amount with a sign, and reason.',
    adminPromoExists: '⚠️ There is a promo code of this name already.',
    adminTemplate:
      '⚠️ I can’t read that: the title in the first line, up to 40 characters; every brace { must be closed, at most four questions.',
    templateSaved: '✅ Done, it holds at once.',
    templateRefused: '⚠️ That did not work: there is no finished result for it.',
    adminNoUser: '⚠️ There is no such user. Nothing was done.',
    broadcastAlbum: '⚠️ An album can’t be sent like this. Send one photo or video.',
    broadcastButtons:
      '⚠️ That is not clear. In each line: words, a dash, a link. At most six buttons.',
    newsOff: '🔕 No more of these. Tap again if you change your mind.',
    newsOn: '🔔 News are on again',
    adminPoor: '⚠️ The user has less money of their own. Nothing was done.',
    personWords: '⚠️ Not understood. Words are needed, and for a limit or a balance a number first.',
    personDone: '✅ Done, and journalled.',
    personRefused: '⚠️ It did not work: perhaps it is done already, or can’t be.',
    personRole: '🚫 You have no right to do that.',
    shelfWords:
      '⚠️ Not understood: a reason is needed, and for a price or free days a number first.',
    shelfDone: '✅ It holds everywhere in a few seconds; the reason is journalled.',
    shelfRefused: '⚠️ It did not work: perhaps it is done already, or can’t be.',
    shelfCost: '🚫 That would be below cost: the price is as it was.',
    changeDecided: '✅ Noted',
    edited: '✏️ Your correction counts.',
    editedNot:
      '✏️ I see the correction but not which answer it is. Send it again, or change the answer by its button.',
    personOpen: '⏳ Nothing was erased: orders, payments or a debt of theirs are still open.',
    reminderSet: '🔔 All right, I will write as soon as it is free again.',
    csvComing: '📄 The file is being made and will come here.',
    exportComing: '📦 I am gathering your data: the file will come here.',
    supportSent: '✅ Passed on. The answer will come here.',
    supportSolved: '✅ Good, this is closed.',
    eraseOpen: '⚠️ Something began while we were asking. Nothing was deleted.',
    deskReason: '⚠️ Please write the reason in words: 2 to 300 characters.',
    deskRefunding: '✅ The return has begun: the money left the balance, the user gets a message.',
    deskSpent:
      '🚫 It cannot be returned: the own money on the balance is not enough. Nothing done.',
    deskGone: '⚠️ Decided already, perhaps by another admin. Nothing done.',
    deskDeclined: '✅ Declined, the user gets a message.',
    deskApproved: '✅ The money is added, the user gets a message.',
    deskRejected: '✅ The request is declined, the user gets a message.',
    deskBefore: '⚠️ Another admin has decided this request before. Nothing done.',
    amount: 'Please give an amount from 50 to 50,000 ₽, such as 300: write it or press a button.',
    waitTopup: 'One more second: the top-up is being prepared.',
    payInvoice: 'The invoice waits: press the button below it. Or pick another amount.',
    receipt: 'Please send the receipt as a photo or a file.',
    reviewing: 'We have your receipt already, one is enough.',
    hiccup: '⚠️ Something went wrong, but nothing is lost. Please try again.',
  },
}
