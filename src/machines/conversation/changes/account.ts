import { parseAdjust, parsePromo, promoCode } from '../admin/input.ts'
import type { Account, ConversationContext, Hint, HintCode } from '../context.ts'
import type { PromoFacts, StampedConversationEvent } from '../events.ts'

// What the account and admin screens change in the context; each is a small pure function.

type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Partial<ConversationContext>

/** Adds to what the account screens show. */
export const showAccount = ({ account }: ConversationContext, parts: Partial<Account>): Change => ({
  account: { ...account, ...parts },
})

/** Takes a part away: it is read anew. */
export const dropPart =
  (part: keyof Account) =>
  ({ context: { account } }: Args): Change => {
    const { [part]: _old, ...rest } = account ?? {}
    return { account: rest }
  }

export function keepBalance({ context, event }: Args): Change {
  if (event.type !== 'balance.read') return {}
  const { availableKopecks, bonusKopecks, heldKopecks, waiting = [], free } = event
  return showAccount(context, {
    balance: { availableKopecks, bonusKopecks, heldKopecks, waiting, free },
    free,
  })
}

export const keepFree = ({ context, event }: Args): Change =>
  event.type === 'free.read' ? showAccount(context, { free: event.free }) : {}

/** Remarks that money or free generations run out are unwanted. */
export const keepQuiet = ({ context }: Args): Change => showAccount(context, { isQuiet: true })

/** Another page of the history, or the first. */
export const turnEntries = ({ context, event }: Args): Change =>
  showAccount(context, { entries: { page: event.type === 'page.turned' ? event.page : 0 } })

export const keepEntries = ({ context, event }: Args): Change =>
  event.type === 'entries.read' && event.page === context.account?.entries?.page
    ? showAccount(context, {
        entries: { page: event.page, more: event.more, rows: event.rows },
      })
    : {}

export function keepInvite({ context, event }: Args): Change {
  if (event.type !== 'invite.read') return {}
  const { invited, earned, left, each, after = 'start' } = event
  return showAccount(context, { invite: { invited, earned, left, each, after } })
}

/** The code in a message or behind a command. */
export function givenCode(event: StampedConversationEvent): string | undefined {
  if (event.type === 'text.received') return promoCode(event.text)
  return event.type === 'command.promo' ? promoCode(event.payload) : undefined
}

/** So many codes an hour are tried for one person: enough for slips, too few for guessing. */
const TRIES = 10
const HOUR = 3_600_000

/** A code that is not even tried, after so many others. */
export const hasTriedEnough = ({ context, event }: Args): boolean => {
  const { count = 0, since = 0 } = context.account?.tries ?? {}
  return givenCode(event) !== undefined && count >= TRIES && event.at - since < HOUR
}

export function keepCode({ context, event }: Args): Change {
  const { count, since } = context.account?.tries ?? { count: 0, since: event.at }
  const isOver = event.at - since >= HOUR
  return showAccount(context, {
    promo: { code: givenCode(event) ?? '' },
    tries: isOver ? { count: 1, since: event.at } : { count: count + 1, since },
  })
}

export const keepRedeemed = ({ context, event }: Args): Change =>
  event.type === 'promo.redeemed'
    ? showAccount(context, {
        promo: {
          code: context.account?.promo?.code ?? '',
          kopecks: event.kopecks,
          free: event.free,
        },
      })
    : {}

const PROMO_HINTS = {
  unknown: 'promoUnknown',
  expired: 'promoExpired',
  usedUp: 'promoUsedUp',
  yours: 'promoYours',
} as const satisfies Record<string, HintCode>

const ADMIN_HINTS = {
  promoExists: 'adminPromoExists',
  noUser: 'adminNoUser',
  poor: 'adminPoor',
} as const satisfies Record<string, HintCode>

/** Why it was refused, above the screen that asks again. */
export function hintRefusal({ event }: Args): { hint?: Hint } {
  if (event.type === 'promo.refused') return { hint: { code: PROMO_HINTS[event.reason] } }
  return event.type === 'admin.refused' ? { hint: { code: ADMIN_HINTS[event.reason] } } : {}
}

export function keepOverview({ context, event }: Args): Change {
  if (event.type !== 'overview.read') return {}
  const { type: _type, at: _at, rnd: _rnd, tap: _tap, ...overview } = event
  return showAccount(context, { overview })
}

const textOf = (event: StampedConversationEvent) =>
  event.type === 'text.received' ? event.text : ''

export const promoIn = (event: StampedConversationEvent) => parsePromo(textOf(event))
export const adjustIn = (event: StampedConversationEvent) => parseAdjust(textOf(event))

export function keepPromo({ context, event }: Args): Change {
  const promo = promoIn(event)
  return promo === undefined ? {} : showAccount(context, { making: { promo } })
}

export function keepAdjust({ context, event }: Args): Change {
  const adjust = adjustIn(event)
  return adjust === undefined ? {} : showAccount(context, { making: { adjust } })
}

export const keepPromos = ({ context, event }: Args): Change =>
  event.type === 'promos.read'
    ? showAccount(context, {
        promos: event.promos.map((promo) => ({ ...promo, isOver: isOver(promo, event.at) })),
      })
    : {}

const isOver = ({ used, limit, expiresAt }: PromoFacts, now: number): boolean =>
  used >= limit || (expiresAt !== null && expiresAt <= now)

/** Another page of what has failed, or the first. */
export const turnFailures = ({ context, event }: Args): Change =>
  showAccount(context, { failures: { page: event.type === 'page.turned' ? event.page : 0 } })

export const keepFailures = ({ context, event }: Args): Change =>
  event.type === 'failures.read' && event.page === context.account?.failures?.page
    ? showAccount(context, {
        failures: { page: event.page, more: event.more, rows: event.rows },
      })
    : {}
