import { formatRub } from '../../catalogue/pricing.ts'
import { starsFor } from '../../topup/amounts.ts'
import { enoughFor } from './enough.ts'
import { freeLines, remindRow } from './free.ts'
import { waitScreen } from './run.ts'
import { asideRows, button, lines, type Scene, type Screen } from './screen.ts'
import { momentText } from './time.ts'
import { topupButtons } from './topup.ts'

/** Money available and on hold, as soon as it is read. */
export function balanceScreen(scene: Scene): Screen | null {
  const { t, language, context, view } = scene
  const balance = context.account?.balance
  if (balance === undefined) return waitScreen(scene)
  const { availableKopecks, bonusKopecks, heldKopecks, waiting = [], free } = balance
  const kopecks = availableKopecks + bonusKopecks
  const enough = enoughFor(scene, kopecks)
  const isQuiet = context.account?.isQuiet === true
  return {
    text: lines(
      t('balance.title'),
      '',
      t('balance.available', { amount: formatRub(kopecks, language, view.rates) }),
      bonusKopecks > 0 && t('balance.bonus', { amount: formatRub(bonusKopecks, language) }),
      language === 'en' && view.topup !== undefined && kopecks > 0 && starsLine(scene, kopecks),
      enough !== '' && t('balance.enough', { enough }),
      heldKopecks > 0 && t('balance.held', { amount: formatRub(heldKopecks, language) }),
      ...waiting.map(({ kopecks, at }) =>
        t('balance.waiting', {
          amount: formatRub(kopecks, language),
          when: momentText(at, language),
        }),
      ),
      heldKopecks > 0 && '',
      heldKopecks > 0 && t('balance.note'),
      '',
      ...freeLines(scene, free),
    ),
    keyboard: [
      ...topupButtons(scene).map((one) => [one]),
      ...remindRow(scene, free),
      [
        button(t('entries.open'), { type: 'entries.opened' }),
        button(t('promo.open'), { type: 'promo.opened' }),
      ],
      [button(t('invite.open'), { type: 'invite.opened' })],
      [
        isQuiet
          ? button(t('balance.remindersOn'), { type: 'reminders.wanted' })
          : button(t('balance.remindersOff'), { type: 'reminders.unwanted' }),
      ],
      ...asideRows(scene),
    ],
  }
}

/** People outside Russia buy Stars: what the balance is in them. */
const starsLine = ({ t, view }: Scene, kopecks: number): string =>
  t('balance.stars', { stars: starsFor(kopecks, view.topup?.starsPerRub ?? 1) })

export function helpScreen(scene: Scene): Screen {
  const { t, view } = scene
  const support = view.support && t('help.support', { support: view.support })
  return {
    text: lines(t('help.title'), '', t('help.body'), '', support),
    keyboard: [
      [button(t('support.open'), { type: 'support.opened' })],
      [
        button(t('news.open'), { type: 'news.opened' }),
        button(t('privacy.title'), { type: 'privacy.opened' }),
      ],
      ...asideRows(scene),
    ],
  }
}

/** What is new in this version, and the way out of such news. */
export function newsScreen(scene: Scene): Screen {
  const { t, context } = scene
  const isOff = context.account?.news === 'off'
  return {
    text: lines(t('news.title'), '', t('news.body'), '', t(isOff ? 'news.off' : 'news.on')),
    keyboard: [
      [
        isOff
          ? button(t('news.accept'), { type: 'news.accepted' })
          : button(t('news.decline'), { type: 'news.declined' }),
      ],
      ...asideRows(scene),
    ],
  }
}

export function languageScreen(scene: Scene): Screen {
  const { t } = scene
  return {
    text: t('language.title'),
    keyboard: [
      [
        button(t('language.ru'), { type: 'language.chosen', language: 'ru' }),
        button(t('language.en'), { type: 'language.chosen', language: 'en' }),
      ],
      ...asideRows(scene),
    ],
  }
}
