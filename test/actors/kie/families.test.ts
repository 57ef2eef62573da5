import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createKieClient } from '../../../src/actors/kie/client.ts'
import { familyNamed, familyOf, parseCallback } from '../../../src/actors/kie/families.ts'
import type { Family } from '../../../src/actors/kie/family.ts'
import { PHASES, type Phase, phaseOf } from '../../../src/actors/kie/status.ts'
import { allModels } from '../../../src/machines/catalogue/catalogue.ts'
import { buildRequest } from '../../../src/machines/catalogue/payload.ts'
import { fc } from '../../support/properties.ts'

const families = {
  market: familyNamed('market'),
  veo: familyNamed('veo'),
  suno: familyNamed('suno'),
}

/** What each family's documents call its states, and every synonym of the shared table. */
const words: Record<keyof typeof families, Record<string, Phase>> = {
  market: {
    waiting: 'waiting',
    queuing: 'waiting',
    generating: 'running',
    success: 'succeeded',
    fail: 'failed',
    ...Object.fromEntries(PHASES),
    reticulating: 'unknown-keep-waiting',
  },
  veo: {
    0: 'running',
    1: 'succeeded',
    2: 'failed',
    3: 'failed',
    4: 'unknown-keep-waiting',
    [-1]: 'unknown-keep-waiting',
  },
  suno: {
    PENDING: 'waiting',
    TEXT_SUCCESS: 'running',
    FIRST_SUCCESS: 'running',
    SUCCESS: 'succeeded',
    CREATE_TASK_FAILED: 'failed',
    GENERATE_AUDIO_FAILED: 'failed',
    SENSITIVE_WORD_ERROR: 'failed',
    CALLBACK_EXCEPTION: 'unknown-keep-waiting',
    ...Object.fromEntries(PHASES),
    RETICULATING: 'unknown-keep-waiting',
  },
}

const stateField = { market: 'state', veo: 'successFlag', suno: 'status' } as const
const spellings = (word: string) => [word, word.toUpperCase(), ` ${word.replaceAll('_', '-')} `]

describe('every family', () => {
  for (const [name, family] of Object.entries(families) as [keyof typeof families, Family][]) {
    for (const [word, phase] of Object.entries(words[name]))
      test(`${name}: reads ${word} as ${phase}`, () => {
        const variants = name === 'veo' ? [Number(word), word] : spellings(word)
        for (const value of variants) {
          const body = {
            code: 200,
            msg: 'success',
            data: { taskId: 'a', [stateField[name]]: value },
          }
          const status = family.parseStatus(body)
          assert.deepEqual([status.taskId, status.phase], ['a', phase], String(value))
          assert.ok(status.stage === '' || phaseOf(status.stage) === phase, status.stage)
        }
      })

    test(`${name}: keeps waiting for an unknown state and warns`, async () => {
      const told: object[] = []
      const state = name === 'veo' ? 9 : 'reticulating'
      const data = { taskId: 'a', [stateField[name]]: state }
      const client = createKieClient({
        baseUrl: 'https://kie.example',
        uploadBaseUrl: 'https://kie.example',
        apiKey: 'key',
        limits: { create: async () => {}, read: async () => {} },
        uniqueName: () => 'x',
        fetch: async () => Response.json({ code: 200, msg: 'success', data }),
        onUnknownState: (task) => told.push(task),
      })
      const { statusEndpoint, parseStatus: parse } = family
      const { phase } = await client.readTask(statusEndpoint, 'a', { parse })
      assert.equal(phase, 'unknown-keep-waiting')
      assert.equal(told.length, 1)
    })
  }

  test('never throws and always says where the task stands', () => {
    const field = fc.constantFrom(
      ...['taskId', 'task_id', 'state', 'status', 'successFlag', 'callbackType', 'response'],
      ...['sunoData', 'info', 'resultUrls', 'data', 'code', 'msg', 'audioUrl', 'audio_url'],
    )
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.jsonValue(),
        fc.constantFrom('SUCCESS', 'complete', 'text', 200, 1, '["https://a.b/c"]', '[{'),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(field, tie('node')),
      ),
    })).node
    const readers = [
      parseCallback,
      ...Object.values(families).flatMap((f) => [f.parseStatus, f.parseCallback]),
    ]
    const check = (body: unknown) => {
      for (const read of readers) {
        const status = read(body)
        assert.ok(Array.isArray(status.urls))
        assert.ok(status.phase === 'succeeded' || status.urls.length === 0)
        assert.ok(status.stage === '' || phaseOf(status.stage) === status.phase)
      }
    }
    fc.assert(fc.property(fc.oneof(tree, fc.json(), fc.anything()), check), { numRuns: 500 })
  })
})

describe('familyOf', () => {
  for (const model of allModels)
    test(`orders ${model.id} as its facts say`, () => {
      const { apiModel, statusEndpoint } = model
      const generation = { apiModel, input: { prompt: 'x' }, callBackUrl: 'https://bot.example/' }
      const family = familyOf(model)
      assert.equal(family.statusEndpoint, statusEndpoint)
      assert.deepEqual(
        family.createRequest(generation),
        buildRequest(model, generation.input, generation.callBackUrl),
      )
    })
})

describe('parseCallback', () => {
  const url = 'https://cdn.example/1'
  const taskId = 'a'
  const track = { id: '1', audio_url: url, image_url: 'https://cdn.example/cover' }
  const resultJson = JSON.stringify({ resultUrls: [url] })
  const bodies: [string, object, string][] = [
    ['market', { code: 200, data: { taskId, state: 'success', resultJson } }, 'succeeded'],
    ['market', { code: 501, data: { taskId, state: 'fail' } }, 'failed'],
    ['veo', { code: 200, data: { taskId, info: { resultUrls: [url] } } }, 'succeeded'],
    ['veo', { code: 422, msg: 'No', data: { taskId, promptJson: '{}' } }, 'failed'],
    ['suno', { code: 200, data: { callbackType: 'text', task_id: taskId, data: [] } }, 'running'],
    [
      'suno',
      { code: 200, data: { callbackType: 'first', task_id: taskId, data: [track] } },
      'running',
    ],
    [
      'suno',
      { code: 200, data: { callbackType: 'complete', task_id: taskId, data: [track] } },
      'succeeded',
    ],
  ]
  for (const [name, body, phase] of bodies)
    test(`takes a ${name} callback for ${phase} without being told its family`, () => {
      const status = parseCallback(body)
      assert.deepEqual([status.taskId, status.phase], [taskId, phase])
      assert.deepEqual(status.urls, phase === 'succeeded' ? [url] : [])
      assert.deepEqual(status, families[name as keyof typeof families].parseCallback(body))
    })

  test('never takes a bare code 200 for success', () => {
    for (const data of [null, {}, { taskId }, { taskId, resultUrls: [url] }, [track]])
      assert.equal(parseCallback({ code: 200, msg: 'success', data }).phase, 'unknown-keep-waiting')
  })

  test('believes the state where another family’s mark stands beside it', () => {
    const info = { resultUrls: [url] }
    assert.equal(
      parseCallback({ code: 200, data: { taskId, state: 'generating', info } }).phase,
      'running',
    )
  })

  test('takes a failure without any mark by its code', () => {
    assert.equal(parseCallback({ code: 501, msg: 'No', data: { taskId } }).phase, 'failed')
  })
})
