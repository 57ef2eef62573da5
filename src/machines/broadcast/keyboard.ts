import { type Language, translator } from '../texts/translate.ts'
import type { BroadcastButton } from './content.ts'
import { newsTapData } from './news-taps.ts'

/** A button as Telegram takes it. */
export type MailButton = { text: string; url: string } | { text: string; callback_data: string }

/**
 * The buttons below a broadcast, each in a row of its own: what the admin gave, and the way out; or
 * the way back in for whoever has gone it.
 */
export function mailKeyboard(
  { broadcastId, buttons }: { broadcastId: string; buttons: readonly BroadcastButton[] },
  { language, isMuted }: { language: Language; isMuted: boolean },
  linkOf: (start: string) => string,
): MailButton[][] {
  const t = translator(language)
  const way = isMuted ? 'unmuted' : 'muted'
  return [
    ...buttons.map((button): MailButton[] => [
      { text: button.text, url: 'url' in button ? button.url : linkOf(button.start) },
    ]),
    [
      {
        text: t(isMuted ? 'news.subscribe' : 'news.optOut'),
        callback_data: newsTapData({ type: `news.${way}`, broadcastId }),
      },
    ],
  ]
}
