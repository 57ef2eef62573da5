import type { Model } from '../../machines/catalogue/catalogue.ts'
import { families as facts } from '../../machines/catalogue/family-facts.ts'
import { createFamily, type Family } from './family.ts'
import { parseTaskStatus, type TaskStatus, unwrap } from './status.ts'

const families = new Map(facts.map((family) => [family.id, createFamily(family)]))

/** The family of this name; the catalogue holds no model of a family that has no file. */
export const familyNamed = (name: string): Family => {
  const found = families.get(name)
  if (found === undefined) throw new RangeError(`there is no family ${name}`)
  return found
}

/** The API that a model is ordered through. */
export const familyOf = ({ family }: Pick<Model, 'family'>): Family => familyNamed(family)

/**
 * Reads a callback of any family; never throws. The body itself tells its dialect: only the common
 * family has `state`, and each other family's file names its own marks. That is safe because a
 * family's rule for "done" applies only where its own mark stands, and a body with no mark keeps the
 * job waiting. It is also better than asking for the job's model: no query before a callback is
 * stored, and the old APIs may move to the common shape on any day.
 */
export const parseCallback = (body: unknown): TaskStatus => {
  const task = unwrap(body).slice(0, 2)
  if (task.some(({ state }) => typeof state === 'string')) return parseTaskStatus(body)
  for (const { readCallback } of families.values()) {
    const read = readCallback(body)
    if (read !== undefined) return read
  }
  return parseTaskStatus(body)
}
