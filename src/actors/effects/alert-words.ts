import { ERRORS, type ErrorCode } from '../../errors.ts'
import type { Language } from '../../machines/texts/translate.ts'

/** What admins read, each in their own language; one text: it is the same in both. */
export type AlertText = string | Readonly<Record<Language, string>>

export const alertIn = (text: AlertText, language: Language): string =>
  typeof text === 'string' ? text : text[language]

/** Codes that alarms are about, in Russian; in English the table of errors says it. */
const RU: Partial<Record<ErrorCode, string>> = {
  'telegram.refused': 'Телеграм ответил отказом.',
  'telegram.blocked': 'Пользователь остановил бота.',
  'telegram.flooded': 'Телеграм просит подождать.',
  'telegram.unauthorized': 'Телеграм не узнаёт ключ бота.',
  'telegram.unavailable': 'До Телеграма не достучаться.',
  'telegram.unknown': 'Ответа нет: могло и получиться.',
  'kie.credits': 'На счёте у поставщика кончились кредиты.',
  'kie.unauthorized': 'Поставщик не принимает наш ключ.',
  'kie.limited': 'Ключ исчерпал свой лимит расходов.',
  'kie.busy': 'Поставщик просит не частить.',
  'kie.refused': 'Поставщик отклонил запрос.',
  'kie.unavailable': 'До поставщика не достучаться.',
  'kie.overrun': 'Поставщик списал больше кредитов, чем обещал.',
  'kie.unknown': 'Ответа нет: задание могло и появиться.',
  'broadcast.gone': 'Исходного сообщения рассылки больше нет в чате.',
  'broadcast.stuck': 'Рассылка застряла: её продолжит администратор.',
  'payment.unknown':
    'Пришли звёзды по неизвестному счёту; зачислены плательщику по нынешнему курсу.',
  'payment.foreign': 'Чужой счёт оплатил другой человек; деньги зачислены плательщику.',
  'payment.amount': 'Пришло не столько звёзд, сколько просили; зачислено соразмерно.',
  'payment.missed': 'О платеже никто не сообщил; нашёлся в списке Телеграма и зачислен.',
  'payment.currency': 'Платёж в валюте, которую мы не просим; не зачислен.',
  'payment.unbooked': 'Платёж не удалось провести; он лежит среди неразобранных.',
  'payment.unexplained': 'Мы зачислили платёж, которого нет в списке Телеграма.',
  'refund.unasked': 'Телеграм сам вернул звёзды; деньги сняты со счёта.',
  'refund.debt': 'Телеграм сам вернул звёзды, а деньги уже потрачены: остаток стал долгом.',
  'refund.failed': 'Телеграм не вернул звёзды; деньги снова на счёте.',
  'refund.asked': 'Человек просит вернуть платёж: загляните в /admin.',
  'review.waiting': 'Чек перевода ждёт решения: загляните в /admin.',
  'media.unusable': 'Файл не тот, каким должен быть.',
  'media.damaged': 'Файл обрывается или не читается.',
  'media.too-large': 'Файл больше, чем можно.',
  'media.no-room': 'На этой машине нет места для файлов по пути.',
  'media.unavailable': 'Файл не удалось получить.',
}

/** What an admin reads about an error code. */
export function alertText(code: string, jobId?: string): Readonly<Record<Language, string>> {
  const about = `(${code}${jobId === undefined ? '' : `, ${jobId}`})`
  const en = ERRORS[code as ErrorCode]?.text ?? code
  return { ru: `${RU[code as ErrorCode] ?? en} ${about}`, en: `${en} ${about}` }
}
