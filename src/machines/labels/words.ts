import type { Language } from '../texts/translate.ts'

/** One text in both languages. */
export type Words = Readonly<Record<Language, string>>

/** Both languages side by side, Russian first. */
export const words = (ru: string, en: string): Words => ({ ru, en })

/** The provider's newer models name the same fields in snake case: `vocal_gender`. */
export const camelCase = (field: string): string =>
  field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** The Russian form that follows a number: 1 секунда, 2 секунды, 5 секунд. */
export function pluralRu(count: number, one: string, few: string, many: string): string {
  if (!Number.isInteger(count)) return few
  const tens = count % 100
  const units = count % 10
  if (units === 1 && tens !== 11) return one
  return units >= 2 && units <= 4 && (tens < 12 || tens > 14) ? few : many
}
