import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { familyNamed } from '../../../src/actors/kie/families.ts'

const veo = familyNamed('veo')

const video = 'https://cdn.example/v/1.mp4'
const taskId = 'veo_task_abc'

/** The sample of https://docs.kie.ai/veo3-api/get-veo-3-video-details with other values. */
const record = (data: object) => ({
  code: 200,
  msg: 'success',
  data: {
    taskId,
    paramJson: '{"imageUrls":["https://files.example/of-the-user.jpg"]}',
    createTime: '2025-06-06 10:25:00',
    completeTime: '2025-06-06 10:30:00',
    response: null,
    successFlag: 0,
    errorCode: null,
    errorMessage: '',
    fallbackFlag: false,
    ...data,
  },
})

const callback = (code: number, msg: string, data: object = {}) => ({
  code,
  msg,
  data: {
    taskId,
    promptJson: '{"imageUrls":["https://files.example/of-the-user.jpg"]}',
    fallbackFlag: false,
    ...data,
  },
})

describe('veo.createRequest', () => {
  test('puts the fields next to the model, with the callback only where one can come', () => {
    const input = { prompt: 'a fox', duration: 8 }
    assert.deepEqual(veo.createRequest({ apiModel: 'veo3_fast', input }), {
      endpoint: '/api/v1/veo/generate',
      body: { prompt: 'a fox', duration: 8, model: 'veo3_fast' },
    })
    const callBackUrl = 'https://bot.example/cb'
    const { body } = veo.createRequest({ apiModel: 'veo3_fast', input, callBackUrl })
    assert.equal(body.callBackUrl, callBackUrl)
  })
})

describe('veo.parseStatus', () => {
  test('reads every flag, and waits for one that nobody knows', () => {
    const phases = [0, 1, 2, 3, '1', 7].map((successFlag) => {
      const { phase, stage } = veo.parseStatus(record({ successFlag }))
      return `${successFlag} ${phase} ${stage}`
    })
    assert.deepEqual(phases, [
      '0 running generating',
      '1 succeeded success',
      '2 failed fail',
      '3 failed fail',
      '1 succeeded success',
      '7 unknown-keep-waiting flag_7',
    ])
  })

  test('leaves out times that have no zone', () => {
    assert.deepEqual(veo.parseStatus(record({ successFlag: 1 })).times, {})
  })

  const places: [string, object][] = [
    [
      'a list in response',
      { response: { taskId, resultUrls: [video], originUrls: ['https://o/'] } },
    ],
    ['JSON text in response', { response: { resultUrls: JSON.stringify([video]) } }],
    ['a response that is JSON text', { response: JSON.stringify({ resultUrls: [video] }) }],
    ['a list in data', { resultUrls: [video] }],
    ['JSON text in data', { response: {}, resultUrls: JSON.stringify([video]) }],
    ['a list in info', { info: { resultUrls: [video] } }],
  ]
  for (const [name, data] of places)
    test(`finds the video as ${name}`, () => {
      const status = veo.parseStatus(record({ successFlag: 1, ...data }))
      assert.deepEqual([status.taskId, status.urls], [taskId, [video]])
    })

  test('has no results before the success', () => {
    assert.deepEqual(veo.parseStatus(record({ resultUrls: [video] })).urls, [])
  })

  test('gives the reason of a failure', () => {
    const data = { successFlag: 3, errorCode: 501, errorMessage: 'Unsafe picture' }
    const status = veo.parseStatus(record(data))
    assert.deepEqual([status.failCode, status.failMessage], ['501', 'Unsafe picture'])
  })

  test('reads an answer in the shape of the market family too', () => {
    const data = { taskId, state: 'success', resultJson: JSON.stringify({ resultUrls: [video] }) }
    const status = veo.parseStatus({ code: 200, msg: 'success', data })
    assert.deepEqual([status.phase, status.urls], ['succeeded', [video]])
  })

  test('keeps waiting when a record says nothing', () => {
    for (const data of [null, {}, { taskId }, { taskId, successFlag: null }])
      assert.equal(veo.parseStatus({ code: 200, data }).phase, 'unknown-keep-waiting')
  })
})

describe('veo.parseCallback', () => {
  test('takes code 200 for success although there is no state', () => {
    const info = { resultUrls: [video], originUrls: ['https://o.example/'], resolution: '1080p' }
    const status = veo.parseCallback(callback(200, 'Video generated successfully.', { info }))
    assert.deepEqual(status, {
      taskId,
      phase: 'succeeded',
      stage: 'success',
      urls: [video],
      times: {},
    })
  })

  test('takes any other code for failure, with its words but without links', () => {
    for (const code of [400, 422, 500, 501, 599]) {
      const status = veo.parseCallback(callback(code, 'Rejected by Flow https://x.example/1'))
      assert.deepEqual(
        [status.phase, status.taskId, status.failCode, status.failMessage],
        ['failed', taskId, String(code), 'Rejected by Flow <link>'],
      )
    }
  })

  test('believes the flag, where there is one, more than the code', () => {
    const status = veo.parseCallback(callback(200, 'success', { successFlag: 0 }))
    assert.equal(status.phase, 'running')
  })
})
