/** A link that starts the bot with a payload: https://core.telegram.org/bots/features#deep-linking. */
export const deepLink = (username: string, payload: string): string =>
  `https://t.me/${username}?start=${payload}`

/** A link that opens Telegram's list of chats to share with: https://core.telegram.org/widgets/share. */
export const shareUrl = (url: string, text: string): string =>
  `https://t.me/share/url?url=${encodeURIComponent(url)}&text=${encodeURIComponent(text)}`
