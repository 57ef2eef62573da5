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

interface Continuation {
  /** Models whose tasks it takes. */
  readonly from: readonly string[]
  /** What goes into the order besides the task's id. */
  start(task: FinishedTask, file: number): Answers
}

/**
 * Orders that name an earlier task instead of bringing a file, by model. Facts:
 * https://docs.kie.ai/market/grok-imagine/upscale, …/grok-imagine/image-to-video.
 */
const continuations: Readonly<Record<string, Continuation>> = {
  'grok-imagine/upscale': {
    from: ['grok-imagine/text-to-video', 'grok-imagine/image-to-video'],
    start: (task) => ({ '@source_resolution': resolutionOf(task) }),
  },
  'grok-imagine/image-to-video': {
    from: ['grok-imagine/text-to-image'],
    start: (_task, file) => ({ index: file }),
  },
}

/** The resolution that a task was ordered in; part of the price of what goes on with it. */
function resolutionOf({ modelId, answers }: FinishedTask): unknown {
  const model = modelById(modelId)
  return answers.resolution ?? (model && sentDefaults(model).resolution)
}

/**
 * The answers with which an order for this model begins that goes on with the task, or undefined when
 * it can't: another brand's task, one that is too old, or none of its settings has a price.
 */
export function continuing(model: Model, task: FinishedTask, file: number): Answers | undefined {
  const found = continuations[model.id]
  if (found === undefined || task.taskId === null || !found.from.includes(task.modelId)) {
    return undefined
  }
  const start = { task_id: task.taskId, ...found.start(task, file) }
  const settings = model.input.properties.resolution?.enum ?? []
  const all: Answers[] = [start, ...settings.map((resolution) => ({ ...start, resolution }))]
  return all.find((answers) => 'credits' in quoteCredits(model, answers, measuresOf(answers), true))
}
