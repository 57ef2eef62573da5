import { Router } from '@koa/router'
import { z } from 'zod'
import type { Purse } from './create-task.ts'
import type { Faults } from './faults.ts'
import { demandKey, demandUserAgent } from './guard.ts'
import { answerRefusal, readJson, succeed } from './http.ts'
import { pause } from './pause.ts'
import { rounded } from './price.ts'
import { isRefusal, refuse } from './refusal.ts'
import { suffer } from './trouble.ts'

/** Chat models that the fake has. */
const MODELS = ['gemini-2.5-flash', 'gemini-2.5-pro', 'gemini-3-flash']
/** What one answer takes. */
const CREDITS = 0.2

const part = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1) }),
  z.strictObject({
    type: z.literal('image_url'),
    image_url: z.strictObject({ url: z.url() }),
  }),
])
const bodySchema = z.strictObject({
  messages: z
    .array(
      z.strictObject({
        role: z.enum(['system', 'user', 'assistant']),
        content: z.union([z.string().min(1), z.array(part).min(1)]),
      }),
    )
    .min(1),
  stream: z.literal(false),
})

type Body = z.infer<typeof bodySchema>

const textOf = (content: Body['messages'][number]['content']): string =>
  typeof content === 'string'
    ? content
    : content.flatMap((one) => (one.type === 'text' ? [one.text] : [])).join('\n')

const LYRICS = {
  ru: [
    '[Verse]\nГород просыпается, и ты идёшь ко мне',
    'Солнце улыбается в распахнутом окне',
    '[Chorus]\nПой со мной, пока горит рассвет',
    'Этой песне с нами много лет',
  ],
  en: [
    '[Verse]\nThe city is waking, you walk up to me',
    'The window is open, the morning is free',
    '[Chorus]\nSing it along while the sunrise is near',
    'This is the song of the best of the year',
  ],
}
const ADDED = {
  ru: 'мягкий вечерний свет, подробные текстуры, тёплые цвета, чёткая композиция',
  en: 'soft evening light, detailed textures, warm colours, clear composition',
}
const SEEN = {
  ru: 'Портрет у окна, мягкий дневной свет, тёплые цвета, неглубокая резкость',
  en: 'A portrait by the window, soft daylight, warm colours, shallow depth of field',
}
/** What is said in every recording that the fake is given. */
const SAID = 'рыжий кот летит на воздушном шаре'

/** As a model would, by the orders that it was given: samples, and never empty. */
function reply({ messages }: Body): string {
  const orders = messages.filter(({ role }) => role === 'system').map((m) => textOf(m.content))
  const asked = messages.findLast(({ role }) => role === 'user')
  const words = asked === undefined ? '' : textOf(asked.content)
  const has = (pattern: RegExp) => orders.some((text) => pattern.test(text))
  if (has(/^Write down/)) return SAID
  if (has(/^Describe/)) return SEEN[has(/in Russian/) ? 'ru' : 'en']
  if (has(/^Translate/)) return `In English: ${words.replace(/[а-яё]+/gi, 'word')}`
  const language = /[а-яё]/i.test(words) ? 'ru' : 'en'
  return has(/^Write the lyrics/) ? LYRICS[language].join('\n') : `${words}, ${ADDED[language]}`
}

/** Chat completions in the form of OpenAI, in the provider's envelope. */
export function createChatRoutes(deps: {
  apiKey: string
  purse: Purse
  faults: Faults
  signal: AbortSignal
  /** How long an answer takes. */
  thinkMs: number
}): Router {
  const router = new Router()
  router.post(
    '/:model/v1/chat/completions',
    demandUserAgent,
    demandKey(deps.apiKey),
    suffer('chat', deps),
    async (ctx) => {
      const { model = '' } = ctx.params
      if (!MODELS.includes(model))
        return answerRefusal(ctx, refuse(422, 'The model is not supported'))
      const json = await readJson(ctx)
      if (isRefusal(json)) return answerRefusal(ctx, json)
      const body = bodySchema.safeParse(json)
      if (!body.success) return answerRefusal(ctx, refuse(422, z.prettifyError(body.error)))
      if (deps.purse.credits < CREDITS)
        return answerRefusal(ctx, refuse(402, 'Credits insufficient'))
      await pause(deps.thinkMs, deps.signal)
      deps.purse.credits = rounded(deps.purse.credits - CREDITS)
      const content = reply(body.data)
      succeed(ctx, {
        ...{ id: 'chatcmpl-fake', object: 'chat.completion', model, credits_consumed: CREDITS },
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
        usage: { prompt_tokens: 90, completion_tokens: 60, total_tokens: 150 },
      })
    },
  )
  return router
}
