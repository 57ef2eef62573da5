import { isGathered } from '../machines/catalogue/answer-lists.ts'
import type { Model } from '../machines/catalogue/catalogue.ts'
import { type MediaRules, nextRequired, type Question } from '../machines/catalogue/questions.ts'
import { translator } from '../machines/texts/translate.ts'
import type { ChatUser } from './chat.ts'
import { filmOrSound, lengthOf } from './given-files.ts'

const say = translator('ru')

const plain = (html: string): string => html.replace(/<[^>]+>/g, '')

/** The first words of a screen's title, as the chat shows them. */
const titled = (question: Question): string => plain(question.title('ru'))

async function give(user: ChatUser, media: MediaRules, picture: Buffer): Promise<void> {
  if (media.kind === 'image') return user.photo(picture)
  await user.file(media.kind, filmOrSound(media), Math.floor(lengthOf(media)))
}

/** Answers one question as a person would; returns what stands for the answer in the wizard's rules. */
async function answer(user: ChatUser, question: Question, picture: Buffer): Promise<unknown> {
  const { kind, media, options = [], maxLength = 200, link } = question
  await user.screen(titled(question))
  const [option] = options
  if (kind === 'choice' || kind === 'toggle') {
    if (option === undefined) throw new Error(`${question.field} has no values`)
    await user.tap(option.label('ru').slice(0, 40))
    return option.value
  }
  if (media !== undefined && isGathered(question)) {
    const count = Math.min(Math.max(1, media.minItems), media.maxItems)
    for (let n = 1; n <= count; n += 1) {
      await give(user, media, picture)
      await user.screen(plain(say('gather.got', { count: n, max: media.maxItems })))
    }
    await user.tap(say('ask.continue'))
    return Array.from({ length: count }, () => ({ kind: media.kind, duration: lengthOf(media) }))
  }
  if (media !== undefined) {
    await give(user, media, picture)
    return { kind: media.kind, duration: lengthOf(media) }
  }
  if (kind === 'number') {
    const least = question.min ?? 1
    user.text(String(least))
    return question.asText ? String(least) : least
  }
  const words = link ? 'https://sora.chatgpt.com/p/s_1' : 'кот в сапогах'.slice(0, maxLength)
  user.text(words)
  return words
}

/**
 * From a model's link to the preview, whatever it asks for: choices take their first value, lists as
 * few files as they must have.
 */
export async function walkByLink(user: ChatUser, model: Model, picture: Buffer): Promise<void> {
  const answers: Record<string, unknown> = {}
  user.start(`m_${model.slug}`)
  await user.tap(say('card.begin'))
  for (
    let next = nextRequired(model, answers as never);
    next;
    next = nextRequired(model, answers as never)
  ) {
    answers[next.field] = await answer(user, next, picture)
  }
  await user.screen(plain(say('preview.title')))
}
