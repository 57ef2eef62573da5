import type { ApiPayload, TelegramApi } from './api.ts'

type ChatAction = ApiPayload<'sendChatAction'>['action']

/** Telegram shows an action for 5 s: https://core.telegram.org/bots/api#sendchataction. */
const SHOWN_MS = 4_500
/** What is done sooner needs no sign that it is being done. */
export const SOON_MS = 400

/** What the chat's header says while such a result is on its way. */
export const actionFor = (output: string | undefined): ChatAction => {
  if (output === 'image') return 'upload_photo'
  if (output === 'video') return 'upload_video'
  return output === 'audio' ? 'upload_voice' : 'upload_document'
}

/**
 * Shows in the chat's header that something is on its way, until the returned function is called. A
 * courtesy: what goes wrong with it is not worth a word.
 */
export function showAction(
  api: Pick<TelegramApi, 'call'>,
  chatId: number,
  action: ChatAction,
): () => void {
  const show = () => {
    api.call('sendChatAction', { chat_id: chatId, action }).catch(() => {})
  }
  let timer = setTimeout(() => {
    show()
    timer = setInterval(show, SHOWN_MS).unref()
  }, SOON_MS).unref()
  // Timeouts and intervals are cleared by the same function.
  return () => clearTimeout(timer)
}
