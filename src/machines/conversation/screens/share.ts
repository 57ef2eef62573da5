import type { Model } from '../../catalogue/catalogue.ts'
import { exampleOf } from '../../catalogue/pricing.ts'
import { modelTitle } from '../../labels/models.ts'
import { canBeBegun } from '../order/offer.ts'
import { modelLink, templateLink } from '../start-links.ts'
import type { TemplateCard } from '../templates/template.ts'
import { type Button, button, type Scene, type ShareButton } from './screen.ts'

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

/** What the first of these models that has an example makes, to be made in the same way. */
export function exampleRows({ t, view }: Scene, models: readonly Model[]): Button[][] {
  const shown = models.find(({ id }) => exampleOf(id, view.rates) !== undefined)
  const id = shown && canBeBegun(shown, view.rates) ? exampleOf(shown.id, view.rates) : undefined
  return id === undefined ? [] : [[button(t('card.example'), { type: 'example.opened', id })]]
}
