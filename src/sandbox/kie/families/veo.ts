import { refuse } from '../refusal.ts'
import type { Task } from '../task.ts'
import type { Family } from './family.ts'
import { readFlat, textTime } from './flat.ts'

/** Codes that the callback page lists; every other reason is told as 501. */
const failureCodes = new Set(['400', '422', '500', '501'])

/**
 * Veo's own API: flat fields, a number for the state, text for times, no state in the callback.
 * Sources: https://docs.kie.ai/veo3-api/get-veo-3-video-details and
 * https://docs.kie.ai/veo3-api/generate-veo-3-video-callbacks
 */
export const veoFamily: Family = {
  name: 'veo',
  createPath: '/api/v1/veo/generate',
  statusPath: '/api/v1/veo/record-info',
  callbackRequired: false,
  idPrefix: 'veo_task_',
  interim: [],
  readCreate(body) {
    const { prompt } = body
    if (prompt === undefined || prompt === null || prompt === '')
      return refuse(422, 'Please enter prompt')
    return readFlat(body)
  },
  status: (task) => ({
    taskId: task.taskId,
    paramJson: task.param,
    createTime: textTime(task.createTime),
    completeTime: task.completeTime === undefined ? null : textTime(task.completeTime),
    response: task.result ? { taskId: task.taskId, ...made(task) } : null,
    successFlag: flagOf(task),
    errorCode: task.failure ? codeOf(task.failure.code) : null,
    errorMessage: task.failure?.msg ?? '',
    fallbackFlag: false,
  }),
  callback: (task) => ({
    code: task.failure ? codeOf(task.failure.code) : 200,
    msg: task.failure?.msg ?? 'Veo3.1 video generated successfully.',
    data: {
      taskId: task.taskId,
      promptJson: task.param,
      ...(task.result && { info: made(task) }),
      fallbackFlag: false,
    },
  }),
}

/** 3 is a failure after the upstream took the task, 2 any other. */
function flagOf({ state, failure }: Task): 0 | 1 | 2 | 3 {
  if (state === 'success') return 1
  if (state !== 'fail') return 0
  return failure?.code === '501' ? 3 : 2
}

const codeOf = (code: string) => Number(failureCodes.has(code) ? code : 501)

/** The film as first made is named apart when it is not 16:9. */
function made({ input, result }: Task) {
  const isWide = (input.aspect_ratio ?? '16:9') === '16:9'
  return {
    resultUrls: result?.urls ?? [],
    ...(isWide ? {} : { originUrls: result?.urls ?? [] }),
    resolution: input.resolution ?? '720p',
  }
}
