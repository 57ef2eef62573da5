import type { Model } from '../../catalogue/catalogue.ts'
import { modelTitle } from '../../labels/models.ts'
import type { Scene, ShareButton } from './screen.ts'

/** Recommends a model: whoever opens the link comes to its card. */
export const shareButton = ({ t, language }: Scene, model: Model): ShareButton => ({
  label: t('nav.share'),
  share: { start: `m_${model.slug}`, text: modelTitle(model, language) },
})
