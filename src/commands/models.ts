import { execFileSync } from 'node:child_process'
import { defineCommand } from 'citty'
import { missingWords } from '../checks/audit.ts'
import { modelsPage } from '../checks/models-page.ts'
import { coerceError } from '../errors.ts'
import {
  everyModel,
  hasPrice,
  isOlder,
  isSold,
  type Model,
  readModel,
  slugOf,
} from '../machines/catalogue/catalogue.ts'
import { families } from '../machines/catalogue/family-facts.ts'
import { importModel } from '../machines/catalogue/import-model.ts'
import { fromPrice } from '../machines/catalogue/pricing.ts'
import { type ProviderCatalogue, readAnswers } from '../machines/catalogue/provider-answers.ts'
import { providerChanges } from '../machines/catalogue/provider-diff.ts'
import { questionsOf } from '../machines/catalogue/questions.ts'
import { modelFaults, validateCatalogue } from '../machines/catalogue/validation.ts'
import { SAMPLE_VIEW } from '../machines/conversation/samples/view.ts'
import { modelTitle } from '../machines/labels/models.ts'
import { priceLabel } from '../machines/labels/prices.ts'
import {
  fileOf,
  readModelFile,
  savedAnswers,
  writeModelFile,
  writeModelsPage,
} from './model-files.ts'
import { SEVERAL } from './usage.ts'

const from = {
  type: 'string',
  description: 'A folder of saved answers of the provider, in place of its routes',
} as const
const id = { type: 'positional', required: true, description: 'A model’s id' } as const
const ids = { ...id, description: 'One id, or several', valueHint: SEVERAL } as const

/** Runs a subcommand; what it throws is one line and an exit code of 1. */
const told = (run: () => Promise<boolean> | boolean) => async (): Promise<void> => {
  try {
    process.exitCode = (await run()) ? 0 : 1
  } catch (error) {
    console.error(`models: ${coerceError(error).message}`)
    process.exitCode = 1
  }
}

const modelNamed = (name: string): Model => {
  const found = everyModel.find((m) => m.id === name || m.slug === slugOf(name))
  if (found === undefined) throw new Error(`there is no model ${name}`)
  return found
}

/** What the provider says: saved in a folder, or asked over its routes with KIE_API_KEY. */
async function providerOf(
  folder: string | undefined,
  schemasOf: readonly string[],
): Promise<ProviderCatalogue> {
  if (folder !== undefined) return readAnswers(savedAnswers(folder))
  const { KIE_API_KEY: apiKey, KIE_API_BASE: baseUrl = 'https://api.kie.ai' } = process.env
  if (!apiKey) throw new Error('give --from FOLDER with saved answers, or set KIE_API_KEY')
  const { createCatalogueSource } = await import('../actors/kie/catalogue-source.ts')
  return createCatalogueSource({ apiKey, baseUrl }).read(schemasOf)
}

const stateOf = (model: Model): string => {
  if (!isSold(model)) return model.status
  if (!hasPrice(model)) return 'no price'
  return isOlder(model) ? 'older' : 'on sale'
}

const list = defineCommand({
  meta: { name: 'list', description: 'Every model that has a file.' },
  run: told(() => {
    for (const model of everyModel) {
      const price = priceLabel(fromPrice(model, SAMPLE_VIEW.rates), 'en')
      console.log([stateOf(model), model.id, modelTitle(model, 'en'), price].join('\t'))
    }
    return true
  }),
})

const show = defineCommand({
  meta: { name: 'show', description: 'How a model looks in the chat, and what is open about it.' },
  args: { id },
  run: ({ args }) =>
    told(() => {
      const model = modelNamed(args.id)
      console.log(`${model.id} (${stateOf(model)}) ${fileOf(model.id)}`)
      console.log(`${modelTitle(model, 'ru')} | ${modelTitle(model, 'en')}`)
      for (const q of questionsOf(model)) {
        const options = (q.options ?? []).map((o) => o.label('ru')).join(' / ')
        const mark = q.required ? '*' : q.advanced ? '…' : ' '
        console.log(`${mark} ${q.field} [${q.kind}] ${q.title('ru')} — ${q.hint('ru')} ${options}`)
      }
      console.log(`price: ${priceLabel(fromPrice(model, SAMPLE_VIEW.rates), 'en') || 'none'}`)
      console.log(
        `the provider’s words: ${model.price.text ?? 'none'} (${model.price.textDate ?? '–'})`,
      )
      for (const what of missingWords(model)) console.log(`no words: ${what}`)
      for (const { at, question } of model.marks) console.log(`open: ${at}: ${question}`)
      return true
    })(),
})

