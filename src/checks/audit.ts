import {
  allModels,
  everyModel,
  hasPrice,
  isOlder,
  isSold,
  type Model,
  modelById,
} from '../machines/catalogue/catalogue.ts'
import { foundingModels } from '../machines/catalogue/founding.ts'
import { questionsOf } from '../machines/catalogue/questions.ts'
import { validateCatalogue } from '../machines/catalogue/validation.ts'
import { fieldWordsSource } from '../machines/labels/fields.ts'
import { optionWordsSource } from '../machines/labels/options.ts'
import { isNamedTask } from '../machines/labels/tasks.ts'
import { auditFieldLines, auditFields } from './audit-fields.ts'
import { type Check, type CheckReport, type Finding, failures, ok, warn } from './run-checks.ts'

const LANGUAGES = ['ru', 'en'] as const
/** Words that only a program understands. */
const TECHNICAL = /[a-z]_[a-z]|[a-z]{2}[A-Z]|callback|\burl\b|\bjson\b/

type Counts = Readonly<Record<string, number>>

/** How often each value occurs, the most frequent first. */
const tally = (values: readonly string[]): Counts =>
  Object.fromEntries(
    [...Map.groupBy(values, (value) => value)]
      .map(([value, all]): [string, number] => [value, all.length])
      .sort(([a, m], [b, n]) => n - m || a.localeCompare(b)),
  )

/** Whether an order for it gets a price. */
const canBeOrdered = (model: Model | undefined): boolean =>
  model !== undefined && isSold(model) && hasPrice(model)

/** What `npm run audit` counts: the founding 72, and the shelf of today. */
export interface AuditCounts {
  readonly models: {
    readonly total: number
    readonly sellable: number
    readonly free: readonly string[]
  }
  readonly providers: { readonly legacy: Counts }
  readonly categories: { readonly legacy: Counts; readonly real: Counts }
  readonly shelf: {
    readonly total: number
    readonly on_sale: number
    readonly paused: number
    readonly gone: number
    readonly by_task: Counts
  }
}

/** Counts what the program would offer; `paused` models are such as admins stopped. */
export function auditCounts(paused: ReadonlySet<string> = new Set()): AuditCounts {
  const onSale = allModels.filter((m) => canBeOrdered(m) && !paused.has(m.id))
  return {
    models: {
      total: foundingModels.length,
      sellable: foundingModels.filter(({ id }) => canBeOrdered(modelById(id))).length,
      free: foundingModels.filter(({ free }) => free).map(({ id }) => id),
    },
    providers: { legacy: tally(foundingModels.map(({ provider }) => provider)) },
    categories: {
      legacy: tally(foundingModels.map(({ category }) => category)),
      real: tally(foundingModels.flatMap(({ id }) => modelById(id)?.category ?? [])),
    },
    shelf: {
      total: allModels.length,
      on_sale: onSale.length,
      paused: allModels.filter((m) => canBeOrdered(m) && paused.has(m.id)).length,
      gone: allModels.filter((m) => !isSold(m)).length,
      by_task: tally(onSale.map(({ task }) => task)),
    },
  }
}

/** The one object of AUDIT_RESULT.json and of `--json`; what is fine is no finding. */
export const auditResult = (reports: readonly CheckReport[], counts = auditCounts()) => ({
  ...counts,
  ...auditFields(),
  findings: reports.flatMap(({ name, findings }) =>
    findings
      .filter(({ status }) => status !== 'ok')
      .map((finding) => ({ check: name, ...finding })),
  ),
})

const inWords = (counts: Counts) =>
  Object.entries(counts)
    .map(([value, count]) => `${value} ${count}`)
    .join(', ')

/** The same for people. */
function totals(): Finding[] {
  const { models, providers, categories, shelf } = auditCounts()
  const older = allModels.filter(isOlder).length
  const drafts = everyModel.filter(({ status }) => status === 'draft')
  return [
    ok(`founding models: ${models.total}, ${models.sellable} of them on sale`),
    ok(`free: ${models.free.join(', ')}`),
    ok(`their groups: ${inWords(categories.legacy)}`),
    ok(`their groups today: ${inWords(categories.real)}`),
    ok(`their providers: ${inWords(providers.legacy)}`),
    ok(`shelf: ${shelf.total}, on sale ${shelf.on_sale} (older ${older}), gone ${shelf.gone}`),
    ok(`tasks: ${inWords(shelf.by_task)}`),
    ...drafts.map(({ id, marks }) => warn(`${id} is a draft with ${marks.length} open marks`)),
  ]
}

/** Questions and buttons whose words are made of the provider's own: somebody should write them. */
export function missingWords(model: Model): string[] {
  const task = isNamedTask(model.task) || model.words.does ? [] : [`the task ${model.task}`]
  const inputs = questionsOf(model).flatMap(({ field, options = [] }) => {
    const values = options.map(({ value }) => value)
    return [
      ...(fieldWordsSource(model, field) === 'schema' ? [`the input ${field}`] : []),
      ...values
        .filter((value) => optionWordsSource(model, field, value) === 'schema')
        .map((value) => `${field} = ${value}`),
    ]
  })
  return [...task, ...inputs]
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
  { name: 'inputs', run: auditFieldLines },
  {
    name: 'model files',
    run: () => failures(validateCatalogue(), `${everyModel.length} files are as they must be`),
  },
  {
    name: 'words of every question',
    run: () => {
      const asked = allModels.flatMap((model) => questionsOf(model)).length
      const missing = allModels.flatMap((m) =>
        missingWords(m).map((what) => warn(`${m.id}: no words for ${what}`)),
      )
      return [
        ...failures(questionFaults(allModels), `${asked} questions, two languages`),
        ...missing,
      ]
    },
  },
]
