import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { familyNamed } from '../../../src/actors/kie/families.ts'
import { TerminalError } from '../../../src/errors.ts'

const suno = familyNamed('suno')

const taskId = '2fac9f72'
const songs = ['https://cdn.example/a.mp3', 'https://cdn.example/b.mp3']

const asked = (audioUrl: string) => ({
  id: audioUrl.slice(-5),
  audioUrl,
  streamAudioUrl: 'https://cdn.example/stream',
  imageUrl: 'https://cdn.example/cover.jpeg',
  prompt: '[Verse] https://in.the.lyrics.example/',
  createTime: '2025-01-01 00:00:00',
  duration: 198.44,
})

const told = (audio_url: string) => ({
  id: audio_url.slice(-5),
  audio_url,
  stream_audio_url: 'https://cdn.example/stream',
  image_url: 'https://cdn.example/cover.jpeg',
  createTime: '2025-01-01 00:00:00',
})

/** The sample of https://docs.kie.ai/suno-api/get-music-details with other values. */
const record = (status: string, sunoData: unknown = [], data: object = {}) => ({
  code: 200,
  msg: 'success',
  data: {
    taskId,
    parentMusicId: '',
    param: '{"callBackUrl":"https://bot.example/cb"}',
    response: { taskId, sunoData },
    status,
    type: 'GENERATE',
    errorCode: null,
    errorMessage: null,
    ...data,
  },
})

const callback = (callbackType: string, urls: readonly string[], code = 200, msg = 'success') => ({
  code,
  msg,
  data: { callbackType, task_id: taskId, data: urls.map(told) },
})

describe('suno.createRequest', () => {
  const input = { customMode: false, instrumental: true, prompt: 'rain' }

  test('puts the fields next to the model and the callback', () => {
    const callBackUrl = 'https://bot.example/cb'
    assert.deepEqual(suno.createRequest({ apiModel: 'V4', input, callBackUrl }), {
      endpoint: '/api/v1/generate',
      body: { ...input, model: 'V4', callBackUrl },
    })
  })

  test('refuses to order without an address for the callback', () => {
    assert.throws(
      () => suno.createRequest({ apiModel: 'V4', input }),
      (error) => error instanceof TerminalError && error.code === 'kie.refused',
    )
  })
})

describe('suno.parseStatus', () => {
  test('brings both tracks once the task is done, not streams, covers or links in lyrics', () => {
    assert.deepEqual(suno.parseStatus(record('SUCCESS', songs.map(asked))), {
      taskId,
      phase: 'succeeded',
      stage: 'success',
      urls: songs,
      times: {},
    })
  })

  test('reads a response and a list that are JSON text', () => {
    const sunoData = JSON.stringify(songs.map(asked))
    const response = JSON.stringify({ sunoData })
    assert.deepEqual(suno.parseStatus(record('SUCCESS', sunoData)).urls, songs)
    assert.deepEqual(suno.parseStatus(record('SUCCESS', [], { response })).urls, songs)
  })

  test('does not end with the first track', () => {
    const status = suno.parseStatus(record('FIRST_SUCCESS', songs.slice(0, 1).map(asked)))
    assert.deepEqual([status.phase, status.urls], ['running', []])
  })

  test('looks for the music before it believes in trouble with the callback', () => {
    const phase = (count: number) =>
      suno.parseStatus(record('CALLBACK_EXCEPTION', songs.slice(0, count).map(asked)))
    assert.deepEqual([phase(2).phase, phase(2).urls], ['succeeded', songs])
    for (const count of [0, 1]) {
      assert.equal(phase(count).phase, 'unknown-keep-waiting')
      assert.equal(phase(count).stage, 'callback_exception')
    }
  })

  test('gives the reason of a failure', () => {
    const data = { errorCode: 413, errorMessage: 'Matches an existing work' }
    const status = suno.parseStatus(record('SENSITIVE_WORD_ERROR', null, data))
    assert.deepEqual(
      [status.phase, status.failCode, status.failMessage],
      ['failed', '413', 'Matches an existing work'],
    )
  })

  test('keeps waiting when a record says nothing', () => {
    for (const data of [null, {}, { taskId }, { taskId, status: null }, { taskId, status: '' }])
      assert.equal(suno.parseStatus({ code: 200, data }).phase, 'unknown-keep-waiting')
  })
})

describe('suno.parseCallback', () => {
  test('ends with complete only, under the names that record-info has for the stages', () => {
    const seen = ['text', 'first', 'complete'].map((type) => {
      const { phase, stage, urls } = suno.parseCallback(callback(type, songs))
      return [phase, stage, urls.length]
    })
    assert.deepEqual(seen, [
      ['running', 'text_success', 0],
      ['running', 'first_success', 0],
      ['succeeded', 'success', 2],
    ])
  })

  test('keeps the order of the tracks and finds the task', () => {
    const status = suno.parseCallback(callback('complete', songs))
    assert.deepEqual([status.taskId, status.urls], [taskId, songs])
  })

  test('fails by error and by any code other than 200', () => {
    const byType = suno.parseCallback(callback('error', []))
    assert.deepEqual([byType.phase, byType.taskId, byType.failCode], ['failed', taskId, undefined])
    for (const code of [400, 408, 413, 500, 501, 531, 599])
      for (const type of ['error', 'complete', 'text']) {
        const status = suno.parseCallback(callback(type, songs, code, 'No luck'))
        assert.deepEqual(
          [status.phase, status.failCode, status.failMessage, status.urls],
          ['failed', String(code), 'No luck', []],
        )
      }
  })

  test('survives a failure without a list of tracks', () => {
    const body = {
      code: 501,
      msg: 'x',
      data: { callbackType: 'error', task_id: taskId, data: null },
    }
    assert.equal(suno.parseCallback(body).phase, 'failed')
  })

  test('waits for a type that nobody knows', () => {
    const { phase, stage } = suno.parseCallback(callback('encore', songs))
    assert.deepEqual([phase, stage], ['unknown-keep-waiting', 'encore'])
  })
})
