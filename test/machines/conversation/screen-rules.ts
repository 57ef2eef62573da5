import assert from 'node:assert/strict'
import { callbackData } from '../../../src/machines/conversation/buttons.ts'
import { type Screen, tapsOf } from '../../../src/machines/conversation/screens/screen.ts'
import { formattedText } from '../../../src/sandbox/telegram/text.ts'

const TAG =
  /<(\/?)([a-z-]+)(?: href="[^"<>]+"| unix="\d+" format="dt")?>|[<>]|&(?!(?:lt|gt|amp|quot);)/g

/** Every tag is one that Telegram knows and is closed in order; nothing else is left unescaped. */
export function assertHtml(text: string): void {
  const open: string[] = []
  for (const [found, closing, name] of text.matchAll(TAG)) {
    assert.ok(
      name !== undefined && ['a', 'b', 'i', 'code', 'tg-time'].includes(name),
      `${found} in ${text}`,
    )
    if (closing === '') open.push(name)
    else assert.equal(open.pop(), name, text)
  }
  assert.deepEqual(open, [], text)
}

/** Words that no user should ever read. */
export const FORBIDDEN =
  /\b(kie|api|payload|callback|token|undefined|null|NaN|object Object|json|prompt)\b|[a-z]_[a-z]/i

/** A time of a day, unlike the ratio of sides 16:27, and one that does not say by whose clock. */
const CLOCK = /\b(?:[01]\d|2[0-3]):[0-5]\d\b(?! —)/
const ZONELESS = /\b(?:[01]\d|2[0-3]):[0-5]\d\b(?! —| МСК| UTC)/

const asked = new WeakSet<Screen>()
/** Most screens share their buttons with others. */
const labelsAsked = new Set<string>()

function assertLabel(label: string): void {
  if (labelsAsked.has(label)) return
  assert.ok([...label].length <= 64 && label.trim() === label && label !== '', label)
  assertWords(label)
  labelsAsked.add(label)
}

function assertWords(words: string): void {
  assert.doesNotMatch(words, FORBIDDEN)
  assert.doesNotMatch(words, ZONELESS)
}

/** What holds for every screen: Telegram takes it whole, and a person understands it. */
export function assertScreen(screen: Screen, userWords: readonly string[] = []): void {
  if (asked.has(screen)) return
  asked.add(screen)
  const { text, keyboard } = screen
  assert.ok(text.length > 0 && text.length <= 4096, `${text.length} characters`)
  assert.equal(text.trim(), text, 'no blank edges')
  assert.doesNotMatch(text, /\n\n\n/)
  assertHtml(text)
  // The stand-in's own parser, for what the pattern above does not see.
  assert.ok(formattedText({ text, parseMode: 'HTML', entities: undefined }).text.length > 0)
  const buttons = keyboard.flat()
  assert.ok(buttons.length > 0 && buttons.length <= 100, `${buttons.length} buttons`)
  for (const row of keyboard) assert.ok(row.length > 0 && row.length <= 8)
  const data = tapsOf(keyboard).map((b) => callbackData(screen, b.event))
  assert.equal(new Set(data).size, data.length, 'two buttons mean the same')
  for (const d of data) assert.ok(Buffer.byteLength(d) <= 64)
  const labels = buttons.map((b) => b.label)
  assert.equal(new Set(labels).size, labels.length, `two buttons read the same: ${labels}`)
  for (const label of labels) assertLabel(label)
  const own = userWords.reduce((all, words) => all.replaceAll(words, ''), text)
  assertWords(own)
  // A text, unlike a button, can leave the zone to the app of whoever reads it.
  const plain = own.replace(/<tg-time[^>]*>[^<]*<\/tg-time>/g, '')
  assert.doesNotMatch(plain, CLOCK)
}
