import { z } from 'zod'
import { modelById } from '../../machines/catalogue/catalogue.ts'
import type { MediaKind } from '../../machines/catalogue/media.ts'
import type { Answers } from '../../machines/catalogue/payload.ts'
import { filesForTask, shippedTemplates } from '../../machines/catalogue/templates.ts'
import { roleOf, type Staff } from '../../machines/conversation/admin/roles.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { orderAsTemplate } from '../../machines/conversation/templates/order-as-template.ts'
import type {
  TemplateCard,
  TemplateSource,
} from '../../machines/conversation/templates/template.ts'
import { isJob, JOB_STATUSES } from '../../machines/job/statuses.ts'
import { modelTitle } from '../../machines/labels/models.ts'
import { type Language, translator } from '../../machines/texts/translate.ts'
import type { Db } from '../../store/db.ts'
import { readJob } from '../../store/jobs.ts'
import { readShare } from '../../store/shares.ts'
import { lastResult, readTemplates, saveTemplate, setTemplate } from '../../store/templates.ts'
import { type EffectAnswer, type EffectHandler, effectKey } from '../engine/effect.ts'
import type { TelegramApi } from '../telegram/api.ts'
import type { FloodGate } from '../telegram/flood.ts'
import type { StoredFile } from '../telegram/send-again.ts'
import { createAdminGate } from './admin.ts'
import { doneOrRefused, journalled } from './admin-journal.ts'
import {
  ASKED,
  BEGUN,
  chatTurn,
  declareEffect,
  declareQuestion,
  languageSchema,
  SECOND,
} from './declare.ts'
import type { EffectDeps } from './deps.ts'
import { showStored, storedFilesOf } from './show-stored.ts'

const sourceSchema = z.enum(['template', 'share'])
const listSchema = z.object({
  userId: z.int(),
  language: languageSchema,
  task: z.string().nullable(),
})
const cardSchema = z.object({
  userId: z.int(),
  language: languageSchema,
  source: sourceSchema,
  id: z.string(),
})
const showSchema = cardSchema.extend({ chatId: z.int() })
const makeSchema = z.object({
  userId: z.int(),
  /** Of the new template. */
  id: z.string(),
  jobId: z.string(),
  title: z.string(),
  words: z.string().nullable(),
  task: z.string().nullable(),
})
const decideSchema = z.object({
  userId: z.int(),
  id: z.string(),
  what: z.enum(['on', 'off', 'example', 'noExample']),
})

export interface TemplateDeps extends EffectDeps {
  staff: Staff
}

/** A template or a shared result, with its example. */
interface Found {
  card: TemplateCard
  example: readonly StoredFile[]
}

/** All templates: those of the program first, then those that admins made; switched off ones, too. */
async function allTemplates(db: Db, language: Language): Promise<Found[]> {
  const { rows, settings } = await readTemplates(db)
  const decided = (id: string) => {
    const { isOn = true, example = null } = settings.get(id) ?? {}
    const files = (example ?? []) as StoredFile[]
    return { isOn, files, hasExample: files.length > 0 }
  }
  const shipped = shippedTemplates.map((one): Found => {
    const { isOn, hasExample, files } = decided(one.id)
    const card = {
      ...{ source: 'template' as const, id: one.id, title: one.title[language], task: one.task },
      ...{ modelId: one.model, answers: one.answers, words: one.words?.[language] ?? null },
      ...{ files: [...filesForTask(one.task)], hasExample, isOn },
    }
    return { card, example: files }
  })
  const made = rows.map((row): Found => {
    const { isOn, hasExample, files } = decided(row.id)
    const card = {
      ...{ source: 'template' as const, id: row.id, title: row.title, task: row.task },
      ...{ modelId: row.model_id, answers: row.answers as Answers, words: row.words },
      ...{ files: row.files as MediaKind[], hasExample, isOn },
    }
    return { card, example: files }
  })
  return [...shipped, ...made]
}

/** What somebody shared: choices always, their words only if they wanted it, never their files. */
async function sharedResult(db: Db, id: string, language: Language): Promise<Found | undefined> {
  const share = await readShare(db, id)
  const job = share && (await readJob(db, share.jobId))
  const model = job && modelById(job.model_id)
  if (share === undefined || job === undefined || model === undefined) return undefined
  if (!isJob(job.status, 'succeeded')) return undefined
  const { answers, words, files } = orderAsTemplate(model.id, job.input as Answers)
  const example = await storedFilesOf(db, job)
  const card: TemplateCard = {
    ...{ source: 'share', id, title: modelTitle(model, language), task: null },
    ...{ modelId: model.id, answers, words: share.withWords ? words : null },
    ...{ files, hasExample: example.length > 0, isOn: true },
  }
  return { card, example }
}

const find = async (
  db: Db,
  { source, id, language }: { source: TemplateSource; id: string; language: Language },
): Promise<Found | undefined> =>
  source === 'share'
    ? sharedResult(db, id, language)
    : (await allTemplates(db, language)).find(({ card }) => card.id === id)

/** Tells the conversation which templates there are; those that are switched off only to admins. */
export const createTemplatesAnswer =
  ({ db, staff }: TemplateDeps): EffectAnswer<z.infer<typeof listSchema>> =>
  async ({ params: { userId, language, task } }): Promise<ConversationEvent> => {
    const isAdmin = roleOf(staff, userId) !== undefined
    const all = await allTemplates(db, language)
    const lines = all
      .map(({ card }) => card)
      .filter((card) => (card.isOn || isAdmin) && (task === null || card.task === task))
      .map(({ id, title, isOn, hasExample }) => ({ id, title, isOn, hasExample }))
    return { type: 'templates.read', task, lines }
  }

