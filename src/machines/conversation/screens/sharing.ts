import { titleById } from '../../labels/models.ts'
import type { Results } from '../results/results.ts'
import { SHARE_QUERY, templateLink } from '../start-links.ts'
import { orderAsTemplate } from '../templates/order-as-template.ts'
import { waitScreen } from './run.ts'
import { backRow, button, lines, quoted, type Scene, type Screen } from './screen.ts'

const WORDS_SHOWN = 300

/** A link to a result; what others will see of it is said before it goes out. */
export function sharingScreen(scene: Scene): Screen | null {
  const { t, context, language } = scene
  const { card, share } = context.results as Results
  if (card === null || share === undefined || share.stored === null) return waitScreen(scene)
  const { secret, withWords } = share.stored
  const { words } = orderAsTemplate(card.modelId, card.answers)
  const start = templateLink('share', secret, context.userId)
  const text = t('share.words', { model: titleById(card.modelId, language) })
  return {
    text: lines(
      t('share.title'),
      '',
      t('share.how'),
      t('share.invite'),
      '',
      words !== null &&
        t(withWords ? 'share.shown' : 'share.hidden', { words: quoted(words, WORDS_SHOWN) }),
      t('share.files'),
    ),
    keyboard: [
      [
        { label: t('share.link'), share: { start, text, query: `${SHARE_QUERY}${secret}` } },
        { label: t('nav.copyLink'), copy: { start } },
      ],
      ...(card.files.length > 0
        ? [[button(t('share.card'), { type: 'share.sent' as const })]]
        : []),
      ...(words === null
        ? []
        : [
            [
              button(t(withWords ? 'share.hide' : 'share.show'), {
                type: 'share.changed' as const,
                withWords: !withWords,
              }),
            ],
          ]),
      backRow(scene),
    ],
  }
}
