import { badRequest } from '../api-error.ts'
import {
  type Args,
  booleanArg,
  integerArg,
  isObject,
  jsonArg,
  requiredArg,
  textArg,
} from '../args.ts'
import { type InlineButton, inlineMarkup } from '../keyboard.ts'
import { LIMITS, TIMES } from '../limits.ts'
import type { MethodCall, Methods } from '../method.ts'
import { refundCharge } from '../payment-actions.ts'
import { userJson } from '../sender-json.ts'
import { type Invoice, isRefunded, paymentOf, type StarTransaction } from '../stars.ts'
import { seconds } from '../world.ts'
import { deliver } from './send-message.ts'

// What is refused with which words: core.telegram.org/method/payments.exportInvoice and the limits
// of core.telegram.org/bots/api#sendinvoice.

function limited(args: Args, name: string, max: number): string {
  const value = requiredArg(args, name)
  if ([...value].length > max) throw badRequest(`invoice ${name} is too long`)
  return value
}

/** Stars come in whole ones and in exactly one price. */
function starsOf(args: Args): number {
  const currency = requiredArg(args, 'currency')
  requiredArg(args, 'prices')
  const prices = jsonArg(args, 'prices', 'prices')
  if (!Array.isArray(prices)) throw badRequest('Expected an Array of prices')
  if (prices.some((price) => !isObject(price) || typeof price.label !== 'string')) {
    throw badRequest('Can\'t parse labeled price: Can\'t find field "label"')
  }
  if (currency !== 'XTR') {
    throw badRequest(/^[A-Z]{3}$/.test(currency) ? 'PAYMENT_PROVIDER_INVALID' : 'CURRENCY_INVALID')
  }
  if (textArg(args, 'provider_token') !== '' || prices.length !== 1) {
    throw badRequest('STARS_INVOICE_INVALID')
  }
  const { amount } = prices[0] as { amount: unknown }
  if (!Number.isInteger(amount)) throw badRequest("Can't parse labeled price amount")
  if ((amount as number) < 1) throw badRequest('CURRENCY_TOTAL_AMOUNT_INVALID')
  return amount as number
}

function invoiceOf(args: Args): Invoice {
  const payload = requiredArg(args, 'payload')
  const startParameter = textArg(args, 'start_parameter')
  if (Buffer.byteLength(payload) > LIMITS.invoicePayloadBytes) {
    throw badRequest('INVOICE_PAYLOAD_INVALID')
  }
  if (!/^[\w-]*$/.test(startParameter) || startParameter.length > LIMITS.startParameter) {
    throw badRequest('START_PARAM_INVALID')
  }
  return {
    title: limited(args, 'title', LIMITS.invoiceTitle),
    description: limited(args, 'description', LIMITS.invoiceDescription),
    payload,
    startParameter,
    stars: starsOf(args),
  }
}

/** Without a keyboard there is one Pay button; with one, Pay must come first. */
function payKeyboard(args: Args, { stars }: Invoice): InlineButton[][] {
  const given = inlineMarkup(args)
  if (given === undefined) return [[{ text: `Pay ⭐️${stars}`, pay: true }]]
  if (given[0]?.[0]?.pay !== true) throw badRequest('BUTTON_TYPE_INVALID')
  return given
}

function sendInvoice(call: MethodCall) {
  const invoice = invoiceOf(call.args)
  return deliver(call, { invoice, keyboard: payKeyboard(call.args, invoice) })
}

const TOO_OLD = 'query is too old and response timeout expired or query ID is invalid'

function answerPreCheckoutQuery({ world, bot, args }: MethodCall): boolean {
  const ok = booleanArg(args, 'ok')
  const reason = ok ? '' : requiredArg(args, 'error_message')
  const checkout = bot.checkouts.get(requiredArg(args, 'pre_checkout_query_id'))
  const late = !checkout || world.now() - checkout.createdAt > TIMES.checkoutAnswerMs
  if (late || checkout.answer) throw badRequest(TOO_OLD)
  checkout.answer = { ok, reason }
  world.events.emit('change')
  return true
}

function refundStarPayment({ world, bot, args }: MethodCall): boolean {
  const user = world.users.get(integerArg(args, 'user_id', 0, 0, Number.MAX_SAFE_INTEGER))
  const chargeId = requiredArg(args, 'telegram_payment_charge_id')
  if (!user) throw badRequest('user not found')
  const payment = paymentOf(bot.stars, chargeId)
  if (payment?.userId !== user.id) throw badRequest('CHARGE_NOT_FOUND')
  if (isRefunded(bot.stars, chargeId)) throw badRequest('CHARGE_ALREADY_REFUNDED')
  refundCharge(world, bot, payment)
  return true
}

function getStarTransactions({ world, bot, args }: MethodCall) {
  const offset = integerArg(args, 'offset', 0, 0, 2 ** 31 - 1)
  const most = LIMITS.starTransactions
  const limit = integerArg(args, 'limit', most, 1, most)
  const { transactions, order } = bot.stars
  const sorted = order === 'oldest-first' ? transactions : transactions.toReversed()
  const json = ({ id, direction, userId, stars, payload, date }: StarTransaction) => {
    const user = world.users.get(userId)
    const partner = {
      type: 'user',
      transaction_type: 'invoice_payment',
      user: user && userJson(user),
      invoice_payload: payload,
    }
    const side = direction === 'in' ? { source: partner } : { receiver: partner }
    return { id, amount: stars, date: seconds(date), ...side }
  }
  return { transactions: sorted.slice(offset, offset + limit).map(json) }
}

export const paymentMethods: Methods = {
  sendInvoice,
  answerPreCheckoutQuery,
  refundStarPayment,
  getStarTransactions,
}
