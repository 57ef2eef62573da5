import type pg from 'pg'
import { modelBySlug } from '../../src/machines/catalogue/catalogue.ts'
import { optionLabel } from '../../src/machines/labels/options.ts'
import { translator } from '../../src/machines/texts/translate.ts'
import type { ControlledUser } from '../../src/sandbox/telegram/control-types.ts'
import type { SeenMessage } from '../../src/sandbox/telegram/seen-message.ts'
import type { FakeTelegram } from '../../src/sandbox/telegram/server.ts'
import { createDb } from '../../src/store/db.ts'
import { bookMovements } from '../../src/store/ledger.ts'
import { recordUsers } from '../../src/store/users.ts'
import { pngImage } from '../sandbox/telegram/support/images.ts'

export const say = translator('ru')

/** Models whose orders take different ways: what each of them asks for, in order. */
export const ORDERS = {
  free: { slug: 'z-image', asks: ['words', 'ratio'], kopecks: 0 },
  paid: { slug: 'google-imagen4-fast', asks: ['words'], kopecks: 314 },
  photo: { slug: 'recraft-remove-background', asks: ['photo'], kopecks: 79 },
} as const

export type OrderName = keyof typeof ORDERS

/** A person who orders something and looks at what comes. */
export interface Shopper {
  readonly id: number
  readonly user: ControlledUser
  /** Presses the newest button with this label as soon as it is there; returns the tap's id. */
  tap(label: string): Promise<string>
  /** From the deep link to the preview. */
  toPreview(order: OrderName): Promise<void>
  /** Presses the button that starts the order. */
  confirm(): Promise<string>
  /** The results in the chat. */
  results(): SeenMessage[]
  /** Resolves with the newest message of the bot that has these words, as soon as there is one. */
  hears(words: string): Promise<SeenMessage>
  /** Resolves with the newest message that has this button, as soon as there is one. */
  sees(label: string): Promise<SeenMessage>
}

/** A user of the fake Telegram who speaks Russian. */
export function createShopper({ control }: FakeTelegram, id: number): Shopper {
  const user = control.user(id, { languageCode: 'ru' })
  const fromBot = () => user.chat().filter((message) => message.from === 'bot')
  const wordsOf = ({ text, caption }: SeenMessage) => text ?? caption ?? ''

  const waitForMessage = (what: string, fits: (message: SeenMessage) => boolean) =>
    control
      .waitFor(() => fromBot().findLast(fits))
      .catch((cause) => {
        const seen = fromBot().slice(-3).map(wordsOf).join(' | ')
        throw new Error(`waited for ${what}, saw: ${seen}`, { cause })
      })

  const sees = (label: string) =>
    waitForMessage(`the button "${label}"`, ({ keyboard }) =>
      keyboard.flat().some((button) => button.text === label),
    )
  const hears = (words: string) =>
    waitForMessage(`"${words}"`, (message) => wordsOf(message).includes(words))

  async function tap(label: string): Promise<string> {
    const { id: messageId } = await sees(label)
    return user.tap(messageId, label)
  }

  return {
    id,
    user,
    tap,
    sees,
    hears,
    async toPreview(order) {
      const { slug, asks } = ORDERS[order]
      user.sendCommand('start', `m_${slug}`)
      await tap(say('card.begin'))
      for (const input of asks) {
        if (input === 'words') {
          await hears(say('ask.words'))
          user.sendText('кот в сапогах')
        } else if (input === 'photo') {
          await hears(say('ask.photo'))
          await user.sendPhoto(pngImage(300, 300))
        } else {
          await tap(optionLabel(modelOf(slug), 'aspect_ratio', '1:1', 'ru'))
        }
      }
      await sees(say('preview.run'))
    },
    confirm: () => tap(say('preview.run')),
    results: () => fromBot().filter(({ media }) => media !== undefined),
  }
}

function modelOf(slug: string) {
  const model = modelBySlug(slug)
  if (model === undefined) throw new Error(`no model ${slug}`)
  return model
}

/** A text as it is shown, without markup. */
export const plain = (html: string): string => html.replace(/<[^>]+>/g, '')

/** Puts money on a user's account, as a payment would. */
export async function topUp(pool: pg.Pool, userId: number, kopecks: number): Promise<void> {
  const db = createDb(pool)
  await recordUsers(db, [{ id: userId, language: 'ru', blocked: false }])
  await bookMovements(db, [{ userId, kind: 'top_up', ref: `test:${userId}:${kopecks}`, kopecks }])
}
