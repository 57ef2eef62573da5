import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { familyNamed } from '../../../src/actors/kie/families.ts'
import { findTaskId, parseTaskStatus, phaseOf } from '../../../src/actors/kie/status.ts'
import { fc } from '../../support/properties.ts'

const market = familyNamed('market')

const param = JSON.stringify({
  input: JSON.stringify({ image_url: 'https://files.example/of-the-user.jpg' }),
  callBackUrl: 'https://bot.example/callbacks/kie?job=1&sig=x',
})

const success = {
  code: 200,
  msg: 'Playground task completed successfully.',
  data: {
    taskId: '558a',
    model: 'z-image',
    state: 'success',
    param,
    resultJson: '{"resultUrls":["https://cdn.example/p/1.jpg","https://cdn.example/p/2.jpg"]}',
    failCode: null,
    failMsg: null,
    costTime: 21,
    createTime: 1786413258000,
    updateTime: 1786413282000,
    completeTime: 1786413282000,
    creditsConsumed: 0.8,
  },
}

const failed = {
  code: 501,
  msg: 'Playground task failed.',
  data: { taskId: '558a', state: 'fail', failCode: '422', failMsg: 'Bad picture', resultJson: '' },
}

describe('phaseOf', () => {
  const table = {
    waiting: ['waiting', 'queuing', 'pending', 'queued', 'PENDING', 'created', 'In Queue'],
    running: ['generating', 'running', 'processing', 'in-progress', 'IN_PROGRESS'],
    succeeded: ['success', 'succeeded', 'SUCCESS', 'completed', 'complete', 'done', 'finished'],
    failed: ['fail', 'failed', 'FAILED', 'error', 'cancelled', 'canceled', 'CREATE_TASK_FAILED'],
    'unknown-keep-waiting': ['', 'warming', 'CALLBACK_EXCEPTION', '__proto__', 'constructor'],
  }
  for (const [phase, words] of Object.entries(table))
    test(`knows ${words.join(', ')} as ${phase}`, () => {
      for (const word of words) assert.equal(phaseOf(word), phase, word)
    })
})

