import { randomDigits } from './push-update.ts'

type Json = Record<string, unknown>

export interface Contact {
  readonly phoneNumber: string
  readonly firstName: string
  readonly lastName?: string
  /** Of the contact in Telegram, when it has an account. */
  readonly userId?: number
}

export interface Location {
  readonly latitude: number
  readonly longitude: number
}

export interface Poll {
  readonly question: string
  readonly options: readonly string[]
  readonly isAnonymous?: boolean
}

/** https://core.telegram.org/bots/api#contact */
export const contactJson = ({ phoneNumber, firstName, lastName, userId }: Contact): Json => ({
  contact: {
    phone_number: phoneNumber,
    first_name: firstName,
    ...(lastName && { last_name: lastName }),
    ...(userId !== undefined && { user_id: userId }),
  },
})

/** https://core.telegram.org/bots/api#location */
export const locationJson = ({ latitude, longitude }: Location): Json => ({
  location: { latitude, longitude },
})

/** https://core.telegram.org/bots/api#poll */
export const pollJson = ({ question, options, isAnonymous = true }: Poll): Json => ({
  poll: {
    id: randomDigits(),
    question,
    options: options.map((text, index) => ({ persistent_id: String(index), text, voter_count: 0 })),
    total_voter_count: 0,
    is_closed: false,
    is_anonymous: isAnonymous,
    allows_multiple_answers: false,
    allows_revoting: true,
    type: 'regular',
  },
})
