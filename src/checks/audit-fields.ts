import { allModels, isSold, type Model } from '../machines/catalogue/catalogue.ts'
import { questionsOf, requiredNow } from '../machines/catalogue/questions.ts'
import { type Finding, ok } from './run-checks.ts'

/** The enum fields that the founding documents name; all of them are asked by buttons. */
const FOUNDING_ENUMS = [
  ...['aspect_ratio', 'image_size', 'style', 'quality'],
  ...['output_format', 'resolution', 'duration', 'acceleration'],
]

/** The part of the audit about inputs: `enum_fields` and `free_inputs` of AUDIT_RESULT.json. */
export interface AuditFields {
  /** On how many models on sale a field is a choice between given values; the founding ones first. */
  readonly enum_fields: Readonly<Record<string, number>>
  /** What each free model asks for before it can be ordered. */
  readonly free_inputs: Readonly<Record<string, readonly string[]>>
}

export function auditFields(models: readonly Model[] = allModels.filter(isSold)): AuditFields {
  const enums = models.flatMap((model) =>
    questionsOf(model)
      .filter(({ options = [] }) => options.length > 0)
      .map(({ field }) => field),
  )
  const counted = Map.groupBy(enums, (field) => field)
  const others = [...counted.keys()].filter((field) => !FOUNDING_ENUMS.includes(field)).sort()
  return {
    enum_fields: Object.fromEntries(
      [...FOUNDING_ENUMS, ...others].map((field) => [field, counted.get(field)?.length ?? 0]),
    ),
    free_inputs: Object.fromEntries(
      models.filter(({ free }) => free).map((model) => [model.id, requiredNow(model, {})]),
    ),
  }
}

/** The same for people. */
export function auditFieldLines(): Finding[] {
  const { enum_fields, free_inputs } = auditFields()
  const founding = FOUNDING_ENUMS.map((field) => `${field} ${enum_fields[field]}`).join(', ')
  return [
    ok(
      `choices by buttons: ${founding}, and ${Object.keys(enum_fields).length - FOUNDING_ENUMS.length} more fields`,
    ),
    ...Object.entries(free_inputs).map(([id, fields]) => ok(`${id} asks for ${fields.join(', ')}`)),
  ]
}
