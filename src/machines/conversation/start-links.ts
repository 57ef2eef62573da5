import type { TemplateSource } from './templates/template.ts'

// What follows `?start=` in links to the bot: at most 64 characters of A-Z a-z 0-9 _ -
// (https://core.telegram.org/bots/features#deep-linking). Whose invitation a link carries stands
// behind what it leads to; what a shared result is known by is a secret that nobody can guess.

const INVITE = /^ref_([0-9a-z]{1,11})$/
const MODEL = /^m_([a-z0-9-]+)(?:_([0-9a-z]{1,11}))?$/
const TEMPLATE = /^([ts])_([a-z0-9-]{1,40})(?:_([0-9a-z]{1,11}))?$/

const PREFIXES = { template: 't', share: 's' } as const satisfies Record<TemplateSource, string>

const nameOf = (userId: number): string => userId.toString(36)

/** A user's own invitation. */
export const inviteLink = (userId: number): string => `ref_${nameOf(userId)}`

/** A model's card, with an invitation. */
export const modelLink = (slug: string, userId: number): string => `m_${slug}_${nameOf(userId)}`

/** A template or a shared result, with an invitation. */
export const templateLink = (source: TemplateSource, id: string, userId: number): string =>
  `${PREFIXES[source]}_${id}_${nameOf(userId)}`

/** What stands before a shared result's secret where the bot is called by its name in another chat. */
export const SHARE_QUERY = 'share '

/** The secret of the shared result that such a query asks for; undefined: it asks for none. */
export const shareIn = (query: string): string | undefined =>
  /^share ([A-Za-z0-9_-]{1,40})$/.exec(query.trim())?.[1]

/** The slug of the model that a link leads to; undefined: it leads to none. */
export const modelIn = (payload: string): string | undefined => MODEL.exec(payload)?.[1]

/** The template or shared result that a link leads to; undefined: it leads to none. */
export function templateIn(payload: string): { source: TemplateSource; id: string } | undefined {
  const [, prefix, id] = TEMPLATE.exec(payload) ?? []
  if (id === undefined) return undefined
  return { source: prefix === 't' ? 'template' : 'share', id }
}

/** Whose invitation came with a link of any kind; null: nobody's. */
export function inviterOf(payload: string): number | null {
  const name =
    INVITE.exec(payload)?.[1] ?? MODEL.exec(payload)?.[2] ?? TEMPLATE.exec(payload)?.[3] ?? ''
  const id = Number.parseInt(name, 36)
  return Number.isSafeInteger(id) && id > 0 ? id : null
}
