import type { MediaKind } from '../../catalogue/media.ts'
import { taskById } from '../../catalogue/picks.ts'
import type { Purpose } from './message-taps.ts'

/** What one tap makes of a result besides the same again: tasks of the picks, by the kind of the result. */
const TASKS: Readonly<Partial<Record<Purpose, Partial<Record<MediaKind, string>>>>> = {
  enhance: { image: 'upscale', video: 'sharpenVideo' },
  animate: { image: 'animate' },
}

/** The task of the picks for a result of this kind; undefined: there is none. */
export function followUpTask(purpose: Purpose, kind: MediaKind | undefined): string | undefined {
  const task = kind && TASKS[purpose]?.[kind]
  return taskById(task ?? null)?.id
}
