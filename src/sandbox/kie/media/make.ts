import type { ResultFile } from '../result-files.ts'
import type { Task, TaskResult } from '../task.ts'
import { drawPoster, promptOf } from './poster.ts'
import { render } from './render.ts'
import { playTune } from './sound.ts'

/** Makes what a task promises, stores the files and says where they are. */
export function createMediaMaker(deps: { put: (file: ResultFile) => string }) {
  return async (task: Task): Promise<TaskResult> => ({
    urls: (await filesOf(task)).map(deps.put),
    object: objectOf(task),
  })
}

async function filesOf(task: Task): Promise<readonly ResultFile[]> {
  switch (task.model.output) {
    case 'image': {
      const count = picturesOf(task)
      const label = (i: number) => (count === 1 ? '' : `${i + 1}/${count}`)
      return Promise.all(Array.from({ length: count }, (_, i) => draw(task, label(i))))
    }
    case 'audio':
      return [playTune(promptOf(task))]
    default:
      return []
  }
}

async function draw(task: Task, label: string): Promise<ResultFile> {
  const image = await render(drawPoster(task, label).svg)
  return { bytes: image.asPng(), mime: 'image/png', extension: 'png' }
}

/** Grok makes two pictures per request (price text of October 2026); the others as many as asked. */
function picturesOf({ model, input }: Task): number {
  if (model.id === 'grok-imagine/text-to-image') return 2
  return Number(input.num_images ?? input.max_images ?? 1)
}

/** Models that answer with words or ids instead of files. */
function objectOf(task: Task): Record<string, unknown> | undefined {
  if (task.model.output === 'text')
    return { language_code: 'en', text: 'This is what was said in the recording.' }
  if (task.model.output === 'character') return { character_id: task.taskId }
  return undefined
}
