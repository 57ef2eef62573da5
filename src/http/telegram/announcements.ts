import type { AllowedUpdates } from './poller.ts'

/** Always named in full: leaving it out keeps whatever was set before, an empty list resets it. */
export const ALLOWED_UPDATES: AllowedUpdates = [
  'message',
  'callback_query',
  'my_chat_member',
  'pre_checkout_query',
]

const RU = {
  start: 'Начать',
  menu: 'Главное меню',
  search: 'Найти модель',
  history: 'История заказов',
  favourites: 'Избранное',
  status: 'Что сейчас в работе',
  balance: 'Баланс',
  cancel: 'Отменить',
  language: 'Язык / Language',
  help: 'Помощь',
  paysupport: 'Помощь с оплатой',
  terms: 'Условия',
}

const EN: typeof RU = {
  start: 'Start',
  menu: 'Main menu',
  search: 'Find a model',
  history: 'Your orders',
  favourites: 'Favourites',
  status: 'What is in progress',
  balance: 'Balance',
  cancel: 'Cancel',
  language: 'Language / Язык',
  help: 'Help',
  paysupport: 'Help with payments',
  terms: 'Terms',
}

const listOf = (texts: typeof RU) =>
  Object.entries(texts).map(([command, description]) => ({ command, description }))

/** Telegram's command menu, per language. */
export const COMMAND_LISTS = [
  { commands: listOf(EN) },
  { commands: listOf(RU), language_code: 'ru' as const },
]