describe('parseTaskStatus', () => {
  test('takes no figure for a price that can be none: the quote counts then', () => {
    for (const creditsConsumed of [1e17, -1, '1e300', 'Infinity', {}, null, [5]]) {
      const read = parseTaskStatus({ ...success, data: { ...success.data, creditsConsumed } })
      assert.deepEqual([read.phase, read.creditsConsumed], ['succeeded', undefined])
    }
    const failCode = 'x'.repeat(10_000)
    const read = parseTaskStatus({ ...failed, data: { ...failed.data, failCode } })
    assert.equal(read.failCode?.length, 64)
  })

  test('reads a success', () => {
    assert.deepEqual(parseTaskStatus(success), {
      taskId: '558a',
      phase: 'succeeded',
      stage: 'success',
      urls: ['https://cdn.example/p/1.jpg', 'https://cdn.example/p/2.jpg'],
      creditsConsumed: 0.8,
      times: { createdAt: 1786413258000, updatedAt: 1786413282000, completedAt: 1786413282000 },
    })
  })

  test('reads a failure with its own code and words', () => {
    const status = parseTaskStatus(failed)
    assert.equal(status.phase, 'failed')
    assert.equal(status.failCode, '422')
    assert.equal(status.failMessage, 'Bad picture')
  })

  test('takes the words of the envelope when a failed callback has no state', () => {
    const status = parseTaskStatus({ code: 501, msg: 'Generation failed', data: { taskId: 'a' } })
    assert.equal(status.phase, 'failed')
    assert.equal(status.failCode, '501')
    assert.equal(status.failMessage, 'Generation failed')
  })

  test('does not take "success" of the envelope for the reason of a failure', () => {
    const data = { ...failed.data, failCode: '', failMsg: null }
    const status = parseTaskStatus({ code: 200, msg: 'success', data })
    assert.equal(status.phase, 'failed')
    assert.equal(status.failCode, undefined)
    assert.equal(status.failMessage, undefined)
  })

  test('keeps waiting for a task in the works and for a word that nobody knows', () => {
    const phases = ['queuing', 'generating', 'reticulating'].map(
      (state) => parseTaskStatus({ code: 200, data: { taskId: 'a', state } }).phase,
    )
    assert.deepEqual(phases, ['waiting', 'running', 'unknown-keep-waiting'])
    assert.equal(
      parseTaskStatus({ code: 200, data: { taskId: 'a' } }).phase,
      'unknown-keep-waiting',
    )
  })

  test('believes the state of the task, not the one of the envelope', () => {
    const body = { status: 'success', data: { task_id: 'a', state: 'fail' } }
    assert.equal(parseTaskStatus(body).phase, 'failed')
  })

  const shapes: [string, unknown][] = [
    ['an array around it', [success]],
    ['JSON text', JSON.stringify(success)],
    ['JSON text of JSON text', JSON.stringify(JSON.stringify(success))],
    ['data as JSON text', { ...success, data: JSON.stringify(success.data) }],
    ['data in an array', { ...success, data: [success.data] }],
    ['the task without its envelope', success.data],
  ]
  for (const [name, body] of shapes)
    test(`reads ${name} like the plain body`, () => {
      assert.deepEqual(parseTaskStatus(body), parseTaskStatus(success))
    })

  test('finds the id wherever it stands', () => {
    for (const key of ['taskId', 'task_id', 'recordId', 'record_id']) {
      assert.equal(findTaskId({ [key]: 'x' }), 'x')
      assert.equal(findTaskId({ data: { [key]: 12 } }), '12')
    }
    assert.equal(findTaskId({ data: { taskId: { toString: 'x' } } }), undefined)
  })

  test('never mistakes the pictures of the request for results', () => {
    const { resultJson: _, ...data } = success.data
    assert.deepEqual(parseTaskStatus({ ...success, data }).urls, [])
  })

  test('has no results before the success', () => {
    const data = { ...success.data, state: 'generating' }
    assert.deepEqual(parseTaskStatus({ code: 200, data }).urls, [])
  })

  test('keeps links out of the words of a failure and cuts them', () => {
    const failMsg = `Cannot load https://files.example/u.jpg ${'x'.repeat(5_000)}`
    const { failMessage = '' } = parseTaskStatus({ data: { state: 'fail', failMsg } })
    assert.doesNotMatch(failMessage, /files\.example/)
    assert.ok(failMessage.length <= 300)
  })

  test('brings nothing that PostgreSQL could not keep', () => {
    const data = { taskId: 'a\0b', state: 'fail', failMsg: 'x\0\ud800y' }
    const { taskId, failMessage } = parseTaskStatus({ data })
    assert.deepEqual([taskId, failMessage], ['ab', 'x\ufffdy'])
  })

  test('reads credits in every spelling and ignores nonsense', () => {
    const credits = (fields: object) => parseTaskStatus({ data: fields }).creditsConsumed
    assert.equal(credits({ creditsConsumed: '4.5' }), 4.5)
    assert.equal(credits({ consumeCredits: 3 }), 3)
    assert.equal(credits({ creditsConsumed: 0 }), 0)
    assert.equal(credits({ creditsConsumed: -1 }), undefined)
    assert.equal(credits({ creditsConsumed: 'many' }), undefined)
  })

  test('never throws and always says where the task stands', () => {
    const field = fc.constantFrom('taskId', 'state', 'resultJson', 'resultObject', 'data', 'code')
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue(),
        fc.constantFrom('success', 'fail', '{"resultUrls":["https://a.b/c"]}', '[{', undefined),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(field, tie('node')),
      ),
    })).node
    const check = (body: unknown) => {
      const status = market.parseCallback(body)
      assert.ok(Array.isArray(status.urls))
      assert.ok(status.taskId === undefined || typeof status.taskId === 'string')
      assert.equal(phaseOf(status.stage) === status.phase || status.stage === '', true)
    }
    fc.assert(fc.property(fc.oneof(tree, fc.json(), fc.anything()), check), { numRuns: 500 })
  })

  test('survives nesting that would fill the stack', () => {
    const depth = 100_000
    const deep = `${'{"resultObject":{"a":'.repeat(depth)}1${'}}'.repeat(depth)}`
    assert.equal(
      parseTaskStatus({ data: { state: 'success', resultJson: deep } }).phase,
      'succeeded',
    )
    assert.equal(parseTaskStatus('['.repeat(depth)).phase, 'unknown-keep-waiting')
  })
})
