import { refuse } from '../refusal.ts'
import type { Task } from '../task.ts'
import type { Family } from './family.ts'

const knownKeys = new Set(['model', 'input', 'callBackUrl'])

/**
 * Market jobs: `{model, callBackUrl, input}`, states as words, results as a JSON string.
 * Source: https://docs.kie.ai/market/common/get-task-detail.md
 */
export const marketFamily: Family = {
  name: 'market',
  createPath: '/api/v1/jobs/createTask',
  statusPath: '/api/v1/jobs/recordInfo',
  callbackRequired: false,
  idPrefix: '',
  interim: [],
  readCreate(body) {
    const { model, input, callBackUrl } = body
    if (typeof model !== 'string' || model === '') return refuse(422, 'model is required')
    const extra = Object.keys(body).find((key) => !knownKeys.has(key))
    if (extra !== undefined) return refuse(422, `${extra} is not supported`)
    const param = JSON.stringify({ input: JSON.stringify(input), callBackUrl, model })
    return { model, input, callBackUrl, param }
  },
  status: (task) => ({ ...record(task), ...texts(task, ''), costTime: spentMs(task) }),
  callback: (task) => ({
    code: task.state === 'success' ? 200 : 501,
    msg:
      task.state === 'success'
        ? 'Playground task completed successfully.'
        : 'Playground task failed.',
    // Here KIE counts in seconds, in recordInfo in milliseconds.
    data: { ...record(task), ...texts(task, null), costTime: Math.round(spentMs(task) / 1000) },
  }),
}

const record = (task: Task) => ({
  taskId: task.taskId,
  model: task.model,
  state: task.state,
  param: task.param,
  createTime: task.createTime,
  updateTime: task.updateTime,
  completeTime: task.completeTime ?? null,
  creditsConsumed: task.creditsConsumed,
})

const texts = (task: Task, none: '' | null) => ({
  resultJson: resultJson(task) ?? none,
  failCode: task.failure?.code ?? none,
  failMsg: task.failure?.msg ?? none,
})

function resultJson({ entry, result }: Task): string | undefined {
  if (!result) return undefined
  if (result.object) return JSON.stringify({ resultObject: result.object })
  // The music model of 2026 answers with its tracks: docs.kie.ai/suno-api/generate-music.
  if (entry.category === 'music')
    return JSON.stringify({ data: result.urls.map((audio_url) => ({ audio_url })) })
  return JSON.stringify({ resultUrls: result.urls })
}

const spentMs = (task: Task) => (task.completeTime ?? task.updateTime) - task.createTime