const add = defineCommand({
  meta: { name: 'add', description: 'Writes drafts of models from what the provider says.' },
  args: { id: ids, from },
  run: ({ args }) =>
    told(async () => {
      for (const name of args._) {
        if (readModelFile(name) !== undefined) throw new Error(`${name} has a file already`)
      }
      const provider = await providerOf(args.from, args._)
      const today = new Date().toISOString().slice(0, 10)
      for (const name of args._) {
        const draft = importModel(name, provider, { families, today })
        if (draft === undefined) throw new Error(`the provider has no model ${name}`)
        writeModelFile(name, draft)
        console.log(`wrote ${fileOf(name)}, a draft; to be looked at:`)
        const { marks, price } = draft as {
          marks: Model['marks']
          price: { provider_text: unknown }
        }
        for (const { at, question } of marks) console.log(`  ${at}: ${question}`)
        console.log(`price text: ${price.provider_text ?? 'none'}`)
      }
      console.log(
        `Take each mark out of the file when it is answered, then: models sell ${args._.join(' ')}`,
      )
      return true
    })(),
})

/** Puts one draft on sale; why not, if not. */
function sellOne(name: string): readonly string[] {
  const json = readModelFile(name)
  if (json === undefined) throw new Error(`${name} has no file: models add ${name}`)
  const { marks, ...file } = json
  const known = new Set(families.map((family) => family.id))
  const listed = { ...file, status: json.status === 'draft' ? 'listed' : json.status }
  const model = readModel(listed)
  const open = (Array.isArray(marks) ? marks : []) as Model['marks']
  const reasons = [
    ...open.map(({ at, question }) => `open: ${at}: ${question}`),
    ...modelFaults(listed, { ids: new Set(everyModel.map((m) => m.id)), known }),
    ...(model && !hasPrice(model) ? ['price.credits: nobody knows what it costs'] : []),
    ...(model && isSold(model) ? [] : ['status: it is not for sale']),
  ]
  if (reasons.length > 0 || model === undefined) return reasons
  writeModelFile(name, listed)
  console.log(`${name} is on sale: ${modelTitle(model, 'en')}`)
  for (const what of missingWords(model)) console.log(`still in the provider’s words: ${what}`)
  return []
}

const sell = defineCommand({
  meta: { name: 'sell', description: 'Puts drafts on sale, when nothing about them is open.' },
  args: { id: ids },
  run: ({ args }) =>
    told(() => {
      const reasons = args._.flatMap((name) => sellOne(name).map((why) => `${name}: ${why}`))
      for (const reason of reasons) console.error(reason)
      // This process read the shelf before the files were written.
      execFileSync(process.execPath, [process.argv[1] ?? '', 'models', 'page'], {
        stdio: 'inherit',
      })
      return reasons.length === 0
    })(),
})

const page = defineCommand({
  meta: { name: 'page', description: 'Writes the table of what is on sale, docs/models.md.' },
  run: told(() => {
    if (writeModelsPage(modelsPage())) console.log('wrote docs/models.md')
    return true
  }),
})

const diff = defineCommand({
  meta: { name: 'diff', description: 'What vanished, appeared or changed at the provider.' },
  args: { from, json: { type: 'boolean', default: false, description: 'One JSON array' } },
  run: ({ args }) =>
    told(async () => {
      const sold = everyModel.filter(isSold).map((m) => m.apiModel)
      const changes = providerChanges(everyModel, await providerOf(args.from, sold), families)
      if (args.json) console.log(JSON.stringify(changes))
      else for (const { kind, model, what } of changes) console.log(`${kind}\t${model}\t${what}`)
      if (!args.json) console.log(`${changes.length} changes; no file was touched`)
      return true
    })(),
})

const check = defineCommand({
  meta: { name: 'check', description: 'Every fault of the model files, a sentence each.' },
  run: told(() => {
    const faults = validateCatalogue()
    for (const fault of faults) console.log(fault)
    const words = everyModel.flatMap((m) => missingWords(m).map((what) => `${m.id}: ${what}`))
    for (const line of words) console.log(`no words of ours: ${line}`)
    console.log(
      `${everyModel.length} models, ${faults.length} faults, ${words.length} without words`,
    )
    return faults.length === 0
  }),
})

/** The shelf: what is on it, what is wrong with it, what the provider says of it. */
export const modelsCommand = defineCommand({
  meta: { name: 'models', description: 'Lists, adds, sells and compares models.' },
  subCommands: { list, show, add, sell, page, diff, check },
})
