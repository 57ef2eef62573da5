import { listOfAlert } from '../../machines/conversation/admin/payment-review.ts'
import { changeOfAlert } from '../../machines/conversation/admin/shelf.ts'
import { jobOfTemplate } from '../../machines/conversation/admin/template.ts'
import type { ConversationEvent, UserEvent } from '../../machines/conversation/events.ts'
import type { TelegramInput } from '../../machines/conversation/input.ts'

/** Every command and what it means; `registration` shows the same ones in Telegram's menu. */
const COMMANDS = new Map<string, (payload: string) => UserEvent>(
  Object.entries({
    start: (payload: string) => ({ type: 'command.start', payload }),
    menu: () => ({ type: 'command.menu' }),
    models: () => ({ type: 'command.models' }),
    history: () => ({ type: 'command.history' }),
    favourites: () => ({ type: 'command.favourites' }),
    search: (words: string) => ({ type: 'command.search', words }),
    cancel: () => ({ type: 'command.cancel' }),
    help: () => ({ type: 'command.help' }),
    support: () => ({ type: 'command.support' }),
    terms: () => ({ type: 'command.terms' }),
    paysupport: () => ({ type: 'command.paysupport' }),
    privacy: () => ({ type: 'command.privacy' }),
    news: () => ({ type: 'command.news' }),
    export: () => ({ type: 'command.export' }),
    delete_me: () => ({ type: 'command.delete_me' }),
    balance: () => ({ type: 'command.balance' }),
    status: () => ({ type: 'command.jobs' }),
    language: () => ({ type: 'command.language' }),
    invite: () => ({ type: 'command.invite' }),
    promo: (payload: string) => ({ type: 'command.promo', payload }),
    admin: () => ({ type: 'command.admin' }),
  } satisfies Record<string, (payload: string) => UserEvent>),
)

/** Whether the bot has a command of this name. */
export const isCommand = (name: string | undefined): boolean =>
  name !== undefined && COMMANDS.has(name)

/**
 * An input as an event of the conversation; the language is for its very first step. What only admins
 * may say is an unknown command from others.
 */
export function conversationEvent(
  input: TelegramInput,
  isStaff = false,
): (UserEvent | AdminTap) & { languageCode: string | undefined } {
  const { languageCode } = input
  const event = eventOf(input)
  if (isStaff) {
    return { ...(adminTap(event) ?? named(event, input)), languageCode }
  }
  if (event.type !== 'command.admin') return { ...event, languageCode }
  return { type: 'command.unknown', name: 'admin', languageCode }
}

/** An admin's text may be copied to others, as files may: then it must be named. */
function named(event: UserEvent, { messageId }: TelegramInput): UserEvent {
  return event.type === 'text.received' && messageId != null ? { ...event, messageId } : event
}

type AdminTap = Extract<
  ConversationEvent,
  { type: 'desk.tapped' | 'change.tapped' | 'template.tapped' }
>

/** A tap on the button of an alert or of an admin's result; from others it is one of no screen. */
function adminTap(event: UserEvent): AdminTap | undefined {
  if (event.type !== 'button.tapped') return undefined
  const { data, queryId, messageId = null } = event
  const change = changeOfAlert(data)
  if (change !== undefined) return { type: 'change.tapped', ...change, queryId, messageId }
  const list = listOfAlert(data)
  if (list !== undefined) return { type: 'desk.tapped', list, queryId, messageId }
  const jobId = jobOfTemplate(data)
  return jobId === undefined ? undefined : { type: 'template.tapped', jobId, queryId, messageId }
}

function eventOf(input: TelegramInput): UserEvent {
  switch (input.kind) {
    case 'command':
      return (
        COMMANDS.get(input.name)?.(input.payload) ?? { type: 'command.unknown', name: input.name }
      )
    case 'text':
      return {
        type: 'text.received',
        text: input.text,
        ...(input.forwardedFrom === undefined ? {} : { forwardedFrom: input.forwardedFrom }),
      }
    case 'tap':
      return {
        type: 'button.tapped',
        data: input.data,
        queryId: input.queryId,
        ...(input.messageId === null ? {} : { messageId: input.messageId }),
      }
    case 'media':
      return {
        type: 'media.received',
        media: input.media,
        ...(input.caption === undefined ? {} : { caption: input.caption }),
        ...(input.groupId === undefined ? {} : { groupId: input.groupId }),
        ...(input.messageId == null ? {} : { messageId: input.messageId }),
      }
    case 'edited':
      return { type: 'message.edited', text: input.text }
    case 'blocked':
      return { type: 'user.blocked' }
    case 'unblocked':
      return { type: 'user.unblocked' }
    case 'unsupported':
      return { type: 'unsupported.received', what: input.what }
  }
}
