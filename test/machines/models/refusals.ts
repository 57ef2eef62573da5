import { itemLimits } from '../../../src/machines/catalogue/answer-lists.ts'
import type { MediaFile, MediaKind } from '../../../src/machines/catalogue/media.ts'
import type { MediaRules, Question } from '../../../src/machines/catalogue/questions.ts'
import type { ConversationEvent } from '../../../src/machines/conversation/events.ts'
import { acceptable, plain } from './walk.ts'

/** What a person may send that will not do, and by which name they are told why. */
export interface Refusal {
  what: string
  events: ConversationEvent[]
  /** What a look into the file finds, where one is needed. */
  seen?: Partial<MediaFile>
  hint: string
  /** The same as the model's schema sees it; absent where it has no words for it. */
  value?: unknown
}

const MB = 1024 * 1024
const CUT = 4_096

const text = (words: string): ConversationEvent => ({ type: 'text.received', text: words })
const media = (file: MediaFile): ConversationEvent => ({ type: 'media.received', media: file })

/** Long texts as an app sends them. */
const texts = (words: string): ConversationEvent[] =>
  Array.from({ length: Math.ceil(words.length / CUT) }, (_, i) =>
    text(words.slice(i * CUT, (i + 1) * CUT)),
  )

const WRONG_KIND: Record<MediaKind, MediaFile> = {
  image: plain.audio,
  video: plain.image,
  audio: plain.image,
}
const UNREADABLE: Record<MediaKind, string> = {
  image: 'image/svg+xml',
  video: 'video/x-flv',
  audio: 'audio/midi',
}

/** Everything that a question must refuse, as its rules say. */
export function refusalsOf(question: Question): Refusal[] {
  const { kind, media: rules } = question
  if (kind === 'choice' || kind === 'toggle') {
    const value = kind === 'toggle' ? 'no such value' : 'no-such-value'
    return [{ what: 'no such value', events: [text('ни то ни сё')], hint: 'waitsChoice', value }]
  }
  if (rules) return fileRefusals(question, rules)
  if (kind === 'number') return numberRefusals(question)
  if (kind === 'shots') return sceneRefusals(question)
  return textRefusals(question)
}

function textRefusals({ link, minLength = 1, maxLength }: Question): Refusal[] {
  if (link) {
    return ['кот', 'https://example.com/a', 'http://sora.chatgpt.com/p/s_1'].map((words) => ({
      what: words,
      events: [text(words)],
      hint: 'link.invalid',
      value: words,
    }))
  }
  const long = 'ы'.repeat((maxLength ?? 0) + 1)
  return [
    { what: 'a file', events: [media(plain.audio)], hint: 'waitsWords|enoughFiles' },
    // A message holds no more: what goes beyond comes as an answer to the next question.
    ...(maxLength === undefined || maxLength === CUT
      ? []
      : [{ what: 'too long', events: texts(long), hint: 'text.long', value: long }]),
    ...(minLength > 1
      ? [{ what: 'too short', events: [text('ы')], hint: 'text.short', value: 'ы' }]
      : []),
  ]
}

function numberRefusals({ field, min, max, integer, asText }: Question): Refusal[] {
  // Schemas know no bounds of numbers that are text, and of seeds they say little.
  const isLoose = asText === true || field === 'seed'
  const beyond = (n: number): Refusal => ({
    what: `${n}`,
    events: [text(String(n))],
    hint: 'number.range',
    ...(isLoose ? {} : { value: n }),
  })
  return [
    { what: 'words', events: [text('много')], hint: 'number.invalid' },
    ...(max === undefined ? [] : [beyond(Math.ceil(max) + 1)]),
    ...(min === undefined ? [] : [beyond(Math.floor(min) - 1)]),
    ...(integer ? [{ what: 'a fraction', events: [text('1,5')], hint: 'number.integer' }] : []),
  ]
}

function sceneRefusals(question: Question): Refusal[] {
  const { max } = itemLimits(question)
  const scenes = (count: number, seconds: number) =>
    Array.from({ length: count }, () => `${seconds} — кот`).join('\n')
  const shots = (count: number, duration: number) =>
    Array.from({ length: count }, () => ({ Scene: 'кот', duration }))
  return [
    { what: 'no length', events: [text('кот')], hint: 'shots.format', value: ['кот'] },
    {
      what: 'too many',
      events: [text(scenes(max + 1, 1))],
      hint: 'list.many',
      value: shots(max + 1, 1),
    },
    { what: 'too long', events: [text(scenes(1, 16))], hint: 'number.range', value: shots(1, 16) },
    { what: 'too long together', events: [text(scenes(3, 14))], hint: 'shots.total' },
  ]
}

function fileRefusals(question: Question, rules: MediaRules): Refusal[] {
  const good = acceptable(plain[rules.kind], rules) as MediaFile
  const { seconds = {} } = rules
  const told = (what: string, facts: Partial<MediaFile>, hint: string): Refusal => ({
    what,
    events: [media({ ...good, ...facts })],
    hint,
  })
  const document = { kind: 'document', fileId: 'BQAC', mime: rules.accept[0], size: 9_000 }
  const found = (what: string, seen: Partial<MediaFile>, hint: string): Refusal => ({
    what,
    events: [media(document)],
    seen,
    hint,
  })
  const viaLink = rules.maxLinkMb > rules.maxSizeMb
  const { max } = itemLimits(question)
  return [
    { what: 'words', events: [text('кот')], hint: 'media.expected' },
    { what: 'a bad link', events: [text('https://localhost/a')], hint: 'link.invalid' },
    { what: 'another kind', events: [media(WRONG_KIND[rules.kind])], hint: 'media.expected' },
    { what: 'a sticker', events: [media({ kind: 'sticker' })], hint: 'media.expected' },
    // Of films and sounds the sender's word is only a hint: they are probed first, see below.
    ...(rules.kind === 'image'
      ? [told('a type it cannot read', { kind: 'document', mime: UNREADABLE.image }, 'media.type')]
      : []),
    told('too big', { size: rules.maxSizeMb * MB + 1 }, viaLink ? 'media.heavy' : 'media.size'),
    told('too big even for a link', { size: rules.maxLinkMb * MB + 1 }, 'media.size'),
    found('another kind under a false name', { kind: other(rules.kind) }, 'media.expected'),
    found('another type under a false name', { mime: UNREADABLE[rules.kind] }, 'media.type'),
    found('bigger than was said', { size: rules.maxLinkMb * MB + 1 }, 'media.size'),
    ...(rules.needsDuration ? [found('no length', { duration: undefined }, 'media.length')] : []),
    ...(seconds.min === undefined
      ? []
      : [found('too short', { duration: seconds.min - 0.5 }, 'media.short')]),
    ...(seconds.max === undefined
      ? []
      : [found('too long', { duration: seconds.max + 1 }, 'media.long')]),
    ...(rules.minSidePx ? [told('too small', { width: rules.minSidePx - 1 }, 'media.small')] : []),
    ...(rules.maxSidePx ? [told('too large', { width: rules.maxSidePx + 1 }, 'media.large')] : []),
    ...(question.kind === 'media-list'
      ? [
          {
            what: 'too many',
            events: Array.from({ length: max + 1 }, () => media(good)),
            ...(seconds.total === undefined ? {} : { seen: { duration: seconds.min ?? 1 } }),
            hint: 'media.many',
            value: Array.from({ length: max + 1 }, (_, i) => `https://files.example/${i}`),
          },
        ]
      : []),
  ]
}

const other = (kind: MediaKind): MediaKind => (kind === 'image' ? 'video' : 'image')
