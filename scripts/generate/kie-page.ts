import { z } from 'zod'
import { effectTable } from '../../src/actors/effects/table.ts'
import { TIMEOUTS } from '../../src/actors/kie/client.ts'
import { answerError, type Operation, transportError } from '../../src/actors/kie/errors.ts'
import { DOCUMENTED_RATES } from '../../src/actors/kie/limits.ts'
import { PHASES } from '../../src/actors/kie/status.ts'
import { RetryableError, type TrtError, UnknownOutcomeError } from '../../src/errors.ts'
import { allModels } from '../../src/machines/catalogue/catalogue.ts'
import { families, familySchema } from '../../src/machines/catalogue/family-facts.ts'
import { catalogueAnswers } from '../../src/machines/catalogue/provider-answers.ts'
import { taskReport } from '../../src/machines/job/events.ts'

const HEAD = `# The provider's API, as far as the bot uses it

Made by \`npm run generate\` from the code that does it: a figure or a word here is the one in use. The
provider's own pages: <https://docs.kie.ai>. Prices and inputs of single models: [models.md](models.md).

Every request carries \`Authorization: Bearer KIE_API_KEY\`; every answer is an envelope
\`{code, msg, data}\` whose \`code\` decides, whatever the HTTP status says. A redirect, HTML or an answer
without a code counts as no answer. Keys, links and signatures never reach a log.`

const OPERATIONS: readonly Operation[] = ['create', 'read', 'upload']
const CODES = [400, 401, 402, 404, 408, 422, 429, 433, 451, 455, 500, 501, 505]
const seconds = (ms: number) => `${ms / 1_000} s`
const code = (text: string) => `\`${text}\``

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/** Lists and pairs of plain values stand in one line. */
const schemaOf = (schema: z.ZodType): string => {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, { unrepresentable: 'any' })
  const text = JSON.stringify(shape, null, 2).replace(/[[{]\s+[^[\]{}]{1,88}\s+[\]}]/g, (part) =>
    part.replace(/\s*\n\s*/g, ' '),
  )
  return ['```json', text, '```'].join('\n')
}

function routes(): string {
  const { create, read } = DOCUMENTED_RATES
  const rate = ({ calls, windowMs }: typeof create) => `${calls} in ${seconds(windowMs)}`
  const ofFamilies = families.flatMap((family) => [
    [`POST ${family.create}`, `asks for a task of the ${family.id} family`, 'create'],
    [`GET ${family.status}?taskId=…`, `where a task of the ${family.id} family stands`, 'read'],
  ])
  const rows = [
    ...ofFamilies,
    ['POST /api/file-stream-upload', "a person's file, on the host KIE_UPLOAD_BASE", 'upload'],
    ['GET /api/v1/chat/credit', 'what is left on the account, in credits', 'read'],
    ['GET /api/v1/models', 'what the provider sells: `npm run models -- diff`', 'read'],
    ['GET /api/v1/models/ID/schema', 'inputs of one model, as OpenAPI', 'read'],
    ['GET /api/v1/models/ID/price', 'its price, as a sentence', 'read'],
  ].map(([route = '', ...cells]) => [code(route), ...cells])
  return `## Routes

${table(['route', 'what for', 'kind'], rows)}

New tasks: at most ${rate(create)} for one account; status reads: ${rate(read)}. Whoever has to wait holds
no place of a queue. Time limits: create ${seconds(TIMEOUTS.createMs)}, read ${seconds(TIMEOUTS.readMs)},
upload ${seconds(TIMEOUTS.uploadMs)}.`
}

const meaningOf = (error: TrtError): string => {
  const again =
    error instanceof RetryableError
      ? 'again'
      : error instanceof UnknownOutcomeError
        ? 'open'
        : 'final'
  return `${code(error.code)}, ${again}`
}

function answers(): string {
  const verdict = (operation: Operation, answer: number) =>
    meaningOf(answerError({ operation, code: answer, message: 'no' }))
  const silent = (operation: Operation) => meaningOf(transportError(operation, new Error('reset')))
  const rows = [
    ...CODES.map((answer) => [String(answer), ...OPERATIONS.map((one) => verdict(one, answer))]),
    ['no answer', ...OPERATIONS.map(silent)],
  ]
  return `## Answers that are no success

What each code means for each kind of call: *again* is tried again later, *final* never is, *open* means
that a task may exist. Such a create is never repeated: the money goes back, and a task that exists all the same is delivered
free of charge. Codes are explained in [errors.md](errors.md).

${table(['code', ...OPERATIONS], rows)}

A 500 whose words name a fault of the input counts as a refusal.`
}

function states(): string {
  const words = Map.groupBy(PHASES, ([, phase]) => phase)
  const rows = [...words].map(([phase, list]) => [
    phase,
    list.map(([word]) => code(word)).join(', '),
  ])
  return `## States of a task

${table(['phase', "the provider's words, in any case"], rows)}

A word that is not listed keeps the task waiting and is reported to the log; a task that is not known is
normal for the first half minute. Families with words of their own: ${families
    .filter(({ record }) => record !== undefined)
    .map(({ id }) => code(`models/families/${id}.json`))
    .join(', ')}.`
}

function effects(): string {
  const rows = effectTable
    .filter(({ name }) => name.startsWith('kie.'))
    .map(({ name, queue, patience, delivery }) => [
      code(name),
      queue,
      `${patience.attempts}`,
      seconds(patience.maxPauseMs),
      delivery,
    ])
  return `## Effects that call it

${table(['effect', 'queue', 'attempts', 'longest pause', 'delivery'], rows)}

The order's own time limits stand in its chart: [machines/job.md](machines/job.md).`
}

function callbacks(): string {
  return `## Callbacks

\`POST KIE_CALLBACK_PATH?job=…&sig=…\`: \`sig\` is the job's own signature (HMAC-SHA256 of its id), and only
it proves the body. With \`X-KIE-Callback-Token\` or the provider's webhook signature
(\`X-Webhook-Timestamp\`, \`X-Webhook-Signature\`, five minutes) the task is looked up and asked for. Anything
else gets 401 and nothing is stored. 200 is answered after the commit; a genuine callback that nobody can
use is kept for \`npm run orphans\`.`
}

function schemas(): string {
  const typical = allModels.find(({ family, output }) => family === 'market' && output === 'image')
  return `## Schemas

What the order hears of a task, whichever family and way it came:

${schemaOf(taskReport)}

Answers of the catalogue's routes, as loosely as they are read:

${schemaOf(catalogueAnswers)}

A family's file (\`models/families/\`):

${schemaOf(familySchema)}

The input of a model stands in its file under \`input_schema\`: \`npm run models -- show ${typical?.id ?? ''}\`.`
}

/** `docs/kie.md`: routes, codes, states, limits and schemas of the provider, from the code. */
export const kiePage = (): string =>
  `${[HEAD, routes(), answers(), states(), effects(), callbacks(), schemas()].join('\n\n')}\n`
