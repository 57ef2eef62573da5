import type { Model } from '../../catalogue/catalogue.ts'
import { modelTitle } from '../../labels/models.ts'
import { modelLink, templateLink } from '../start-links.ts'
import type { TemplateCard } from '../templates/template.ts'
import type { Scene, ShareButton } from './screen.ts'

/** Recommends a model: whoever opens the link comes to its card, by the sharer's invitation. */
export const shareButton = ({ t, language, context }: Scene, model: Model): ShareButton => ({
  label: t('nav.share'),
  share: { start: modelLink(model.slug, context.userId), text: modelTitle(model, language) },
})

/** Passes on a template, or what somebody shared; whoever opens the link comes to the very same. */
export const templateShareButton = (
  { t, context }: Scene,
  { source, id, title }: TemplateCard,
): ShareButton => ({
  label: t('nav.share'),
  share: { start: templateLink(source, id, context.userId), text: title },
})
