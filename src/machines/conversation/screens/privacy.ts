import { formatRub } from '../../catalogue/pricing.ts'
import { isOpen } from '../privacy.ts'
import { waitScreen } from './run.ts'
import { asideRows, backRow, button, lines, type Scene, type Screen } from './screen.ts'

export function privacyScreen(scene: Scene): Screen {
  const { t, view } = scene
  const { kept } = view
  return {
    text: lines(
      t('privacy.body'),
      '',
      t('privacy.partners'),
      ...(kept === undefined ? [] : ['', t('privacy.kept', { ...kept })]),
      '',
      t('privacy.yours'),
    ),
    keyboard: [
      [button(t('privacy.export'), { type: 'export.wanted' })],
      [button(t('privacy.erase'), { type: 'erasure.opened' })],
      [button(t('privacy.terms'), { type: 'terms.opened' })],
      ...asideRows(scene),
    ],
  }
}

/** What would be lost, or what must end first. */
export function eraseScreen(scene: Scene): Screen | null {
  const { t, language, context, view } = scene
  const facts = context.account?.erasure
  if (facts === undefined) return waitScreen(scene)
  const { running, payments, debtKopecks, kopecks, freeLeft } = facts
  const rub = (amount: number) => formatRub(amount, language)
  const open = isOpen(facts)
  return {
    text: lines(
      t('privacy.sure'),
      '',
      kopecks > 0 && t('privacy.money', { amount: rub(kopecks) }),
      freeLeft > 0 && t('privacy.free', { count: freeLeft }),
      '',
      open && t('privacy.open'),
      running > 0 && t('privacy.running', { count: running }),
      payments > 0 && t('privacy.payments', { count: payments }),
      debtKopecks > 0 && t('privacy.debt', { amount: rub(debtKopecks) }),
      '',
      !open && t('privacy.back', { days: view.kept?.erasedMarks ?? '' }),
    ),
    keyboard: [
      [
        open
          ? button(t('privacy.again'), { type: 'erasure.opened' })
          : button(t('privacy.agree'), { type: 'erasure.agreed' }),
      ],
      [button(t('privacy.export'), { type: 'export.wanted' })],
      backRow(scene),
    ],
  }
}
