import type { ruPrivacy } from './ru-privacy.ts'

/** Words about a user's data. */
export const enPrivacy: typeof ruPrivacy = {
  title: '🔐 Your data',
  body:
    '🔐 <b>Your data</b>\n\n' +
    'We keep only what the bot can’t work without: your number and name in Telegram, your language, your ' +
    'orders — words, settings and links to files in Telegram — the movements of money, and what you wrote to ' +
    'the bot and to support.',
  partners:
    '<b>Who else sees it</b>\n' +
    '• The services that create your results get the words and files of an order, without your name or ' +
    'number. They keep files for up to 3 days and results for up to 14.\n' +
    '• Telegram carries every message and handles payments in Stars.\n' +
    '• Nobody else. We don’t sell data and we don’t show ads.',
  kept:
    '<b>How long we keep it</b>\n' +
    '• Words of orders: {{orderWords}} days; favourites, until you remove them.\n' +
    '• Results in your history: {{results}} days.\n' +
    '• Messages to the bot: {{journal}} days; what could not be processed, up to {{letters}}.\n' +
    '• Who got a message sent to many: {{broadcasts}} days; whether you want news, for as long as you are here.\n' +
    '• Movements of money: for as long as bookkeeping requires.',
  yours:
    '<b>What you can do</b>\nGet everything as one file, or delete everything at once: the buttons are below. ' +
    'Questions: /support.',
  export: '📦 My data as a file',
  erase: '🗑 Delete my data',
  terms: '📄 Terms',
  sure:
    '🗑 <b>Delete your data?</b>\n\n' +
    'Your name and number, the words and results of your orders, your favourites and your messages to the bot ' +
    'and to support are gone at once and for good. The messages in this chat stay with you: you can delete ' +
    'them in Telegram itself.\n\n' +
    'Records of money stay for bookkeeping, but nobody can tell whose they were.',
  money:
    '💰 There is {{amount}} on your balance: it will be lost. Unspent Stars can be returned first: /paysupport',
  free: '🎁 Bonus generations: {{count}}. They will be lost as well.',
  open: '⏳ <b>Something has to end first:</b>',
  running: '• orders in progress: {{count}} — /status',
  payments: '• payments that are being reviewed or returned: {{count}}',
  debt: '• a debt for returned Stars: {{amount}} — /balance',
  back:
    'If you come back, there are no gifts for newcomers a second time. For that we keep a fingerprint of your ' +
    'number; it can’t tell anybody who you are, and after {{days}} days it is gone too.',
  again: '🔄 Check again',
  agree: '🗑 Yes, delete everything',
  done: '✅ Done: your data is deleted. If you want to come back, press /start.',
}
