import { nameById, titleById } from '../../labels/models.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { waitScreen } from './run.ts'
import { asideRows, button, lines, type Scene, type Screen } from './screen.ts'
import { clockText, momentText } from './time.ts'

/** How the thread stands, and the orders that a question may be about. */
export function supportScreen(scene: Scene): Screen | null {
  const { t, language, context, view } = scene
  const desk = context.account?.support
  if (desk === undefined) return waitScreen(scene)
  const { state, answeredBy, orders, about } = desk
  const chosen = orders.find(({ jobId }) => jobId === about)
  const isOpen = state === 'waiting' || state === 'answered'
  return {
    text: lines(
      t('support.title'),
      '',
      state === 'waiting' && t('support.waiting'),
      state === 'answered' && t('support.answered', { name: answeredBy ?? '' }),
      !isOpen && t('support.ask'),
      chosen !== undefined && '',
      chosen !== undefined &&
        t('support.about', {
          order: `${escapeHtml(titleById(chosen.modelId, language))} · ${momentText(chosen.at, language)}`,
        }),
      view.support !== null && '',
      view.support !== null && t('support.direct', { support: view.support }),
    ),
    keyboard: [
      ...orders.map((order) => {
        const isChosen = order === chosen
        // In a button the time must be seen.
        const label = `${isChosen ? '✅' : '📎'} ${nameById(order.modelId)} · ${clockText(order.at, language)}`
        return [button(label, { type: 'support.about', order: isChosen ? null : order.jobId })]
      }),
      ...(isOpen ? [[button(t('support.close'), { type: 'support.closed' as const })]] : []),
      ...asideRows(scene),
    ],
  }
}
