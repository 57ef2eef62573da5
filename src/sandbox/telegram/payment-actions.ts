import { TIMES } from './limits.ts'
import { messageJson } from './message-json.ts'
import { appendMessage } from './messages.ts'
import type { Bot, FakeUser, StoredMessage, World } from './model.ts'
import { push, randomDigits } from './push-update.ts'
import { userJson } from './sender-json.ts'
import {
  type Checkout,
  type Invoice,
  isRefunded,
  newChargeId,
  paymentOf,
  type StarTransaction,
} from './stars.ts'
import { UserActionError } from './user-action-error.ts'
import { chatOf } from './world.ts'

/** How pressing Pay ended for the user. */
export type PaymentOutcome =
  | { readonly status: 'paid'; readonly chargeId: string }
  /** The bot said no; `reason` is what the user reads. */
  | { readonly status: 'refused'; readonly reason: string }
  /** The bot did not answer within 10 s. */
  | { readonly status: 'cancelled' }

export interface PayOptions {
  /** The bot's message was forwarded from the chat of this user. */
  readonly forwardedFrom?: number
}

/** Stars that came without a checkout, as after a lost answer. */
export interface ChargeOptions {
  readonly payload: string
  readonly stars: number
  /** The update gets lost. */
  readonly quiet?: boolean
}

const moneyJson = ({ id, stars, payload }: StarTransaction) => ({
  currency: 'XTR',
  total_amount: stars,
  invoice_payload: payload,
  telegram_payment_charge_id: id,
})

function tell(world: World, bot: Bot, payment: StarTransaction, kind: 'paid' | 'refunded'): void {
  const user = world.users.get(payment.userId) as FakeUser
  const chat = chatOf(bot, user)
  const json = moneyJson(payment)
  const extra =
    kind === 'paid'
      ? { successful_payment: { ...json, provider_payment_charge_id: '' } }
      : { refunded_payment: json }
  const from = kind === 'paid' ? 'user' : 'bot'
  const message = appendMessage(world, bot, chat, { from, extra })
  pushMessage(bot, user.id, messageJson(bot, chat, message))
}

const pushMessage = (bot: Bot, userId: number, json: Record<string, unknown>) =>
  push(bot, 'message', json, `message:${userId}`, TIMES.messageUpdateMs)

/** Gives the Stars back; the chat and the bot hear of it. */
export function refundCharge(
  world: World,
  bot: Bot,
  payment: StarTransaction,
  { quiet = false } = {},
): void {
  const user = world.users.get(payment.userId) as FakeUser
  user.stars += payment.stars
  bot.stars.transactions.push({ ...payment, direction: 'out', date: world.now() })
  if (!quiet) tell(world, bot, payment, 'refunded')
  world.events.emit('change')
}

/** What people and Telegram itself do with Stars. */
export function createPaymentActions(world: World) {
  function charge(bot: Bot, user: FakeUser, { payload, stars, quiet }: ChargeOptions): string {
    if (user.stars < stars) throw new UserActionError('this user has not enough Stars')
    user.stars -= stars
    const id = newChargeId(bot.stars)
    const date = world.now()
    const payment = { id, direction: 'in', userId: user.id, stars, payload, date } as const
    bot.stars.transactions.push(payment)
    if (!quiet) tell(world, bot, payment, 'paid')
    world.events.emit('change')
    return id
  }

  function openCheckout(bot: Bot, user: FakeUser, invoice: Invoice): Checkout {
    const createdAt = world.now()
    const id = randomDigits()
    const checkout: Checkout = { id, userId: user.id, invoice, createdAt, answer: undefined }
    bot.checkouts.set(id, checkout)
    const payload = {
      id,
      from: userJson(user),
      currency: 'XTR',
      total_amount: invoice.stars,
      invoice_payload: invoice.payload,
    }
    push(bot, 'pre_checkout_query', payload, `payment:${user.id}`, TIMES.queryUpdateMs)
    return checkout
  }

  /** Resolves when the bot has answered or the user's app gave up waiting. */
  async function answerOf(checkout: Checkout): Promise<Checkout['answer']> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => {
      if (checkout.answer) resolve()
    }
    world.events.on('change', look)
    const waiting = new AbortController()
    const deadline = checkout.createdAt + TIMES.checkoutAnswerMs
    const expire = async () => {
      // Tests may shorten single pauses, but not this deadline.
      while (world.now() <= deadline) {
        await world.sleep(deadline - world.now() + 1, waiting.signal)
      }
      resolve()
    }
    expire().catch(() => {})
    look()
    await promise
    waiting.abort()
    world.events.off('change', look)
    return checkout.answer
  }

  function invoiceIn(bot: Bot, chatUser: number, messageId: number): StoredMessage {
    const message = bot.chats.get(chatUser)?.messages.get(messageId)
    if (!message?.invoice || message.deleted) {
      throw new UserActionError(`message ${messageId} has no Pay button`)
    }
    return message
  }

  /** Presses Pay. The same invoice may be paid any number of times, unless the bot says no. */
  async function pay(
    bot: Bot,
    user: FakeUser,
    messageId: number,
    { forwardedFrom }: PayOptions = {},
  ): Promise<PaymentOutcome> {
    const invoice = invoiceIn(bot, forwardedFrom ?? user.id, messageId).invoice as Invoice
    if (forwardedFrom !== undefined && invoice.startParameter !== '') {
      throw new UserActionError('a forwarded copy of this invoice only opens the bot')
    }
    if (user.stars < invoice.stars) throw new UserActionError('this user has not enough Stars')
    const answer = await answerOf(openCheckout(bot, user, invoice))
    if (!answer) return { status: 'cancelled' }
    if (!answer.ok) return { status: 'refused', reason: answer.reason }
    return { status: 'paid', chargeId: charge(bot, user, invoice) }
  }

  const known = (bot: Bot, chargeId: string): StarTransaction => {
    const payment = paymentOf(bot.stars, chargeId)
    if (!payment) throw new UserActionError(`no charge ${chargeId}`)
    return payment
  }

  return {
    pay,
    charge,
    /** Asks for the bot's word on any invoice, also on one that it never sent. */
    checkout: async (bot: Bot, user: FakeUser, invoice: Invoice) =>
      answerOf(openCheckout(bot, user, invoice)),
    /** Tells of a payment once more, in an update of its own. */
    resend(bot: Bot, chargeId: string): void {
      const payment = known(bot, chargeId)
      const chat = chatOf(bot, world.users.get(payment.userId) as FakeUser)
      const message = [...chat.messages.values()].find(({ extra }) => {
        const paid = extra.successful_payment as { telegram_payment_charge_id?: string } | undefined
        return paid?.telegram_payment_charge_id === chargeId
      })
      if (message) pushMessage(bot, payment.userId, messageJson(bot, chat, message))
      else tell(world, bot, payment, 'paid')
    },
    /** Telegram's own support gives the Stars back, unasked by the bot. */
    refundOutside(bot: Bot, chargeId: string, options?: { quiet?: boolean }): void {
      if (isRefunded(bot.stars, chargeId)) throw new UserActionError('it was refunded before')
      refundCharge(world, bot, known(bot, chargeId), options)
    },
  }
}

export type PaymentActions = ReturnType<typeof createPaymentActions>
