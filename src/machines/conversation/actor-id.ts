/** Actor id of the conversation of a chat with a bot. */
export const conversationId = (botId: number, chatId: number): string =>
  `conversation:${botId}:${chatId}`
