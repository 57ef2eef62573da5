import { type Model, modelById } from '../../catalogue/catalogue.ts'
import { mediaTakers, outputKind } from '../results/compatible-models.ts'
import { type Button, button, type Scene, type ShareButton } from './screen.ts'
import { shareButton } from './share.ts'

/** What can be done next when a job has ended, well or not. */
export function endingRows(scene: Scene): (Button | ShareButton)[][] {
  const { t, context, view } = scene
  const { ending, results, jobId } = context
  const failed = ending !== null && ending.error !== null
  const model = modelById(ending?.modelId ?? '')
  const other = button(t('done.other'), { type: 'menu.pressed' })
  const again = button(t(failed ? 'failed.again' : 'done.again'), { type: 'repeat.pressed' })
  const change = button(t('done.change'), { type: 'change.pressed' })
  if (failed || model === undefined) return [[again, change], [other]]
  const saved = results?.jobId === jobId && results.saved
  return [
    ...inPairs([
      again,
      change,
      mediaTakers(outputKind(model.id), view.rates).length > 0 &&
        button(t('done.use'), { type: 'use.opened' }),
      hasOriginal(model) && button(t('done.original'), { type: 'original.pressed' }),
      favouriteButton(scene, saved),
      shareButton(scene, model),
    ]),
    [other],
  ]
}

/** Rows of two; what is not to be shown is left out. */
export const inPairs = (buttons: readonly (Button | ShareButton | false)[]) => {
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
