import type { Model } from '../../machines/catalogue/catalogue.ts'
import { fromWire } from '../../machines/catalogue/wire.ts'
import type { Engine, Order } from './engine.ts'
import type { Family } from './families/family.ts'
import type { Faults } from './faults.ts'
import type { CheckInput } from './input-rules.ts'
import type { MediaRules } from './media-rules.ts'
import { priceOf, rounded } from './price.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import type { Task } from './task.ts'
import type { Violation } from './violations.ts'
import type { WindowLimit } from './window-limit.ts'

/** The account's credits. */
export interface Purse {
  credits: number
}

/** Handles one create request; resolves with the task, or with what KIE would say instead. */
export type CreateTask = (family: Family, body: Record<string, unknown>) => Promise<Task | Refusal>

/** Checks rate, model, links, schema and files; money last, since KIE validates before it bills. */
export function createTaskHandler(deps: {
  models: readonly Model[]
  engine: Engine
  purse: Purse
  limit: WindowLimit
  faults: Faults
  checkInput: CheckInput
  media: MediaRules
  now: () => number
  violated: (violation: Violation) => void
}): CreateTask {
  function lookUp(family: Family, name: string): Model | Refusal {
    const model = deps.models.find((m) => m.family === family.name && m.apiModel === name)
    if (model) return model
    return refuse(
      422,
      'The model name you specified is not supported. Please check the model name.',
    )
  }

  /** Some models go on from a result of the same account: the one that `task_id` names. */
  function earlierTask(input: Readonly<Record<string, unknown>>): Task | Refusal | undefined {
    if (input.task_id === undefined) return undefined
    const task = deps.engine.find(String(input.task_id))
    return task?.state === 'success' ? task : refuse(422, 'task_id is not a finished task')
  }

  async function examine(family: Family, body: Record<string, unknown>): Promise<Order | Refusal> {
    const draft = family.readCreate(body)
    if (isRefusal(draft)) return draft
    const model = lookUp(family, draft.model)
    if (isRefusal(model)) return model
    const callBackUrl = readCallBackUrl(draft.callBackUrl, family.callbackRequired)
    if (isRefusal(callBackUrl)) return callBackUrl
    const wrong = deps.checkInput(model, draft.input)
    const input = fromWire(model.wire?.template, draft.input)
    const leaked = deps.media.checkLinks(model, input) ?? wrong
    if (leaked) return leaked
    const fetched = await deps.media.fetchMedia(model, input)
    if (isRefusal(fetched)) return fetched
    const earlier = earlierTask(input)
    if (isRefusal(earlier)) return earlier
    const { picture: source, seconds } = fetched
    const from = { '@source_resolution': earlier?.input.resolution }
    const price = priceOf(model, { ...input, ...from }, { seconds, counts: countsOf(model, input) })
    return {
      family,
      entry: model,
      input,
      callBackUrl: callBackUrl.url,
      param: draft.param,
      price,
      source,
      seconds,
    }
  }

  return async (family, body) => {
    if (!deps.limit.admit()) return refuse(429, 'The request rate is too high. Please try later.')
    const order = await examine(family, body)
    if (isRefusal(order)) return order
    if (order.price > deps.purse.credits)
      return refuse(402, 'The account has not enough credits. Please top up.')
    if (order.entry.status === 'delisted' || order.entry.status === 'discontinued')
      deps.violated({
        at: deps.now(),
        kind: 'delisted-model',
        where: family.createPath,
        value: order.entry.apiModel,
      })
    deps.purse.credits = rounded(deps.purse.credits - order.price)
    const task = deps.engine.create(order)
    const early = order.callBackUrl && deps.faults.take('callback', (kind) => kind === 'early')
    if (early) await deps.engine.finishEarly(task)
    else deps.engine.start(task)
    return task
  }
}

/** How many files each field was given. */
const countsOf = (model: Model, input: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(model.input.properties).flatMap(([name, field]) =>
      field['x-media'] && input[name] !== undefined ? [[name, [input[name]].flat().length]] : [],
    ),
  )

function readCallBackUrl(value: unknown, required: boolean): { url: string | undefined } | Refusal {
  if (value === undefined || value === null)
    return required ? refuse(422, 'Please enter callBackUrl') : { url: undefined }
  const valid = typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value)
  return valid ? { url: value } : refuse(422, 'callBackUrl is not a valid URL')
}
