import type { Model } from '../../catalogue/catalogue.ts'
import { type AnyButton, type Button, button, type Scene } from './screen.ts'

/** What can be done next when a job has ended; a result has its own buttons on its message. */
export function endingRows({ t, context: { ending } }: Scene): Button[][] {
  const other = button(t('done.other'), { type: 'menu.pressed' })
  if (!ending?.error) return [[other]]
  return [
    [
      button(t('failed.again'), { type: 'repeat.pressed' }),
      button(t('done.change'), { type: 'change.pressed' }),
    ],
    [other],
  ]
}

/** Rows of two; what is not to be shown is left out. */
export const inPairs = (buttons: readonly (AnyButton | false)[]) => {
  const shown = buttons.filter((b) => b !== false)
  return shown.flatMap((b, i) => (i % 2 === 0 ? [[b, ...shown.slice(i + 1, i + 2)]] : []))
}

/** Photos and films are compressed in the chat; the other kinds arrive as they were made. */
export const hasOriginal = (model: Model | undefined): boolean =>
  model?.output === 'image' || model?.output === 'video'

export const favouriteButton = ({ t }: Scene, saved: boolean): Button =>
  saved
    ? button(t('done.forget'), { type: 'result.forgotten' })
    : button(t('done.save'), { type: 'result.saved' })
