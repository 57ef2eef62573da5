import type { Language } from '../../machines/texts/translate.ts'
import { escapeHtml } from '../../machines/texts/translate.ts'

/** Why a result comes as a link. */
export type LinkReason = 'refused' | 'too-large' | 'missing'

const REASONS: Record<Language, Record<LinkReason, string>> = {
  ru: {
    refused: '⚠️ Генерация готова, но Telegram не принял этот файл.',
    'too-large': '📦 Генерация готова, но файл больше 50 МБ, а такие боту отправлять нельзя.',
    missing: '⚠️ Этот файл из генерации пока не удалось загрузить.',
  },
  en: {
    refused: '⚠️ The result is ready, but Telegram did not accept this file.',
    'too-large': '📦 The result is ready, but it is over 50 MB, more than a bot may send.',
    missing: '⚠️ This file of the result could not be loaded so far.',
  },
}

/** Results stay where they were made for two weeks (https://docs.kie.ai/1973359m0.md, section 6). */
const HINTS: Record<Language, string> = {
  ru: 'Вот ссылка. Она работает до 14 дней, сохраните файл:',
  en: 'Here is the link. It works for up to 14 days, so save the file:',
}

/** A link in the place of a file, with the reason, in Telegram's HTML. */
export const linkText = (
  language: Language,
  reason: LinkReason,
  url: string,
  caption: string | undefined,
): string =>
  [caption, caption && '', REASONS[language][reason], HINTS[language], escapeHtml(url)]
    .filter((line) => line !== undefined)
    .join('\n')

/** Said in the place of what can't be shown again. */
const LOST: Record<Language, Record<'copy' | 'nothing', string>> = {
  ru: {
    copy: 'Исходный файл уже удалён. Вот копия, которая хранится в Telegram.',
    nothing: '😔 Этого файла больше нет: ни исходного, ни копии в Telegram.',
  },
  en: {
    copy: 'The original file has been deleted. Here is the copy that Telegram keeps.',
    nothing: '😔 This file is gone: there is neither the original nor a copy in Telegram.',
  },
}

/** What a user reads when the original is gone: with the copy, or instead of everything. */
export const lostText = (
  language: Language,
  left: 'copy' | 'nothing',
  caption: string | undefined,
): string =>
  [caption, caption && '', LOST[language][left]].filter((l) => l !== undefined).join('\n')
