const PREFIX = 'conversation:'

/** Actor id of the conversation of a chat with a bot. */
export const conversationId = (botId: number, chatId: number): string =>
  `${PREFIX}${botId}:${chatId}`

export const isConversation = (actor: string): boolean => actor.startsWith(PREFIX)
