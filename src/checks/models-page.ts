import { measuresOf } from '../machines/catalogue/answer-files.ts'
import type { AnswerValue } from '../machines/catalogue/answers.ts'
import { allModels, isOlder, type Model } from '../machines/catalogue/catalogue.ts'
import type { Answers } from '../machines/catalogue/payload.ts'
import { formatPrice, fromPrice, quotePrice } from '../machines/catalogue/pricing.ts'
import { nextRequired, type Question, questionsOf } from '../machines/catalogue/questions.ts'
import { canBeBegun } from '../machines/conversation/order/offer.ts'
import { SAMPLE_VIEW } from '../machines/conversation/samples/view.ts'
import { modelName } from '../machines/labels/models.ts'
import { priceLabel } from '../machines/labels/prices.ts'
import { taskWords } from '../machines/labels/tasks.ts'

const { rates } = SAMPLE_VIEW

/** Seconds of every file of a typical order, and characters of its text. */
const SECONDS = 5
const CHARACTERS = 200

/** What most people would answer: the preset, or else the first button, or a short file. */
function typicalAnswer(question: Question): AnswerValue {
  const { kind, options = [], media, default: preset, min = 1, maxLength = CHARACTERS } = question
  if (preset !== undefined) return preset
  if (kind === 'choice' || kind === 'toggle') return options[0]?.value ?? ''
  if (media !== undefined) {
    const seconds = Math.max(SECONDS, media.seconds?.min ?? 0)
    const file = { kind: media.kind, duration: seconds, width: 1024, height: 1024 }
    return kind === 'media' ? file : Array.from({ length: Math.max(1, media.minItems) }, () => file)
  }
  if (kind === 'number') return question.asText ? String(min) : min
  if (kind === 'shots') return [{ Scene: 'a cat', duration: SECONDS }]
  return question.link ? 'https://example.com/a' : 'x'.repeat(Math.min(CHARACTERS, maxLength))
}

/** The price of an order with nothing but what must be answered; a dash where that has none. */
function typicalPrice(model: Model): string {
  const answers: Record<string, AnswerValue> = {}
  for (let next = nextRequired(model, answers); next; next = nextRequired(model, answers))
    answers[next.field] = typicalAnswer(next)
  const quote = quotePrice(model, answers as Answers, rates, measuresOf(answers))
  return 'unpriced' in quote ? '–' : formatPrice(quote.kopecks, 'en')
}

/** What has to be given, and in brackets which files may be. */
function inputsOf(model: Model): string {
  const names = (all: readonly Question[]) =>
    [...new Set(all.map(({ media, link }) => media?.kind ?? (link ? 'link' : 'words')))].join(', ')
  const questions = questionsOf(model)
  const given = questions.filter((q) => q.required && (q.media || q.kind === 'text' || q.link))
  const more = questions.filter((q) => !q.required && q.media)
  return `${names(given) || 'choices'}${more.length > 0 ? ` (${names(more)})` : ''}`
}

const rowOf = (model: Model): string =>
  [
    `${modelName(model)}${isOlder(model) ? ' (older)' : ''}`,
    `\`${model.id}\``,
    taskWords(model).does.en,
    priceLabel(fromPrice(model, rates), 'en'),
    typicalPrice(model),
    inputsOf(model),
    model.output,
    model.evidenceDate,
  ].join(' | ')

/** `docs/models.md`: what is on sale, with prices at the default rates. */
export function modelsPage(): string {
  const sold = allModels.filter((model) => canBeBegun(model, rates))
  return `# Models on sale

Made by \`npm run generate\` from \`models/\`; prices are at the default rates. A typical price is that of an order
with nothing but what must be answered: presets, ${CHARACTERS} characters of text, files of ${SECONDS} seconds.
${sold.length} models can be ordered from /start.

Title | Id | Task | From | Typical | Inputs | Output | Evidence
--- | --- | --- | --- | --- | --- | --- | ---
${sold
  .toSorted((a, b) => a.category.localeCompare(b.category) || a.id.localeCompare(b.id))
  .map(rowOf)
  .join('\n')}
`
}
