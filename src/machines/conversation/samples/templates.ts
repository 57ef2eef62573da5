import { filesForTask, shippedTemplates } from '../../catalogue/templates.ts'
import type { Effect } from '../../engine/definition.ts'
import type { ConversationEvent } from '../events.ts'
import type { TemplateCard, TemplateSource } from '../templates/template.ts'

type Params = Effect['params']

/** The templates that ship with the program, as an admin sees them. */
const CARDS: readonly TemplateCard[] = shippedTemplates.map((one, i) => ({
  ...{ source: 'template', id: one.id, title: one.title.ru, task: one.task, modelId: one.model },
  ...{ answers: one.answers, words: one.words?.ru ?? null, files: [...filesForTask(one.task)] },
  ...{ hasExample: i % 2 === 0, isOn: i !== 6 },
}))

/** A picture that somebody shared without their words. */
const SHARED: Omit<TemplateCard, 'id'> = {
  ...{ source: 'share', title: 'Z-Image <3>', task: null, modelId: 'z-image' },
  ...{ answers: { aspect_ratio: '1:1' }, words: null, files: [], hasExample: true, isOn: true },
}

/** What may be said to the screens of templates, the pleasant first. */
export const TEMPLATE_ANSWERS: Readonly<Record<string, (params: Params) => ConversationEvent[]>> = {
  'templates.request': ({ task }) => {
    const of = (task ?? null) as string | null
    const lines = CARDS.filter((card) => of === null || card.task === of)
    return [
      { type: 'templates.read', task: of, lines: [...lines] },
      { type: 'templates.read', task: of, lines: [] },
    ]
  },
  'template.request': (params) => {
    const { source, id } = params as { source: TemplateSource; id: string }
    const card = source === 'share' ? { ...SHARED, id } : CARDS.find((one) => one.id === id)
    return [
      { type: 'template.read', source, id, card: card ?? null },
      { type: 'template.read', source, id, card: null },
    ]
  },
  'template.show': () => [{ type: 'template.shown' }],
  'admin.template': () => [
    { type: 'template.settled', isDone: true },
    { type: 'template.settled', isDone: false },
  ],
  'admin.template_decide': () => [
    { type: 'template.settled', isDone: true },
    { type: 'template.settled', isDone: false },
  ],
}