/** Tells the conversation all about one template or shared result; null: not for this person. */
export const createTemplateAnswer =
  ({ db, staff }: TemplateDeps): EffectAnswer<z.infer<typeof cardSchema>> =>
  async ({ params }): Promise<ConversationEvent> => {
    const { userId, source, id } = params
    const found = await find(db, params)
    const isAdmin = roleOf(staff, userId) !== undefined
    const card = found && (found.card.isOn || isAdmin) ? found.card : null
    return { type: 'template.read', source, id, card }
  }

/** Sends an example by Telegram's own ids; what Telegram doesn't know any more is left out. */
export const createShowTemplateHandler =
  (
    deps: EffectDeps & { api: TelegramApi; flood: FloodGate },
  ): EffectHandler<z.infer<typeof showSchema>> =>
  async (job) => {
    const { db, runtime } = deps
    const { chatId, language } = job.params
    const found = await find(db, job.params)
    const [first, ...others] = found?.example ?? []
    if (found !== undefined && first !== undefined) {
      const actor = `example:${effectKey(job)}`
      const caption = translator(language)('templates.example', { title: found.card.title })
      const files = [first, ...others] as const
      if (!(await showStored(deps, { actor, chatId, files, words: { caption } }))) return
    }
    const event: ConversationEvent = { type: 'template.shown' }
    await runtime.send({ actor: job.actor, key: `shown:${effectKey(job)}`, event })
  }

/** Makes a template of an admin's own order; its result is the example. */
export const createMakeTemplateHandler = (deps: TemplateDeps) =>
  createAdminGate(deps.staff)<z.infer<typeof makeSchema>>(async (job) => {
    const { runtime, db } = deps
    const { userId, id, jobId, title, task } = job.params
    const row = await readJob(db, jobId)
    const isTheirs = row?.user_id === userId && isJob(row.status, 'succeeded')
    if (isTheirs) {
      const { answers, words, files } = orderAsTemplate(row.model_id, row.input as Answers)
      const save = async () =>
        saveTemplate(db, {
          ...{ id, title, task, model_id: row.model_id, made_by: userId, answers, files },
          words: job.params.words ?? words,
          example: orNull(await storedFilesOf(db, row)),
        })
      const act = { userId, name: 'template.make', target: `template:${id}`, why: title }
      await journalled(deps, act, save, () => doneOrRefused(true))
    }
    const event: ConversationEvent = { type: 'template.settled', isDone: isTheirs }
    await runtime.send({ actor: job.actor, key: `template:${effectKey(job)}`, event })
  })

const orNull = (files: readonly StoredFile[]): readonly StoredFile[] | null =>
  files.length === 0 ? null : files

/** Switches a template on or off, or changes its example; it holds at once, on every instance. */
export const createDecideTemplateHandler = (deps: TemplateDeps) =>
  createAdminGate(deps.staff)<z.infer<typeof decideSchema>>(async (job) => {
    const { runtime, db } = deps
    const { userId, id, what } = job.params
    const found = await find(db, { source: 'template', id, language: 'ru' })
    const example = what === 'example' ? await newExample(found) : null
    const isDone = found !== undefined && (what !== 'example' || example !== null)
    const set = async () => {
      if (!isDone) return
      const isSwitch = what === 'on' || what === 'off'
      await setTemplate(db, id, isSwitch ? { isOn: what === 'on' } : { example }, userId)
    }
    const why = found?.card.title ?? id
    const act = { userId, name: `template.${what}`, target: `template:${id}`, why }
    await journalled(deps, act, set, () => doneOrRefused(isDone))
    const event: ConversationEvent = { type: 'template.settled', isDone }
    await runtime.send({ actor: job.actor, key: `template:${effectKey(job)}`, event })

    async function newExample(of: Found | undefined) {
      if (of === undefined) return null
      const statuses = JOB_STATUSES.succeeded
      const wanted = { userId, modelId: of.card.modelId, statuses }
      const jobId = await lastResult(db, wanted)
      const row = jobId === undefined ? undefined : await readJob(db, jobId)
      return row === undefined ? null : orNull(await storedFilesOf(db, row))
    }
  })

const settled = () => ({ type: 'template.settled', isDone: false })

export const templateEffects = [
  declareQuestion({
    name: 'templates.request',
    params: listSchema,
    delivery: 'once',
    queue: 'account',
    patience: ASKED,
    exhausted: null,
    answer: createTemplatesAnswer,
  }),
  declareQuestion({
    name: 'template.request',
    params: cardSchema,
    delivery: 'once',
    queue: 'account',
    patience: ASKED,
    exhausted: ({ source, id }) => ({ type: 'template.read', source, id, card: null }),
    answer: createTemplateAnswer,
  }),
  declareEffect({
    name: 'template.show',
    params: showSchema,
    delivery: 'once',
    queue: 'deliveries',
    // Asked for by a person who can ask again.
    patience: { attempts: 20, maxPauseMs: 30 * SECOND },
    turn: chatTurn,
    exhausted: () => ({ type: 'template.shown' }),
    handler: createShowTemplateHandler,
  }),
  declareEffect({
    name: 'admin.template',
    params: makeSchema,
    delivery: 'once',
    queue: 'admin',
    patience: BEGUN,
    exhausted: settled,
    handler: createMakeTemplateHandler,
  }),
  declareEffect({
    name: 'admin.template_decide',
    params: decideSchema,
    delivery: 'once',
    queue: 'admin',
    patience: BEGUN,
    exhausted: settled,
    handler: createDecideTemplateHandler,
  }),
] as const
