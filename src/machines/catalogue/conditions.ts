import type { Model } from './catalogue.ts'
import type { Condition, Scalar } from './schema.ts'

/** Limits that the answers so far put on another field. */
export interface FieldLimits {
  readonly allowed?: readonly Scalar[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxLength?: number
  readonly maximum?: number
  /** Most seconds of all scenes together. */
  readonly maxTotal?: number
}

/** What a model's conditions demand next to the answers so far. */
export interface Demands {
  readonly required: ReadonlySet<string>
  readonly forbidden: ReadonlySet<string>
  readonly limits: ReadonlyMap<string, FieldLimits>
}

type Values = Readonly<Record<string, unknown>>

/**
 * Applies `required`, `allOf` with `if`/`then`/`else`, and `oneOf` to what is known so far. Fields
 * that `reachable` refuses can't be answered, so branches which need them are out.
 */
export function demandsOf(
  { input }: Model,
  values: Values,
  reachable: (field: string) => boolean,
): Demands {
  const required = new Set(input.required)
  const forbidden = new Set<string>()
  const limits = new Map<string, FieldLimits>()
  const apply = (condition: Condition | undefined) => {
    for (const field of condition?.required ?? []) required.add(field)
    for (const field of excludedBy(condition?.not, values)) forbidden.add(field)
    const branch = neededBranch(condition?.anyOf)
    for (const field of branch?.required ?? []) required.add(field)
    for (const [field, c] of Object.entries(condition?.properties ?? {})) {
      limits.set(field, narrowed(limits.get(field), c))
    }
  }
  /** Of several ways of which one must be taken: none as soon as one is, else the first. */
  const neededBranch = (ways: readonly Condition[] = []): Condition | undefined =>
    ways.some((way) => (way.required ?? []).every((f) => f in values))
      ? undefined
      : ways.find((way) => (way.required ?? []).every(reachable))
  // What hangs on a question that is still to be asked is neither true nor false yet.
  const isOpen = ({ properties = {} }: Condition) =>
    Object.keys(properties).some((f) => input.required.includes(f) && !(f in values))
  const branches = (input.oneOf ?? []).filter(
    (b) =>
      (b.required ?? []).every((f) => f in values || reachable(f)) &&
      !(b.not && holds(b.not, values, new Set())),
  )
  if (branches.length === 1) apply(branches[0])
  for (const condition of input.allOf ?? []) {
    if (condition.if === undefined) apply(condition)
    else if (!isOpen(condition.if))
      apply(holds(condition.if, values, required) ? condition.then : condition.else)
  }
  forbidDependents(input.allOf, forbidden)
  for (const rule of input['x-constraints'] ?? []) applySum(rule, input.properties, values, limits)
  return { required, forbidden, limits }
}

/** What is of use only together with a forbidden field is forbidden too: a last frame without a first. */
function forbidDependents(conditions: readonly Condition[] = [], forbidden: Set<string>): void {
  for (const { if: given, then } of conditions) {
    const isPlain = given?.properties === undefined && given?.not === undefined
    if (!isPlain || !(then?.required ?? []).some((field) => forbidden.has(field))) continue
    for (const field of given?.required ?? []) forbidden.add(field)
  }
}

/** The one rule of the catalogue that JSON Schema has no words for. */
const SUM_RULE = /^sum of (\w+)\[\]\.(\w+) must not exceed (\w+)$/

/**
 * Scenes may together be as long as the longest choice; of the choices only those stay that hold
 * the scenes there are.
 */
function applySum(
  rule: string,
  properties: Model['input']['properties'],
  values: Values,
  limits: Map<string, FieldLimits>,
): void {
  const [, list = '', part = '', bound = ''] = SUM_RULE.exec(rule) ?? []
  const bounds = properties[bound]?.enum
  if (bounds === undefined) return
  limits.set(list, { ...limits.get(list), maxTotal: Math.max(...bounds.map(Number)) })
  const items = Array.isArray(values[list]) ? values[list] : []
  const total = items.reduce<number>((sum, item) => sum + Number(item?.[part] ?? 0), 0)
  const enough = bounds.filter((b) => Number(b) >= Math.round(total * 1000) / 1000)
  limits.set(bound, narrowed(limits.get(bound), { enum: enough }))
}

/** Whether a condition is true; `certain` fields count as given although their value is open. */
function holds(condition: Condition, values: Values, certain: ReadonlySet<string>): boolean {
  const given = (f: string) =>
    f in values || (certain.has(f) && condition.properties?.[f] === undefined)
  if (!(condition.required ?? []).every(given)) return false
  if (condition.not && holds(condition.not, values, certain)) return false
  if (condition.anyOf && !condition.anyOf.some((c) => holds(c, values, certain))) return false
  return Object.entries(condition.properties ?? {}).every(([field, c]) => {
    if (!(field in values)) return true
    const value = values[field]
    return (
      (c.const === undefined || c.const === value) && (!c.enum || c.enum.some((v) => v === value))
    )
  })
}

/** Fields that a `not` forbids next to the values: of those that exclude each other, what is left. */
function excludedBy(not: Condition | undefined, values: Values): readonly string[] {
  if (not === undefined) return []
  if (not.anyOf) return not.anyOf.flatMap((one) => excludedBy(one, values))
  const fields = not.required ?? []
  if (not.properties !== undefined) return []
  const open = fields.filter((field) => !(field in values))
  // All of them at once: the last one goes.
  if (open.length === 0) return fields.slice(-1)
  return open.length === 1 ? open : []
}

function narrowed(
  before: FieldLimits = {},
  c: NonNullable<Condition['properties']>[string],
): FieldLimits {
  const options = c.const === undefined ? c.enum : [c.const]
  const allowed =
    options && before.allowed ? options.filter((v) => before.allowed?.includes(v)) : options
  return {
    ...before,
    ...(allowed && { allowed }),
    ...(c.minItems !== undefined && { minItems: c.minItems }),
    ...(c.maxItems !== undefined && { maxItems: Math.min(c.maxItems, before.maxItems ?? 99) }),
    ...(c.maxLength !== undefined && { maxLength: c.maxLength }),
    ...(c.maximum !== undefined && { maximum: c.maximum }),
  }
}
