/** Updates as the Bot API sends them, with only what the tests vary. */
export const ANNA = { id: 501, is_bot: false, first_name: 'Анна', language_code: 'ru' }

const privateChat = { id: ANNA.id, type: 'private', first_name: ANNA.first_name }

export const message = (updateId: number, fields: object, chat: object = privateChat) => ({
  update_id: updateId,
  message: { message_id: updateId * 10, from: ANNA, chat, date: 1_790_000_000, ...fields },
})

export const text = (updateId: number, value: string, chat?: object) =>
  message(updateId, { text: value }, chat)

export const textFrom = (updateId: number, chatId: number, value = `text ${updateId}`) =>
  message(updateId, { text: value, from: { ...ANNA, id: chatId } }, { ...privateChat, id: chatId })

export const tap = (updateId: number, fields: object = {}) => ({
  update_id: updateId,
  callback_query: {
    id: `q${updateId}`,
    from: ANNA,
    chat_instance: '1',
    data: 'n1:menu',
    message: { message_id: 44, chat: privateChat, date: 1_790_000_000, text: 'Menu' },
    ...fields,
  },
})

export const botInfo = {
  id: 1,
  is_bot: true as const,
  first_name: 'TRT',
  username: 'TrtTestBot',
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
}
