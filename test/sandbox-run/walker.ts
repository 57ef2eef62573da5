import { filmOrSound } from '../../src/e2e/given-files.ts'
import { isGathered } from '../../src/machines/catalogue/answer-lists.ts'
import type { AnswerValue } from '../../src/machines/catalogue/answers.ts'
import type { Model } from '../../src/machines/catalogue/catalogue.ts'
import {
  type MediaRules,
  nextRequired,
  type Question,
  questionsOf,
} from '../../src/machines/catalogue/questions.ts'
import { fieldWords } from '../../src/machines/labels/fields.ts'
import type { FakeTelegram } from '../../src/sandbox/telegram/server.ts'
import { pngImage } from '../sandbox/telegram/support/images.ts'
import { createShopper, type Shopper, say } from '../support/shopper.ts'

/** A real file; the n-th picture is unlike the others. */
const fileFor = (media: MediaRules, n: number): Buffer =>
  media.kind === 'image' ? pngImage(640, 640 + n) : filmOrSound(media)

/** What the chat says of a file's length: whole seconds, and not the true ones. */
const CLAIMED = { duration: 1 }

/** What only the list of settings says. */
const EXTRAS = '«Назад» вернёт к заказу'

/** A person who orders whatever model there is, by the buttons and questions that they see. */
export interface Walker extends Shopper {
  /** From the deep link to the preview; fields named in `extras` are answered there, too. */
  order(model: Model, extras?: readonly string[]): Promise<Record<string, AnswerValue>>
}

export function createWalker(telegram: FakeTelegram, id: number): Walker {
  const shopper = createShopper(telegram, id)
  const { user, hears, tap, sees } = shopper
  const { control } = telegram

  /** The newest button that begins like this: some have a price or a tick behind their name. */
  const seesLike = (label: string) =>
    control.waitFor(() => {
      const shown = user.chat().filter((m) => m.from === 'bot')
      const labels = shown.findLast((m) => m.keyboard.length > 0)?.keyboard.flat() ?? []
      return labels.find(({ text }) => text.replace(/^✓ /, '').startsWith(label))?.text
    })

  async function send(media: MediaRules, n: number): Promise<void> {
    const { kind } = media
    const bytes = fileFor(media, n)
    if (kind === 'image') await user.sendPhoto(bytes)
    else await user.sendFile(bytes, { kind, fileName: `given.${kind}`, ...CLAIMED })
  }

  async function answer(question: Question): Promise<AnswerValue> {
    const { kind, media, options = [], maxLength = 200, link } = question
    await hears(question.title('ru'))
    const [option] = options
    if (kind === 'choice' || kind === 'toggle') {
      await tap(await seesLike(option?.label('ru') ?? 'нет вариантов'))
      return option?.value ?? ''
    }
    if (media !== undefined && isGathered(question)) {
      const count = Math.min(Math.max(2, media.minItems), media.maxItems)
      for (let n = 1; n <= count; n += 1) {
        await send(media, n)
        await hears(say('gather.got', { count: n, max: media.maxItems }).replace(/<\/?b>/g, ''))
      }
      await tap(say('ask.continue'))
      return Array.from({ length: count }, () => ({ kind: media.kind }))
    }
    if (media !== undefined) {
      await send(media, 0)
      return { kind: media.kind }
    }
    const words = link ? 'https://sora.chatgpt.com/p/s_1' : 'кот в сапогах'.slice(0, maxLength)
    const text = kind === 'number' ? String(question.min ?? 1) : words
    user.sendText(text)
    return kind === 'number' && !question.asText ? Number(text) : text
  }

  return {
    ...shopper,
    async order(model, extras = []) {
      const answers: Record<string, AnswerValue> = {}
      user.sendCommand('start', `m_${model.slug}`)
      await tap(say('card.begin'))
      for (let next = nextRequired(model, answers); next; next = nextRequired(model, answers)) {
        answers[next.field] = await answer(next)
      }
      await sees(say('preview.run'))
      for (const field of extras) {
        await tap(say('preview.extras'))
        await tap(await seesLike(fieldWords(model, field).name.ru))
        const question = questionsOf(model, answers).find((q) => q.field === field)
        answers[field] = await answer(question as Question)
        await hears(EXTRAS)
        await tap(say('nav.back'))
        await sees(say('preview.run'))
      }
      return answers
    },
  }
}
