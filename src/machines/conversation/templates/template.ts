import { fillGaps, gapsOf } from '../../catalogue/gaps.ts'
import type { MediaKind } from '../../catalogue/media.ts'
import type { Answers } from '../../catalogue/payload.ts'

/** What an order can be made like: a template, or a result that somebody shared. */
export type TemplateSource = 'template' | 'share'

/** All that is needed to order the same. */
export interface TemplateCard {
  source: TemplateSource
  /** Of a template its id; of a shared result the secret of its link. */
  id: string
  /** Of a shared result its model's name. */
  title: string
  /** The task under which it stands; null: none. */
  task: string | null
  modelId: string
  /** Every choice; neither words nor files. */
  answers: Answers
  /** With gaps; null: whoever orders brings their own, or none are needed. */
  words: string | null
  /** What whoever orders must send. */
  files: MediaKind[]
  /** A picture, film or sound that was made with it can be shown. */
  hasExample: boolean
  /** Offered to everybody; admins see the others, too. */
  isOn: boolean
}

/** A template in a list. */
export type TemplateLine = Pick<TemplateCard, 'id' | 'title' | 'isOn' | 'hasExample'>

/** Where somebody is among the templates; each part as soon as it is read. */
export interface Templates {
  /** Only those of one task; null: all. */
  task: string | null
  page: number
  lines: TemplateLine[] | null
  /** What is being read or shown. */
  asked: { source: TemplateSource; id: string } | null
  card: TemplateCard | null
  /** Where its example was asked for; absent: it was chosen among the templates. */
  from?: 'card' | 'wish'
}

export const openTemplates = (task: string | null): Templates => ({
  ...{ task, page: 0, lines: null, asked: null, card: null },
})

/** What a wish keeps of the template that it was begun from. */
export interface TemplateInUse {
  title: string
  /** With gaps. */
  words: string | null
  /** What was said for the gaps so far. */
  filled: string[]
  files: MediaKind[]
}

/** The question of the next gap; undefined: nothing is left open. */
export const openGap = ({ words, filled }: TemplateInUse): string | undefined =>
  gapsOf(words ?? '')[filled.length]

/** The words with what was said for the gaps; null while one is open, or where there are none. */
export const filledWords = (template: TemplateInUse): string | null =>
  template.words === null || openGap(template) !== undefined
    ? null
    : fillGaps(template.words, template.filled)
