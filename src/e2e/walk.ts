import type { Model } from '../machines/catalogue/catalogue.ts'
import { modelName, modelTitle } from '../machines/labels/models.ts'
import { type TextKey, translator } from '../machines/texts/translate.ts'
import type { SeenMessage } from '../sandbox/telegram/seen-message.ts'
import type { ChatUser } from './chat.ts'

/** What the user answers where words or a picture are asked for, and which button otherwise. */
export interface WalkAnswers {
  readonly prompt: string
  readonly picture: Buffer
  /** Of the buttons under a choice; counted on from the first one again after the last. */
  readonly choice: number
}

const LANGUAGE = 'ru'
/** No model has more questions than this: a wizard that goes on asks the same one again. */
const MAX_STEPS = 20

const say = translator(LANGUAGE)
const label = (key: TextKey) => say(key)

/** From /start to the preview, as a person would: by buttons, messages and a photo. */
export async function walkToPreview(user: ChatUser, model: Model, answers: WalkAnswers) {
  user.start()
  await user.tap(label('menu.free'))
  const list = await user.screen(label('list.choose'))
  const title = modelTitle(model, LANGUAGE)
  // A long title gives way to the price where the name says enough.
  const isWhole = list.keyboard.flat().some(({ text }) => text.includes(title))
  await user.tap(isWhole ? title : modelName(model))
  await user.tap(label('card.begin'))
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const screen = await user.nextScreen()
    if (hasButton(screen, label('preview.run'))) return screen
    await answer(user, screen, answers)
  }
  throw new Error('the questions do not end')
}

/** Taps the button that starts the order; only the preview has it. */
export const confirm = (user: ChatUser): Promise<void> => user.tap(label('preview.run'))

/** Waits for the screen after a job's end: by then its last step is stored. Throws what it says. */
export async function waitForEnd(user: ChatUser, deadline: number, now: () => number) {
  while (now() < deadline) {
    const screen = await user.nextScreen()
    const refused = screen.text?.includes(label('preview.title').replaceAll(/<[^>]+>/g, ''))
    if (refused || hasButton(screen, label('failed.again'))) {
      throw new Error(screen.text?.split('\n').at(-1) ?? 'failed')
    }
    if (hasButton(screen, label('done.other'))) return
  }
  throw new Error('no result in time')
}

/** Whether a message brings a result: a file of the bot with the promised words, or words with them. */
export const isResult = ({ from, media, text, caption }: SeenMessage): boolean =>
  from === 'bot' &&
  (media === undefined ? text : caption)?.startsWith(label('done.caption')) === true

const hasButton = ({ keyboard }: SeenMessage, text: string): boolean =>
  keyboard.flat().some((button) => button.text === text)

async function answer(user: ChatUser, screen: SeenMessage, answers: WalkAnswers): Promise<void> {
  const { text = '', keyboard } = screen
  if (text.includes(label('ask.words'))) return user.text(answers.prompt)
  if (text.includes(label('ask.photo'))) return user.photo(answers.picture)
  const ways = new Set([label('nav.back'), label('nav.cancel'), label('nav.menu')])
  const options = keyboard.flat().filter((button) => !ways.has(button.text))
  const chosen = options[answers.choice % options.length]
  if (chosen === undefined) throw new Error(`no way on from: ${text.slice(0, 80)}`)
  await user.tap(chosen.text)
}
