import type { ErrorObject, ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Model } from '../../machines/catalogue/catalogue.ts'
import { type Refusal, refuse } from './refusal.ts'

/** Checks an input against its model's JSON Schema as strictly as KIE does: nothing is coerced. */
export type CheckInput = (model: Model, input: unknown) => Refusal | undefined

/** A checker that compiles each model's schema once, when it is first asked for. */
export function createInputCheck(): CheckInput {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true })
  formats.default(ajv)
  const compiled = new Map<string, ValidateFunction>()
  const validatorOf = (model: Model) => {
    const validate = compiled.get(model.id) ?? ajv.compile(model.wire?.schema ?? model.input)
    compiled.set(model.id, validate)
    return validate
  }
  return (model, input) => {
    if (input === null || input === undefined) return refuse(422, 'The input cannot be null')
    const validate = validatorOf(model)
    if (!validate(input)) return refuse(422, sentence(validate.errors?.[0]))
    const old = Object.keys(input).find((key) => model.input.properties[key]?.deprecated)
    return old === undefined ? undefined : refuse(422, `${old} is not supported`)
  }
}

function sentence(error: ErrorObject | undefined): string {
  if (!error) return 'The input is invalid'
  const field = error.instancePath.slice(1).replaceAll('/', '.')
  const inside = (name: string) => (field === '' ? name : `${field}.${name}`)
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'required':
      return `${inside(String(params.missingProperty))} is required`
    case 'additionalProperties':
      return `${inside(String(params.additionalProperty))} is not supported`
    case 'enum':
      return `${field} is not one of the allowed options: ${String(params.allowedValues)}`
    case 'type':
      return `${field === '' ? 'input' : field} must be of type ${String(params.type)}`
    default:
      return `${field === '' ? 'The input' : field} ${error.message ?? 'is invalid'}`
  }
}
