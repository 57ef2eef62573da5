import { RetryableError } from '../../errors.ts'
import { isJson, readNumber, readText } from './loose-json.ts'

/** What is said to a chat model: its orders, a person's words, and a file by its link. */
export interface ChatRequest {
  readonly model: string
  readonly system: string
  readonly words: string
  /**
   * A picture or a sound. "All media types (Images, Videos, Audio, or Documents)" go as `image_url`:
   * https://docs.kie.ai/market/gemini/gemini-3-pro, the same for gemini-2-5-pro.
   */
  readonly fileUrl?: string
}

export interface ChatAnswer {
  readonly words: string
  /** What the provider says that it took; undefined: it does not say. */
  readonly credits: number | undefined
}

/** The body as OpenAI's chat completions take it: https://platform.openai.com/docs/api-reference/chat */
export const chatBody = ({ system, words, fileUrl }: ChatRequest) => ({
  messages: [
    { role: 'system', content: system },
    {
      role: 'user',
      content: [
        { type: 'text', text: words },
        ...(fileUrl === undefined ? [] : [{ type: 'image_url', image_url: { url: fileUrl } }]),
      ],
    },
  ],
  stream: false,
})

/** Content is a text, or parts of which some are texts. */
const textOf = (content: unknown): string =>
  Array.isArray(content)
    ? content
        .map((part) => (isJson(part) && typeof part.text === 'string' ? part.text : ''))
        .join('')
    : (readText(content) ?? '')

/** The words of the first choice; an answer without words is none. */
export function parseChat(data: unknown): ChatAnswer {
  const body = isJson(data) ? data : {}
  const [choice] = Array.isArray(body.choices) ? body.choices : []
  const message = isJson(choice) && isJson(choice.message) ? choice.message : {}
  const words = textOf(message.content).trim()
  if (words === '') throw new RetryableError('kie.unavailable', { detail: 'It said nothing.' })
  const credits = readNumber(body.credits_consumed)
  return { words, credits: credits !== undefined && credits >= 0 ? credits : undefined }
}
