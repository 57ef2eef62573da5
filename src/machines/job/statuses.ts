import { isTagged, statesTagged } from '../engine/tags.ts'
import { jobMachine } from './machine.ts'
import type { JobTag } from './setup.ts'

/** Whether a job in this state, as journal and rows name it, has the tag; false for unknown states. */
export const isJob = (status: string, tag: JobTag): boolean => isTagged(jobMachine, status, tag)

const tagged = (tag: JobTag): readonly string[] => statesTagged(jobMachine, tag)

/** Statuses of the jobs' rows by their tags, for queries. */
export const JOB_STATUSES = {
  ended: tagged('ended'),
  succeeded: tagged('succeeded'),
  failed: tagged('failed'),
  queued: tagged('queued'),
}
