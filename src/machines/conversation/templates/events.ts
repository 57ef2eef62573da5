import type { TemplateDecision } from '../admin/template.ts'
import type { TemplateCard, TemplateLine, TemplateSource } from './template.ts'

/** Buttons around templates. */
export type TemplateTap =
  /** The templates of a task; null: all. */
  | { type: 'templates.opened'; task: string | null }
  | { type: 'template.opened'; id: string }
  /** What a model makes, on its card or below a wish: the template that has an example of it. */
  | { type: 'example.opened'; id: string }
  /** The same, please. */
  | { type: 'template.used' }
  /** For admins: where a new one stands. */
  | { type: 'template.placed'; task: string | null }
  | { type: 'template.decided'; what: TemplateDecision }
  | { type: 'admin.templates.opened' }

/** What is known of templates and shared results. */
export type TemplateNews =
  | { type: 'templates.read'; task: string | null; lines: TemplateLine[] }
  /** Null: there is none, or not for this person. */
  | { type: 'template.read'; source: TemplateSource; id: string; card: TemplateCard | null }
  /** Its example stands in the chat. */
  | { type: 'template.shown' }
  /** What an admin decided is done; false: it could not be. */
  | { type: 'template.settled'; isDone: boolean }
  /** Raw: the button below an admin's own result. */
  | { type: 'template.tapped'; jobId: string; queryId: string; messageId: number | null }
  /** An admin wants to make a template of this order. */
  | { type: 'template.begun'; jobId: string }
