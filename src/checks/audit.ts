import { extraModels, isSold, type Model, models } from '../machines/catalogue/catalogue.ts'
import { questionsOf, requiredNow } from '../machines/catalogue/questions.ts'
import { type Check, type Finding, failures, ok } from './run-checks.ts'

const LANGUAGES = ['ru', 'en'] as const
/** Words that only a program understands. */
const TECHNICAL = /[a-z]_[a-z]|[a-z]{2}[A-Z]|callback|\burl\b|\bjson\b/

const tally = (values: readonly string[]): [string, number][] =>
  [...Map.groupBy(values, (value) => value)]
    .map(([value, all]): [string, number] => [value, all.length])
    .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))

const inWords = (counts: readonly [string, number][]) =>
  counts.map(([value, count]) => `${value} ${count}`).join(', ')

/** How many models there are of what. */
function totals(): Finding[] {
  const sold = models.filter(isSold)
  return [
    ok(`${models.length} models, ${sold.length} on offer, ${extraModels.length} beyond them`),
    ok(`groups: ${inWords(tally(models.map((m) => m.legacyCategory ?? 'none')))}`),
    ok(`menu: ${inWords(tally(models.map((m) => m.category)))}`),
    ok(`providers: ${inWords(tally(models.map((m) => m.legacyProvider ?? m.provider)))}`),
    ok(`state: ${inWords(tally(models.map((m) => m.status)))}`),
    ok(`facts: ${inWords(tally(models.map((m) => m.confidence)))}`),
  ]
}

/** What the free models ask for. */
const freeModels = (): Finding[] =>
  models
    .filter(({ free }) => free)
    .map((model) => ok(`${model.id} (${model.category}): ${requiredNow(model, {}).join(', ')}`))

/** The inputs that most models share. */
function commonFields(): Finding[] {
  const fields = models.flatMap((model) => questionsOf(model).map(({ field }) => field))
  return tally(fields)
    .slice(0, 10)
    .map(([field, count]) => ok(`${field}: ${count} models`))
}

/** Every question of every model has words that a person understands, in every language. */
function questionFaults(all: readonly Model[]): string[] {
  return all.flatMap((model) =>
    questionsOf(model).flatMap((question) => {
      const said = LANGUAGES.flatMap((language) => [
        question.name(language),
        question.title(language),
        question.hint(language),
        ...(question.options ?? []).map((option) => option.label(language)),
      ])
      const technical = said.find((words) => TECHNICAL.test(words))
      return technical === undefined ? [] : [`${model.id}, ${question.field}: "${technical}"`]
    }),
  )
}

/** What the program offers, counted from what it would run; changes nothing and needs nothing. */
export const auditChecks = (): Check[] => [
  { name: 'totals', run: totals },
  { name: 'free models and what they need', run: freeModels },
  { name: 'most common inputs', run: commonFields },
  {
    name: 'words of every question',
    run: () => {
      const all = [...models, ...extraModels]
      const asked = all.flatMap((model) => questionsOf(model)).length
      return failures(questionFaults(all), `${asked} questions in two languages`)
    },
  },
]
