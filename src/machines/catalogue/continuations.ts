import { measuresOf } from './answer-files.ts'
import { type Model, modelById } from './catalogue.ts'
import { type Answers, sentDefaults } from './payload.ts'
import { quoteCredits } from './pricing.ts'

/** A finished task of the provider that another model may go on with. */
export interface FinishedTask {
  modelId: string
  answers: Answers
  /** null: too old, the provider has forgotten it. */
  taskId: string | null
}

/** The resolution that a task was ordered in; part of the price of what goes on with it. */
function resolutionOf({ modelId, answers }: FinishedTask): unknown {
  const model = modelById(modelId)
  return answers.resolution ?? (model && sentDefaults(model).resolution)
}

/** Why an order that is only begun has no price: nothing that answers could not mend. */
const isOpen = (quote: ReturnType<typeof quoteCredits>) =>
  'credits' in quote || quote.unpriced === 'incomplete'

/**
 * The answers with which an order for this model begins that goes on with the task, or undefined when
 * it can't: another brand's task, one that is too old, or none of its settings has a price. Which
 * models go on with which, and how, stands in the files of `models/`.
 */
export function continuing(model: Model, task: FinishedTask, file: number): Answers | undefined {
  const { continues } = model
  if (continues === undefined || task.taskId === null) return undefined
  if (!continues.from.includes(task.modelId)) return undefined
  const start: Answers = {
    task_id: task.taskId,
    ...(continues.fileField === undefined ? {} : { [continues.fileField]: file }),
    ...(continues.sourceResolution ? { '@source_resolution': resolutionOf(task) } : {}),
  }
  const settings = model.input.properties.resolution?.enum ?? []
  const all: Answers[] = [start, ...settings.map((resolution) => ({ ...start, resolution }))]
  return all.find((answers) => isOpen(quoteCredits(model, answers, measuresOf(answers), true)))
}
