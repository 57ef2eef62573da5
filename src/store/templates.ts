import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { TemplateRow } from './schema.ts'

/** What admins decided about a template, also about one that ships with the program. */
export interface TemplateSettings {
  isOn: boolean
  /** Its example: files by Telegram's ids, which live for ever; null: none. */
  example: unknown
}

/** All templates that admins made, oldest first, and what was decided about these and others. */
export async function readTemplates(
  db: Db,
): Promise<{ rows: Selectable<TemplateRow>[]; settings: ReadonlyMap<string, TemplateSettings> }> {
  const [rows, settings] = await Promise.all([
    db.selectFrom('templates').selectAll().orderBy('created_at').orderBy('id').execute(),
    db.selectFrom('template_settings').select(['template_id', 'is_on', 'example']).execute(),
  ])
  return {
    rows,
    settings: new Map(
      settings.map((one) => [one.template_id, { isOn: one.is_on, example: one.example }]),
    ),
  }
}

/**
 * Templates that are switched on and have an example, the newest decision first; `modelId` is null for those
 * that ship with the program.
 */
export const readExamples = (db: Db): Promise<{ id: string; modelId: string | null }[]> =>
  db
    .selectFrom('template_settings')
    .leftJoin('templates', 'templates.id', 'template_settings.template_id')
    .select(['template_settings.template_id as id', 'templates.model_id as modelId'])
    .where('is_on', '=', true)
    .where('example', 'is not', null)
    .orderBy('decided_at', 'desc')
    .orderBy('template_settings.template_id')
    .execute()

export interface NewTemplate {
  id: string
  title: string
  task: string | null
  model_id: string
  words: string | null
  made_by: number
  answers: object
  files: readonly string[]
  example: unknown
}

const jsonOf = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))

/** Stores a template, switched on; the same one again changes nothing. */
export async function saveTemplate(db: Db, made: NewTemplate): Promise<void> {
  const { example, answers, files, ...row } = made
  await db.transaction().execute(async (tx) => {
    const added = await tx
      .insertInto('templates')
      .values({ ...row, answers: JSON.stringify(answers), files: JSON.stringify(files) })
      .onConflict((oc) => oc.column('id').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (added === undefined) return
    await tx
      .insertInto('template_settings')
      .values({
        template_id: row.id,
        is_on: true,
        example: jsonOf(example),
        decided_by: row.made_by,
      })
      .execute()
  })
}

/** Switches a template on or off, or gives it another example; what is not named stays. */
export async function setTemplate(
  db: Db,
  id: string,
  change: Partial<TemplateSettings>,
  decidedBy: number,
): Promise<void> {
  const { isOn, example } = change
  await db
    .insertInto('template_settings')
    .values({
      template_id: id,
      is_on: isOn ?? true,
      example: jsonOf(example ?? null),
      decided_by: decidedBy,
    })
    .onConflict((oc) =>
      oc.column('template_id').doUpdateSet({
        ...(isOn === undefined ? {} : { is_on: isOn }),
        ...(example === undefined ? {} : { example: jsonOf(example) }),
        decided_by: decidedBy,
        decided_at: sql<Date>`now()`,
      }),
    )
    .execute()
}

/** The newest order of a model that a user got. */
export const lastResult = async (
  db: Db,
  { userId, modelId, statuses }: { userId: number; modelId: string; statuses: readonly string[] },
): Promise<string | undefined> =>
  (
    await db
      .selectFrom('jobs')
      .select('id')
      .where('user_id', '=', userId)
      .where('model_id', '=', modelId)
      .where('status', 'in', statuses)
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst()
  )?.id
