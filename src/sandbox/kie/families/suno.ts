import type { Task } from '../task.ts'
import type { Family } from './family.ts'
import { readFlat, textTime } from './flat.ts'

/** Codes that the callback page lists; every other reason is told as 501. */
const failureCodes = new Set(['400', '408', '413', '500', '501', '531'])

const messages: Readonly<Record<string, string>> = {
  text: 'Text generated successfully.',
  first: 'First track generated successfully.',
  complete: 'All generated successfully.',
}

/**
 * Suno's own API: flat fields, three callbacks in snake case, a record in camel case.
 * Sources: https://docs.kie.ai/suno-api/generate-music-callbacks and
 * https://docs.kie.ai/suno-api/get-music-details
 */
export const sunoFamily: Family = {
  name: 'suno',
  createPath: '/api/v1/generate',
  statusPath: '/api/v1/generate/record-info',
  callbackRequired: true,
  idPrefix: '',
  interim: ['text', 'first'],
  readCreate: readFlat,
  status: (task) => ({
    taskId: task.taskId,
    parentMusicId: '',
    param: task.param,
    response: task.state === 'fail' ? null : { taskId: task.taskId, sunoData: camel(task) },
    status: wordOf(task),
    type: 'GENERATE',
    errorCode: task.failure ? codeOf(task.failure.code) : null,
    errorMessage: task.failure?.msg ?? null,
  }),
  callback(task) {
    const type = task.failure ? 'error' : task.result ? 'complete' : (task.stage ?? 'text')
    return {
      code: task.failure ? codeOf(task.failure.code) : 200,
      msg: task.failure?.msg ?? messages[type],
      data: {
        callbackType: type,
        task_id: task.taskId,
        data: task.failure ? null : camel(task).map(snake),
      },
    }
  },
}

const codeOf = (code: string) => Number(failureCodes.has(code) ? code : 501)

function wordOf(task: Task): string {
  if (task.state === 'fail')
    return task.failure?.code === '400' ? 'SENSITIVE_WORD_ERROR' : 'GENERATE_AUDIO_FAILED'
  if (task.state === 'success') return isUnheard(task) ? 'CALLBACK_EXCEPTION' : 'SUCCESS'
  return task.stage === undefined ? 'PENDING' : `${task.stage.toUpperCase()}_SUCCESS`
}

/** Every answered attempt to tell the end was refused: the record blames the callback. */
function isUnheard({ callbacks }: Task): boolean {
  const over = callbacks.filter((c) => c.kind !== 'interim' && (c.status ?? c.error) !== undefined)
  return over.length > 0 && over.every(({ status }) => status !== 200)
}

/** The tracks as far as they are: words first, then sound one by one. */
function camel(task: Task) {
  const isDone = task.state === 'success'
  if (!isDone && task.stage === undefined) return []
  return (
    (task.made ?? task.result)?.urls.map((url, i) => ({
      id: `${task.taskId}-${i}`,
      audioUrl: isDone || (task.stage === 'first' && i === 0) ? url : '',
      streamAudioUrl: url.replace('/files/', '/stream/'),
      imageUrl: url.replace(/\.mp3$/, '.jpeg'),
      prompt: String(task.input.prompt ?? ''),
      modelName: 'chirp-v4',
      title: String(task.input.title ?? 'Untitled'),
      tags: String(task.input.style ?? ''),
      createTime: textTime(task.createTime),
      duration: isDone ? 4 : null,
    })) ?? []
  )
}

const snake = ({
  audioUrl,
  streamAudioUrl,
  imageUrl,
  modelName,
  ...same
}: ReturnType<typeof camel>[number]) => ({
  ...same,
  audio_url: audioUrl,
  stream_audio_url: streamAudioUrl,
  image_url: imageUrl,
  model_name: modelName,
})
