import type { AllowedUpdates } from './poller.ts'

/** Always named in full: leaving it out keeps whatever was set before, an empty list resets it. */
export const ALLOWED_UPDATES: AllowedUpdates = [
  'message',
  'edited_message',
  'callback_query',
  'my_chat_member',
  'pre_checkout_query',
  'inline_query',
]

const RU = {
  start: 'Начать',
  menu: 'Главное меню',
  search: 'Найти модель',
  history: 'История заказов',
  favourites: 'Избранное',
  status: 'Что сейчас в работе',
  balance: 'Баланс и пополнение',
  invite: 'Пригласить друга',
  promo: 'Ввести промокод',
  cancel: 'Отменить заказ',
  language: 'Язык / Language',
  help: 'Помощь',
  paysupport: 'Помощь с оплатой',
  support: 'Написать в поддержку',
  news: 'Что нового',
  privacy: 'Ваши данные',
  terms: 'Условия',
}

const EN: typeof RU = {
  start: 'Start',
  menu: 'Main menu',
  search: 'Find a model',
  history: 'Your orders',
  favourites: 'Favourites',
  status: 'What is in progress',
  balance: 'Balance and top-up',
  invite: 'Invite a friend',
  promo: 'Enter a promo code',
  cancel: 'Cancel an order',
  language: 'Language / Язык',
  help: 'Help',
  paysupport: 'Help with payments',
  support: 'Write to support',
  news: 'What is new',
  privacy: 'Your data',
  terms: 'Terms',
}

const listOf = (texts: typeof RU) =>
  Object.entries(texts).map(([command, description]) => ({ command, description }))

/** Telegram's command menu, per language. */
export const COMMAND_LISTS = [
  { commands: listOf(EN) },
  { commands: listOf(RU), language_code: 'ru' as const },
]

/** What people read about the bot before they press Start, per language: at most 512 characters. */
const DESCRIPTIONS = {
  ru:
    'Картинки, видео, музыка и озвучка по вашим словам и фото.\n\n' +
    '✍️ Напишите, что создать, или пришлите фото\n' +
    '💰 Цена видна до запуска, первые картинки бесплатно\n' +
    '✅ Деньги списываются только за готовый результат',
  en:
    'Pictures, videos, music and voices from your words and photos.\n\n' +
    '✍️ Write what to create, or send a photo\n' +
    '💰 The price is shown before the start; the first pictures are free\n' +
    '✅ You pay only for what is ready',
}

/** The line in the bot's profile and beside shared links: at most 120 characters. */
const SHORT_DESCRIPTIONS = {
  ru: 'Картинки, видео, музыка и озвучка по вашим словам и фото. Цена видна до запуска.',
  en: 'Pictures, videos, music and voices from your words and photos. The price comes first.',
}

/** The bot's profile: English for everybody, Russian where it is the app's language. */
export const PROFILES = [
  { description: DESCRIPTIONS.en, short_description: SHORT_DESCRIPTIONS.en },
  {
    description: DESCRIPTIONS.ru,
    short_description: SHORT_DESCRIPTIONS.ru,
    language_code: 'ru' as const,
  },
]
