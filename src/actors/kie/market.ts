import { buildRequest } from '../../machines/catalogue/payload.ts'
import type { Family } from './family.ts'
import { parseTaskStatus } from './status.ts'

const api = { endpoint: '/api/v1/jobs/createTask', body: 'nested' } as const

/**
 * The family of 70 of the 72 models: nested input, one endpoint, and callbacks that carry the same
 * object as recordInfo (https://docs.kie.ai/market/common/get-task-detail.md).
 */
export const market: Family = {
  statusEndpoint: '/api/v1/jobs/recordInfo',
  createRequest: ({ apiModel, input, callBackUrl }) =>
    buildRequest({ ...api, apiModel }, input, callBackUrl),
  parseStatus: parseTaskStatus,
  parseCallback: parseTaskStatus,
}
