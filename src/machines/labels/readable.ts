import { type Words, words } from './words.ts'

/** Endings that tell a program what to put there, and people nothing. */
const TECHNICAL = new Set('url urls uri id ids input list json flag enum param'.split(' '))

/** `reference_image_urls` or `styleWeight` as words: "Reference image". */
export function readable(name: string): string {
  const parts = name
    .trim()
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[\s_\-/]+/)
    .filter((part) => part !== '')
    .map((part) => (/^[A-Z\d]+$/.test(part) ? part : part.toLowerCase()))
  const told = parts.filter((part) => !TECHNICAL.has(part))
  const text = (told.length > 0 ? told : parts).join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const LONGEST = 160

/** The first sentence of what the provider's schema says of an input, without marks and code. */
export function firstSentence(description: string): string {
  const plain = description
    .replace(/[*_`#>]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const [sentence = ''] = plain.split(/(?<=[.!?])\s/)
  return sentence.length > LONGEST ? `${sentence.slice(0, LONGEST - 1)}…` : sentence
}

/** Both languages from the provider's English: better than nothing, and never an error. */
export const readableWords = (name: string): Words => words(readable(name), readable(name))
