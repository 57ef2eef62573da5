import type { ruOffering } from './ru-offering.ts'

/** The same in English. */
export const enOffering: typeof ruOffering = {
  heard: '💬 “{{- words}}”',
  photos_one: '{{count}} photo',
  photos_few: '{{count}} photos',
  photos_many: '{{count}} photos',
  photos_other: '{{count}} photos',
  videos: '{{count}} video',
  sounds_one: '{{count}} recording · {{seconds}} s',
  sounds_few: '{{count}} recordings · {{seconds}} s',
  sounds_many: '{{count}} recordings · {{seconds}} s',
  sounds_other: '{{count}} recordings · {{seconds}} s',
  files: '📎 {{- files}}',
  improved: '🪄 “{{- words}}”',
  before: 'Before: “{{- words}}”',
  improving: '🪄 Looking for better words, a few seconds…',
  improve: {
    enrich: '🪄 Add detail',
    translate: '🌐 In English',
    describe: '👁 Put the photo into words',
    lyrics: '🎼 Write the lyrics',
    hear: '👂 Take what I say as words',
  },
  restore: '↩️ My own words again',
  what: '<b>What shall I make?</b> One tap starts the order at the price on the button.',
  which: '<b>{{- title}}</b>: with which model? One tap starts the order.',
  line: '{{- emoji}} <b>{{- title}}</b> — {{- facts}}',
  usualWords: 'words: “{{- words}}”',
  usualForAll: '✍️ With the words “{{- words}}”',
  more: '{{label}}…',
  seconds: '{{seconds}} s',
  tier: { fast: 'Fast', best: 'Best', cheap: 'Cheap' },
  again: 'The same with this',
  otherwise: '⚙️ Another way',
  otherwiseTitle:
    '⚙️ <b>How shall I make it?</b>\nAll you sent is filled in already. Any setting can be changed, the price comes before the start.',
  allModels: '📚 All models',
  found: '🔍 Models of that name',
  lacks:
    '💳 Balance: {{balance}}. Tap an order: the invoice is for exactly what is missing, and once paid it starts by itself.',
  balance: '💳 Balance: {{balance}}',
  nothing:
    'There is nothing to make of this yet. Send another file or write what you need, or choose in the menu.',
  looking: '🔎 Looking at what you sent…',
  needs: {
    image: '📎 Send a photo.',
    video: '📎 Send a video.',
    audio: '🎤 Send a voice message or a sound file.',
    words: '✍️ Write it in one message.',
  },
  ready: '💡 Or take a ready one:',
}
